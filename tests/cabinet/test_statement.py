"""The statement: shown as kept, signed with the certificate that is renewed, sent once."""

import html

import pytest
from django.urls import reverse

from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Event, Renewal, Signature, Statement
from tests.cabinet.holder import Holder, pair, single
from tests.cabinet.people import AUTH, Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("main")


@pytest.fixture
def holder(issuer: Issuer) -> Holder:
    return pair(issuer)


def prepared(holder: Holder) -> Renewal:
    renewal = holder.open()
    holder.confirm(renewal)
    holder.make_keys(renewal)
    return renewal


def test_the_page_shows_the_text_byte_for_byte(holder: Holder) -> None:
    renewal = prepared(holder)
    page = holder.get("statement", renewal.number).content.decode()
    shown = page.split("<pre")[1].split(">", 1)[1].split("</pre>")[0]
    statement = Statement.objects.get(renewal=renewal)
    assert html.unescape(shown) == statement.text
    assert "\r" not in statement.text


def test_reading_again_makes_no_other_statement(holder: Holder) -> None:
    renewal = prepared(holder)
    assert holder.read_statement(renewal) == holder.read_statement(renewal)
    assert Statement.objects.filter(renewal=renewal).count() == 1


def test_another_language_gets_its_own_text(holder: Holder) -> None:
    renewal = prepared(holder)
    holder.read_statement(renewal)
    page = holder.get("statement", renewal.number, **{"Accept-Language": "kk"})
    assert page.context["statement"].language == "kk"  # type: ignore[attr-defined]
    assert Statement.objects.filter(renewal=renewal).count() == 2


def test_the_page_names_the_certificate_that_has_to_sign(holder: Holder) -> None:
    renewal = prepared(holder)
    page = holder.get("statement", renewal.number).content.decode()
    assert f'data-signers="{renewal.certificate.serial_hex}"' in page
    assert renewal.certificate.purpose == "SIGN"


def test_signed_it_goes_to_the_worker(holder: Holder) -> None:
    renewal = prepared(holder)
    reply = holder.submit(renewal)
    assert reply.json() == {"location": reverse("status", args=[renewal.number])}  # type: ignore[attr-defined]
    renewal.refresh_from_db()
    assert renewal.state == State.APPROVED.value
    assert Signature.objects.filter(statement__renewal=renewal).count() == 1


def test_sending_twice_files_one_application(holder: Holder) -> None:
    renewal = prepared(holder)
    statement = holder.read_statement(renewal)
    fields = {"statement": statement.pk, "cms": holder.signer.sign(statement.text)}
    for _ in range(3):
        assert holder.ask("statement", renewal.number, **fields).status_code == 200
    assert Event.objects.filter(kind=EventKind.RENEWAL_SUBMITTED.value).count() == 1


def test_another_certificate_of_the_same_person_is_told_which_file_is_needed(
    issuer: Issuer, holder: Holder
) -> None:
    renewal = prepared(holder)
    for other in (holder.person, issuer.issue(usages=AUTH)):
        data = holder.submit(renewal, signer=other).json()  # type: ignore[attr-defined]
        assert data["code"] == "renewal.wrong_certificate"
        assert data["field"] == "file"
        assert renewal.certificate.serial_hex[:4] in data["message"]
    assert holder.submit(renewal).status_code == 200


def test_a_changed_text_is_refused(holder: Holder) -> None:
    renewal = prepared(holder)
    statement = holder.read_statement(renewal)
    cms = holder.signer.sign(statement.text + " ")
    reply = holder.ask("statement", renewal.number, statement=statement.pk, cms=cms)
    assert reply.json()["code"] == "cms.content"  # type: ignore[attr-defined]
    renewal.refresh_from_db()
    assert renewal.state == State.DRAFT.value


def test_garbage_is_refused_with_a_sentence(holder: Holder) -> None:
    renewal = prepared(holder)
    pk = holder.read_statement(renewal).pk
    for fields in ({}, {"statement": "x", "cms": "AA=="}, {"statement": pk, "cms": "%"}):
        data = holder.ask("statement", renewal.number, **fields).json()  # type: ignore[attr-defined]
        assert data["code"] == "ui.form"
        assert data["message"]


def test_the_signed_text_and_signature_can_be_downloaded(holder: Holder) -> None:
    renewal = prepared(holder)
    assert holder.get("statement-text", renewal.number).status_code == 404
    statement = holder.read_statement(renewal)
    text = holder.get("statement-text", renewal.number)
    assert text.content == statement.text.encode()
    assert holder.get("statement-signature", renewal.number).status_code == 404
    holder.submit(renewal)
    signature = holder.get("statement-signature", renewal.number)
    assert signature.content == bytes(Signature.objects.get(statement=statement).cms_der)
    assert "attachment" in signature.headers["Content-Disposition"]


def test_a_single_key_signs_for_itself(issuer: Issuer) -> None:
    renewal = single(issuer).apply()
    assert renewal.certificate.purpose == "COMBINED"
    assert renewal.state == State.APPROVED.value
