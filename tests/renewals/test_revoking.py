"""What follows from a revocation at once; holds and their release; the command."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command

from pki.certificate import Purpose
from pki.errors import KeyBlockedError
from pki.models import Authority, BlockedKey, Certificate, HoldRelease, Revocation
from pki.revocation import Reason, Status
from renewals.actor import WORKER
from renewals.errors import (
    NotHeldError,
)
from renewals.grounds import Door, Ground
from renewals.models import Event, Renewal
from renewals.services import application, holding, issuing, revoking
from tests.renewals.people import (
    NOW,
    Holder,
    Key,
    ec_key,
    enrol_holder,
    iin_of,
    request_for,
)
from tests.renewals.revocations import HOUR, actor_of, only, revoke, serve, status

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def operator(authority: Authority) -> Holder:
    """Somebody who serves the desk, with a certificate of his own."""
    return serve(enrol_holder(authority, iin=iin_of(90), name=("ОМАРОВ", "ДАУРЕН", "")))


# --- what follows ---------------------------------------------------------------------------


def test_a_compromised_key_is_blocked_with_every_certificate_of_it(
    authority: Authority, holder: Holder, stranger: Holder
) -> None:
    row, twin = only(holder), only(stranger)
    Certificate.objects.filter(pk=twin.pk).update(spki_sha256=row.spki_sha256)
    revoke(Door.HOLDER, holder, [row], Ground.COMPROMISED)
    assert [status(row), status(twin)] == [Status.REVOKED] * 2
    assert BlockedKey.objects.get().pk == row.spki_sha256
    assert Event.objects.get(kind="key.blocked").facts["key"] == row.spki_sha256
    assert Event.objects.filter(kind="certificate.revoked").count() == 2


def test_a_blocked_key_is_certified_by_no_door(authority: Authority) -> None:
    holder = enrol_holder(authority)
    renewal = holder.open()
    application.describe(
        actor=holder.actor, renewal=renewal, storage="file", confirmed=True, now=NOW
    )
    key = ec_key()
    request = request_for(key)
    block(key)
    with pytest.raises(KeyBlockedError):
        application.add_requests(
            actor=holder.actor,
            renewal=renewal,
            requests={Purpose.COMBINED.value: request},
            now=NOW,
        )


def block(key: Key) -> None:
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    BlockedKey.objects.create(spki_sha256=sha256(spki).hexdigest(), blocked_at=NOW)


def test_a_key_blocked_after_submitting_stops_the_issue(holder: Holder) -> None:
    renewal = holder.submit()
    block(holder.new_keys[Purpose.COMBINED])
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("failed", "key.blocked")


@pytest.mark.parametrize("ground", [Ground.COMPROMISED, Ground.UNNEEDED])
def test_open_applications_end_with_the_certificate(holder: Holder, ground: Ground) -> None:
    renewal = holder.submit()
    revoke(Door.HOLDER, holder, [only(holder)], ground)
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"
    assert issuing.issue_due(now=NOW) == 0


def test_a_hold_stops_an_application_and_its_release_lets_it_go_on(
    holder: Holder, operator: Holder
) -> None:
    renewal = holder.submit()
    row = only(holder)
    revoke(Door.HOLDER, holder, [row], Ground.SUSPENDED)
    assert Renewal.objects.get(pk=renewal.pk).state == "approved"
    holding.release(row, actor=actor_of(operator, Door.OPERATOR), now=NOW, facts={})
    assert issuing.issue_due(now=NOW) == 1


# --- hold and release -----------------------------------------------------------------------


def test_a_hold_becomes_a_revocation_and_never_the_other_way_round(holder: Holder) -> None:
    row = only(holder)
    revoking.revoke([row], reason=Reason.CERTIFICATE_HOLD, actor=WORKER, now=NOW)
    Revocation.objects.update(listed_number=7)
    assert revoking.revoke([row], reason=Reason.KEY_COMPROMISE, actor=WORKER, now=NOW + HOUR) == 1
    entry = Revocation.objects.get()
    assert (entry.reason, entry.listed_number, entry.revoked_at) == ("keyCompromise", None, NOW)
    for reason in (Reason.CERTIFICATE_HOLD, Reason.SUPERSEDED):
        assert revoking.revoke([row], reason=reason, actor=WORKER, now=NOW) == 0
    assert Revocation.objects.get().reason == "keyCompromise"
    with pytest.raises(NotHeldError):
        holding.release(row, actor=WORKER, now=NOW, facts={})


def test_a_release_makes_it_good_again_and_is_remembered(holder: Holder) -> None:
    row = only(holder)
    revoke(Door.HOLDER, holder, [row], Ground.SUSPENDED)
    holding.release(row, actor=WORKER, now=NOW + HOUR, facts={"proposal": 1})
    assert status(row) is Status.GOOD
    entry = HoldRelease.objects.get()
    assert (entry.serial_hex, entry.held_at, entry.released_at) == (
        row.serial_hex,
        NOW,
        NOW + HOUR,
    )
    assert Event.objects.get(kind="certificate.released").facts["proposal"] == 1
    with pytest.raises(NotHeldError):
        holding.release(row, actor=WORKER, now=NOW, facts={})


# --- the command ----------------------------------------------------------------------------


def test_the_command_revokes_by_the_same_service(holder: Holder) -> None:
    row = only(holder)
    options = {
        "ground": "compromised",
        "asked_by": "authority",
        "identified": "own-check",
        "note": "incident 7",
    }
    with pytest.raises(CommandError):
        call_command("revoke", "00", **options)
    with pytest.raises(CommandError):
        call_command("revoke", row.serial_hex, **{**options, "note": " "})
    spaced = ":".join(row.serial_hex[at : at + 2] for at in range(0, 40, 2)).upper()
    call_command("revoke", spaced, **options)
    assert status(row) is Status.REVOKED
    assert BlockedKey.objects.count() == 1
    event = Event.objects.get(kind="certificate.revoked")
    assert (event.facts["door"], event.facts["note"]) == ("command", "incident 7")
    assert event.actor["name"].startswith("command, ")
