"""Installation: the certificates for the browser, the challenge, success only after proof."""

import base64

import pytest
from django.urls import reverse

from renewals.machine import State
from renewals.models import Renewal
from tests.cabinet.holder import Holder, pair, row_of
from tests.cabinet.people import Issuer, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return pair(Issuer("main"))


@pytest.fixture
def issued(holder: Holder) -> tuple[Renewal, dict[str, Person]]:
    renewal = holder.apply()
    return renewal, holder.issue(renewal)


Issued = tuple[Renewal, dict[str, Person]]


def test_the_browser_gets_each_certificate_with_its_chain(holder: Holder, issued: Issued) -> None:
    renewal, people = issued
    data = holder.get("certificates", renewal.number).json()  # type: ignore[attr-defined]
    assert data.keys() == {"AUTH", "SIGN"}
    assert base64.b64decode(data["SIGN"]["certificate"]) == people["SIGN"].der
    assert len(data["SIGN"]["chain"]) == 2


def test_it_is_installed_when_every_new_key_has_signed(holder: Holder, issued: Issued) -> None:
    renewal, people = issued
    reply = holder.prove(renewal, *people.values())
    assert reply.json() == {"location": reverse("installed", args=[renewal.number])}  # type: ignore[attr-defined]
    renewal.refresh_from_db()
    assert renewal.state == State.INSTALLED.value
    page = holder.get("installed", renewal.number).content.decode()
    assert "installed and checked" in page
    assert "Keep it till it ends" in page
    assert row_of(people["SIGN"]).serial_hex[:4] in page


def test_one_key_of_two_is_not_enough(holder: Holder, issued: Issued) -> None:
    renewal, people = issued
    reply = holder.prove(renewal, people["SIGN"])
    assert reply.json()["code"] == "renewal.incomplete"  # type: ignore[attr-defined]
    renewal.refresh_from_db()
    assert renewal.state == State.ISSUED.value


def test_the_old_key_proves_nothing(holder: Holder, issued: Issued) -> None:
    renewal, people = issued
    reply = holder.prove(renewal, people["AUTH"], holder.signer)
    assert reply.json()["code"] == "renewal.wrong_certificate"  # type: ignore[attr-defined]


def test_proving_twice_is_harmless(holder: Holder, issued: Issued) -> None:
    renewal, people = issued
    challenge = holder.ask("install-challenge", renewal.number).json()  # type: ignore[attr-defined]
    signatures = [person.sign(challenge["text"]) for person in people.values()]
    fields = {"statement": challenge["statement"], "signatures": signatures}
    for _ in range(2):
        assert holder.ask("install", renewal.number, **fields).status_code == 200


def test_there_is_no_challenge_before_there_is_a_certificate(holder: Holder) -> None:
    renewal = holder.apply()
    reply = holder.ask("install-challenge", renewal.number)
    assert reply.json()["code"] == "renewal.incomplete"  # type: ignore[attr-defined]
    assert holder.get("certificates", renewal.number).json() == {}  # type: ignore[attr-defined]


def test_garbage_is_refused_with_a_sentence(holder: Holder, issued: Issued) -> None:
    renewal, _people = issued
    for signatures in ([], ["%"], ["AA=="] * 3):
        reply = holder.ask("install", renewal.number, statement=1, signatures=signatures)
        assert reply.json()["code"] == "ui.form"  # type: ignore[attr-defined]
