"""The application form by HTTP: who gets whose, what comes with it, what happens without fonts."""

import logging
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Renewal
from tests.cabinet.colleagues import OTHER_ORGANISATION, Colleague, Reply, hire
from tests.renewals.people import NOW, enrol_holder
from tests.renewals.reading import text_of

pytestmark = pytest.mark.django_db

HEAD, EMPLOYEE, OTHER, PERSON = "800512300010", "950703300019", "880923400016", "010203300005"


@pytest.fixture
def head(authority: Authority) -> Colleague:
    return hire(authority, HEAD, Role.HEAD).sign_in()


@pytest.fixture
def employee(authority: Authority) -> Colleague:
    return hire(authority, EMPLOYEE, Role.EMPLOYEE).sign_in()


@pytest.fixture
def person(authority: Authority) -> Colleague:
    return Colleague(enrol_holder(authority, iin=PERSON)).sign_in()


@pytest.fixture
def renewal(employee: Colleague) -> Renewal:
    return employee.holder.submit()


def assert_form(reply: Reply, renewal: Renewal) -> str:
    """It is this application's; returns its text."""
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/pdf"
    assert reply["Content-Disposition"] == f'attachment; filename="{renewal.number}.pdf"'
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "no-store"
    assert reply.content.startswith(b"%PDF-1.7")
    text = text_of(reply.content)
    assert f"№ {renewal.number}" in text
    assert renewal.holder_name in text
    return text


def test_an_individual_gets_the_form_of_his_application(person: Colleague) -> None:
    renewal = person.holder.submit()
    text = assert_form(person.get("form", renewal.number), renewal)
    assert "0102 •••• 0005" in text
    assert PERSON not in text


def test_an_employee_gets_his_with_room_for_the_head_to_sign(
    employee: Colleague, renewal: Renewal
) -> None:
    text = assert_form(employee.get("form", renewal.number), renewal)
    assert "Қағазда растау / Подтверждение на бумаге" in text
    assert "М.О. / М.П." in text


def test_the_head_gets_it_too_and_afterwards_it_says_who_approved(
    head: Colleague, employee: Colleague, renewal: Renewal
) -> None:
    before = head.get("approval-form", renewal.number)
    assert "Расталды" not in assert_form(before, renewal)
    assert head.approve(renewal).status_code == 200
    for reply in (head.get("approval-form", renewal.number), employee.get("form", renewal.number)):
        text = assert_form(reply, renewal)
        assert "Расталды / Подтверждено" in text
        assert "бірінші басшы / первый руководитель" in text
        assert "Қағазда растау" not in text


def test_it_is_bilingual_whatever_the_reader_has_chosen(person: Colleague) -> None:
    renewal = person.holder.submit()
    papers = set()
    for language in ("kk", "ru", "en"):
        person.client.post("/language/", {"language": language}, secure=True)
        papers.add(person.get("form", renewal.number).content)
    assert len(papers) == 1


@pytest.mark.parametrize("name", ["form", "approval-form"])
def test_to_everybody_else_there_is_no_such_form(
    name: str, authority: Authority, person: Colleague, renewal: Renewal
) -> None:
    other_head = hire(authority, OTHER, Role.HEAD, organisation=OTHER_ORGANISATION).sign_in()
    for stranger in (person, other_head):
        assert stranger.get(name, renewal.number).status_code == 404
        assert stranger.get(name, "2026-00000000").status_code == 404


def test_the_head_gets_it_only_at_the_approvers_address(
    head: Colleague, employee: Colleague, renewal: Renewal
) -> None:
    assert head.get("form", renewal.number).status_code == 404
    assert employee.get("approval-form", renewal.number).status_code == 403


def test_a_colleague_without_the_right_reads_why_not(
    authority: Authority, renewal: Renewal
) -> None:
    colleague = hire(authority, OTHER, Role.EMPLOYEE).sign_in()
    assert colleague.get("form", renewal.number).status_code == 404
    reply = colleague.get("approval-form", renewal.number)
    assert reply.status_code == 403
    assert renewal.holder_name not in reply.content.decode()


def test_a_head_does_not_get_his_own_at_the_approvers_address(head: Colleague) -> None:
    renewal = head.holder.submit()
    assert head.get("approval-form", renewal.number).status_code == 404
    assert_form(head.get("form", renewal.number), renewal)


def test_without_a_certificate_of_an_organisation_there_are_no_approvals(
    person: Colleague,
) -> None:
    renewal = person.holder.submit()
    assert person.get("approval-form", renewal.number).status_code == 404


def test_before_it_is_submitted_the_applications_page_is_shown_instead(
    person: Colleague, head: Colleague, employee: Colleague
) -> None:
    draft = person.holder.open()
    reply = person.get("form", draft.number)
    assert reply.status_code == 302
    assert reply["Location"] == f"/renewals/{draft.number}/"
    theirs = employee.holder.open()
    assert head.get("approval-form", theirs.number).status_code == 404


def test_it_can_only_be_read(employee: Colleague, head: Colleague, renewal: Renewal) -> None:
    assert employee.post("form", renewal.number).status_code == 405
    assert head.post("approval-form", renewal.number).status_code == 405


def test_the_applications_page_leads_to_it_once_it_is_submitted(person: Colleague) -> None:
    draft = person.holder.open()
    address = f'href="/renewals/{draft.number}/form.pdf"'
    assert address not in person.get("status", draft.number).content.decode()
    person.holder.submit()
    assert address in person.get("status", draft.number).content.decode()


@pytest.mark.parametrize("name", ["a\u202eb.pdf", "<script>.pdf", "x" * 150, "\\(", "日本.pdf"])
def test_no_name_of_a_file_breaks_it(name: str, employee: Colleague, renewal: Renewal) -> None:
    Document.objects.create(
        renewal=renewal,
        kind="other",
        name=name,
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        storage_name="x",
        sender_iin=EMPLOYEE,
        created_at=NOW,
        stored_at=NOW,
    )
    assert_form(employee.get("form", renewal.number), renewal)


def test_without_fonts_there_is_a_sentence_and_a_line_in_the_log(
    person: Colleague, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    renewal = person.holder.submit()
    settings.FONT_DIRECTORY = tmp_path
    with caplog.at_level(logging.ERROR, logger="cabinet.views.form"):
        reply = person.get("form", renewal.number)
    assert reply.status_code == 503
    page = reply.content.decode()
    assert "The form cannot be made right now" in page
    assert "Your application is not affected" in page
    assert str(tmp_path) not in page
    (record,) = [one for one in caplog.records if one.name == "cabinet.views.form"]
    assert record.levelname == "ERROR"
    assert renewal.number in record.getMessage()
