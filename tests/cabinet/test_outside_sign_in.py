"""Signing in with a certificate of another authority, as long as two operators accept it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from pki.models import (
    Acceptance,
    Authority,
    BlockedKey,
    Certificate,
    Revocation,
    StatusInquiry,
)
from renewals.models import Event
from renewals.tasks import fetch_trust
from tests.cabinet.people import SIGN, Person
from tests.cabinet.visitor import Visitor
from tests.renewals.outside import Outside, Web, web_server
from tests.renewals.responder import Responder

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(db: None) -> Outside:
    return Outside()


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    with web_server() as found:
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [found.host]
        yield found


@pytest.fixture
def responder(outside: Outside, settings: Settings, tmp_path: Path) -> Responder:
    found = Responder(outside, tmp_path)
    settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [found.host]
    return found


UNKNOWN = "certificate.status_unknown"


def try_in(person: Person) -> tuple[Visitor, str]:
    """A new browser, and the code of a refusal or ''."""
    visitor = Visitor()
    reply = visitor.sign_in(person)
    return visitor, "" if reply.status_code == 200 else reply.json()["code"]


def age_everything() -> None:
    """The worker looks at once, whatever it has done before."""
    StatusInquiry.objects.update(tried_at=None)
    Authority.objects.update(fetch_due_at=None, fetch_failed_at=None)


def test_by_answers_try_later_and_then_it_works(outside: Outside, responder: Responder) -> None:
    good, bad = outside.issue(), outside.issue(iin="2" * 12)
    responder.knows(good)
    responder.revokes(bad)
    outside.pin(ocsp_url=responder.url)
    visitor = Visitor()
    reply = visitor.sign_in(good)
    assert reply.json()["code"] == UNKNOWN
    assert "Try again in a few minutes" in reply.json()["message"]
    # The refusal is recorded, and so is the question.
    assert Event.objects.get(kind="sign_in.refused").facts["code"] == UNKNOWN
    assert StatusInquiry.objects.count() == 1
    assert try_in(bad)[1] == UNKNOWN
    with responder.answers():
        fetch_trust()
    assert visitor.sign_in(good).status_code == 200
    assert visitor.is_in()
    assert try_in(bad)[1] == "certificate.revoked"


def test_a_revocation_ends_the_session_with_the_next_answer(
    outside: Outside, responder: Responder
) -> None:
    person = outside.issue()
    responder.knows(person)
    outside.pin(ocsp_url=responder.url)
    try_in(person)
    with responder.answers():
        fetch_trust()
    visitor, code = try_in(person)
    assert (code, visitor.is_in()) == ("", True)
    responder.revokes(person)
    age_everything()
    with responder.answers():
        fetch_trust()
    assert not visitor.is_in()


def test_by_a_list(outside: Outside, web: Web) -> None:
    good, bad = outside.issue(), outside.issue(iin="2" * 12)
    outside.pin(crl_url=web.url())
    assert try_in(good)[1] == UNKNOWN
    web.give(outside.list_of(bad))
    fetch_trust()
    visitor, code = try_in(good)
    assert (code, visitor.is_in()) == ("", True)
    assert try_in(bad)[1] == "certificate.revoked"
    # Met here for the first time, and written down as theirs.
    assert Certificate.objects.get().authority.name == "national"
    web.give(outside.list_of(good, bad, number=2))
    age_everything()
    fetch_trust()
    assert not visitor.is_in()


@pytest.mark.parametrize("accepted_for", [Acceptance.NOTHING, Acceptance.SIGNATURES])
def test_who_is_not_accepted_any_more_is_out_with_the_next_request(
    outside: Outside, web: Web, accepted_for: Acceptance
) -> None:
    person = outside.issue()
    row = outside.pin(crl_url=web.url())
    web.give(outside.list_of())
    fetch_trust()
    visitor, code = try_in(person)
    assert (code, visitor.is_in()) == ("", True)
    Authority.objects.filter(pk=row.pk).update(accepted_for=accepted_for.value)
    assert not visitor.is_in()
    assert try_in(person)[1] == "certificate.unknown_issuer"


def test_with_the_authority_above_goes_everything_below(web: Web) -> None:
    root, below = Outside("root"), Outside("below")
    below.certificate = root.certify(below)
    parent = root.pin()
    row = below.pin(crl_url=web.url())
    Authority.objects.filter(pk=row.pk).update(parent=parent)
    web.give(below.list_of())
    fetch_trust()
    visitor, code = try_in(below.issue())
    assert (code, visitor.is_in()) == ("", True)
    Authority.objects.filter(pk=parent.pk).update(accepted_for="nothing")
    assert not visitor.is_in()


def test_a_key_for_signing_alone_does_not_sign_in(outside: Outside, web: Web) -> None:
    outside.pin(crl_url=web.url())
    web.give(outside.list_of())
    fetch_trust()
    assert try_in(outside.issue(usages=SIGN))[1] == "certificate.key_usage"


def test_an_authority_that_nobody_accepted_is_unknown(outside: Outside) -> None:
    assert try_in(outside.issue())[1] == "certificate.unknown_issuer"
    assert not StatusInquiry.objects.exists()


def test_what_others_have_issued_is_theirs_to_revoke(
    outside: Outside, responder: Responder
) -> None:
    """Nobody would hear of it from us; so nobody is told that it was done."""
    person = outside.issue()
    responder.knows(person)
    outside.pin(ocsp_url=responder.url)
    assert try_in(person)[1] == UNKNOWN
    with responder.answers():
        fetch_trust()
    visitor, _code = try_in(person)
    row = Certificate.objects.get()
    link = reverse("revoke-certificate", args=[row.pk])
    assert (
        link
        not in visitor.client.get(
            reverse("certificate", args=[row.pk]), secure=True
        ).content.decode()
    )
    reply = visitor.client.post(link, {"ground": "compromised"}, secure=True)
    assert reply.status_code == 400
    office = {"asked_by": "holder", "identified": "own-check", "note": "7", "ground": "compromised"}
    with pytest.raises(CommandError):
        call_command("revoke", row.serial_hex, **office)
    assert not Revocation.objects.exists()


def test_a_blocked_key_is_refused_whoever_has_certified_it(
    outside: Outside, responder: Responder
) -> None:
    person = outside.issue()
    responder.knows(person)
    outside.pin(ocsp_url=responder.url)
    assert try_in(person)[1] == UNKNOWN
    with responder.answers():
        fetch_trust()
    visitor, code = try_in(person)
    assert (code, visitor.is_in()) == ("", True)
    BlockedKey.objects.create(
        spki_sha256=Certificate.objects.get().spki_sha256, blocked_at=timezone.now()
    )
    assert not visitor.is_in()
    assert try_in(person)[1] == "key.blocked"
