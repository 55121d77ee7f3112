"""A power of attorney by HTTP: sent with its paper, checked by an operator, given up."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.fixtures import Settings

from cabinet.sentences import sentence
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Event, Mandate
from tests.cabinet.colleagues import OTHER_ORGANISATION, Colleague, hire
from tests.cabinet.document_steps import days, desk, filed, holder, others, send, strict
from tests.cabinet.papers_folder import files, folder, sent
from tests.renewals.clamd import clamd
from tests.renewals.people import enrol_holder
from tests.renewals.sent_files import MEGABYTE, jpeg, plain_pdf

__all__ = ["folder", "holder", "others"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def page(person: Colleague) -> str:
    return str(person.get("power").content.decode())


def assert_nothing(folder: Path) -> None:
    assert not Mandate.objects.exists()
    assert not Document.objects.exists()
    assert not files(folder)
    assert not Event.objects.filter(kind="mandate.filed").exists()


def test_it_is_sent_checked_used_and_given_up(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    assert "Yours" not in page(holder)
    mandate = filed(holder)
    text = page(holder)
    assert "Waits for our operator" in text
    assert "Сенімхат.pdf" in text
    assert holder.get("approvals").status_code == 403
    reply = others["operator"].client.post(desk(mandate), {"outcome": "confirm"}, secure=True)
    assert reply.status_code == 302
    assert "In force" in page(holder)
    assert holder.get("approvals").status_code == 200
    gone = holder.post("give-up-power", mandate.pk)
    assert (gone.status_code, gone["Location"]) == (302, reverse("power"))
    text = page(holder)
    assert "Ended early" in text
    assert "Give it up" not in text
    assert holder.get("approvals").status_code == 403


def test_why_it_was_refused_is_read_by_its_holder(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    mandate = filed(holder)
    fields = {"outcome": "refuse", "reason": "Печати <нет>."}
    others["operator"].client.post(desk(mandate), fields, secure=True)
    text = page(holder)
    assert "Not confirmed" in text
    assert "Печати &lt;нет&gt;." in text
    assert "Give it up" not in text


def test_a_personal_certificate_is_told_why_not(authority: Authority, folder: Path) -> None:
    person = Colleague(enrol_holder(authority)).sign_in()
    reply = person.get("power")
    assert reply.status_code == 200
    assert "You are signed in with a personal certificate" in reply.content.decode()
    assert 'type="file"' not in reply.content.decode()
    reply = send(person)
    assert reply.status_code == 403
    assert "You are signed in with a personal certificate" in reply.content.decode()
    assert_nothing(folder)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        (days(-1), "ends_on", "366 days at most."),
        (days(5, 4), "ends_on", "366 days at most."),
        (days(0, 367), "ends_on", "366 days at most."),
        ({"starts_on": ""}, "starts_on", "Choose the first day."),
        ({"ends_on": ""}, "ends_on", "Choose the last day."),
        ({"ends_on": "31.12.2026"}, "ends_on", "Write the day as year, month, day"),
        ({"ends_on": "2026-02-31"}, "ends_on", "Write the day as year, month, day"),
        ({"starts_on": "0000-00-00\x00"}, "starts_on", "Write the day as year, month, day"),
    ],
)
def test_wrong_days_are_told_and_nothing_is_kept(
    holder: Colleague, folder: Path, *, fields: dict[str, str], field: str, words: str
) -> None:
    reply = send(holder, fields=fields)
    text = reply.content.decode()
    assert reply.status_code == 400
    assert text.count(words) == 2
    assert f'<a href="#id_{field}">' in text
    typed = {**days(), **fields}
    for name, value in typed.items():
        assert re.search(rf'name="{name}" value="{re.escape(value)}"', text) or not value
    assert_nothing(folder)


@pytest.mark.parametrize(
    ("data", "code", "status", "facts"),
    [
        (b"MZ\0\0", "document.type", 400, {}),
        (plain_pdf()[:-30], "document.broken", 400, {}),
        (b"", "document.empty", 400, {}),
        (b"%PDF-" + b" " * (11 * MEGABYTE), "document.too_large", 413, {"most": "10"}),
    ],
    ids=["type", "broken", "empty", "too_large"],
)
def test_a_refused_paper_leaves_no_power_behind(
    holder: Colleague,
    folder: Path,
    *,
    data: bytes,
    code: str,
    status: int,
    facts: dict[str, str],
) -> None:
    chosen = days(3, 33)
    reply = send(holder, data, chosen)
    text = reply.content.decode()
    assert reply.status_code == status
    assert text.count(sentence(code, facts)) == 2
    assert '<a href="#id_file">' in text
    for name, value in chosen.items():
        assert f'name="{name}" value="{value}"' in text
    assert_nothing(folder)


def test_no_paper_is_no_power(holder: Colleague, folder: Path) -> None:
    reply = holder.post("power", **days())
    assert reply.status_code == 400
    assert reply.content.decode().count("Choose a file.") == 2
    assert_nothing(folder)


def test_without_the_scanner_it_is_not_taken(
    holder: Colleague, folder: Path, settings: Settings
) -> None:
    with clamd() as server:
        settings.CLAMD_URL = server.url
    reply = send(holder)
    assert reply.status_code == 503
    assert reply.content.decode().count(sentence("document.scanner_away")) == 2
    assert_nothing(folder)


def test_a_form_without_its_token_is_not_taken(holder: Colleague, folder: Path) -> None:
    fields = {**days(), "file": sent()}
    assert strict(holder).post(reverse("power"), fields, secure=True).status_code == 403
    assert_nothing(folder)


def test_a_file_is_taken_for_filing_and_for_nothing_else(holder: Colleague) -> None:
    mandate = filed(holder)
    address = reverse("give-up-power", args=[mandate.pk])
    reply = strict(holder).post(address, {"file": sent()}, secure=True)
    assert reply.status_code == 400
    mandate.refresh_from_db()
    assert mandate.ended_at is None


def test_its_paper_is_for_the_holder_the_head_and_operators(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    row = filed(holder).documents.get()
    found = {name: person.get("power-paper", row.pk).status_code for name, person in others.items()}
    assert found == {
        "head": 200,
        "hr": 404,
        "colleague": 404,
        "head of others": 404,
        "stranger": 404,
        "operator": 200,
    }
    reply = holder.get("power-paper", row.pk)
    assert reply.content == plain_pdf()
    assert reply["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert reply["Content-Security-Policy"] == "default-src 'none'; sandbox"
    looks = Event.objects.filter(kind="document.read").values_list("actor_iin", flat=True)
    assert sorted(looks) == sorted([others["head"].iin, others["operator"].iin])
    assert holder.get("power-paper", row.pk + 1).status_code == 404


def test_a_document_of_an_application_is_no_paper_of_a_power(holder: Colleague) -> None:
    renewal = holder.holder.open()
    holder.post("documents", renewal.number, kind="other", file=sent())
    assert holder.get("power-paper", Document.objects.get().pk).status_code == 404


def test_only_its_holder_gives_it_up(
    holder: Colleague, others: dict[str, Colleague], authority: Authority
) -> None:
    mandate = filed(holder)
    for person in others.values():
        assert person.post("give-up-power", mandate.pk).status_code == 404
    elsewhere = hire(authority, holder.iin, Role.EMPLOYEE, organisation=OTHER_ORGANISATION)
    assert elsewhere.sign_in().post("give-up-power", mandate.pk).status_code == 404
    mandate.refresh_from_db()
    assert mandate.ended_at is None
    assert holder.get("give-up-power", mandate.pk)["Location"] == reverse("power")


def test_giving_up_twice_is_told(holder: Colleague) -> None:
    mandate = filed(holder)
    holder.post("give-up-power", mandate.pk)
    reply = holder.post("give-up-power", mandate.pk)
    assert reply.status_code == 409
    assert sentence("mandate.over") in reply.content.decode()


def test_the_powers_of_others_are_not_shown(
    holder: Colleague, others: dict[str, Colleague], authority: Authority
) -> None:
    filed(holder)
    for name in ("colleague", "head", "hr", "head of others"):
        assert "Yours" not in page(others[name])


def test_one_whose_paper_did_not_come_is_not_shown(holder: Colleague, folder: Path) -> None:
    (folder / "documents").write_text("no folder")
    reply = send(holder)
    assert reply.status_code == 503
    assert "Yours" not in page(holder)


def test_pictures_are_papers_too(holder: Colleague) -> None:
    assert send(holder, jpeg()).status_code == 302
    assert Document.objects.get().name == "Сенімхат.pdf.jpg"
