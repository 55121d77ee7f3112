"""What the tables accept and what they refuse, whoever writes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pki.certificate import CertificateFacts, parse_certificate
from pki.errors import NotPlannedError
from pki.issuer.keys import NEW_KEYS
from pki.issuer.sign import sign
from pki.models import Authority, Certificate, PlannedCertificate, PlanState, Revocation
from pki.revocation import Reason
from tests.pki.issuer.conftest import NOW, Made, make_authority, spki_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN = "010203300005"
SERIAL = "5a" * 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_authority("ec", tmp_path_factory.mktemp("ec"), NOW - timedelta(days=30))


@pytest.fixture(scope="module")
def spki(made: Made) -> bytes:
    return spki_of(NEW_KEYS["P-256"]())


@pytest.fixture
def authority(made: Made) -> Authority:
    return Authority.objects.create(
        name="ec", certificate_der=made.new.issuing_der, key_name="ec", is_issuing=True
    )


@pytest.fixture
def facts(made: Made, spki: bytes) -> CertificateFacts:
    return parse_certificate(sign(made.plan(spki), made.keys))


def test_a_certificate_is_recorded_with_what_it_says(
    authority: Authority, facts: CertificateFacts
) -> None:
    Certificate.objects.record(authority, facts)
    row = Certificate.objects.get(authority=authority, serial_hex=facts.serial_hex)
    assert row.facts == facts
    assert (row.iin, row.common_name, row.roles) == (IIN, "СЕЙТҚАЛИ АЙГҮЛ", ["individual"])
    assert (row.not_before, row.not_after) == (facts.not_before, facts.not_after)
    assert (row.purpose, row.storage, row.key_kind) == ("COMBINED", "file", "P-256")


def test_recording_it_again_changes_nothing(authority: Authority, facts: CertificateFacts) -> None:
    first = Certificate.objects.record(authority, facts)
    again = Certificate.objects.record(authority, facts)
    assert (first.pk, first.created_at) == (again.pk, again.created_at)
    assert Certificate.objects.count() == 1


def test_it_refuses_another_certificate_under_the_same_serial(
    authority: Authority, facts: CertificateFacts
) -> None:
    Certificate.objects.record(authority, facts)
    other = replace(facts, der=facts.der + b"\0", fingerprint="0" * 64)
    with pytest.raises(NotPlannedError):
        Certificate.objects.record(authority, other)
    assert Certificate.objects.get().facts == facts


def test_the_same_serial_of_another_authority_is_another_certificate(
    authority: Authority, facts: CertificateFacts
) -> None:
    other = Authority.objects.create(name="other", certificate_der=b"other")
    Certificate.objects.record(authority, facts)
    Certificate.objects.record(other, replace(facts, fingerprint="0" * 64))
    assert Certificate.objects.filter(serial_hex=facts.serial_hex).count() == 2


@pytest.mark.parametrize("serial", ["", "5A" * 20, "5a5", "0x5a", "5a 5a", "g0"])
def test_it_refuses_serials_that_are_not_lower_hex(authority: Authority, serial: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedCertificate.objects.create(authority=authority, serial_hex=serial, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation.objects.create(
            authority=authority,
            serial_hex=serial,
            revoked_at=NOW,
            reason=Reason.SUPERSEDED.value,
        )


def test_a_serial_is_planned_once(authority: Authority) -> None:
    PlannedCertificate.objects.create(authority=authority, serial_hex=SERIAL, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedCertificate.objects.create(authority=authority, serial_hex=SERIAL, created_at=NOW)


@pytest.mark.parametrize("state", ["", "done", PlanState.SIGNED.value])
def test_it_refuses_unknown_states_and_signed_plans_without_content(
    authority: Authority, state: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedCertificate.objects.create(
            authority=authority, serial_hex=SERIAL, created_at=NOW, state=state
        )


def test_a_serial_is_revoked_once_and_for_a_known_reason(authority: Authority) -> None:
    for reason in ("", "because"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Revocation.objects.create(
                authority=authority, serial_hex=SERIAL, revoked_at=NOW, reason=reason
            )
    for _time in range(2):
        Revocation.objects.get_or_create(
            authority=authority,
            serial_hex=SERIAL,
            defaults={"revoked_at": NOW, "reason": Reason.SUPERSEDED.value},
        )
    assert Revocation.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "ANY"},
        {"storage": "pocket"},
        {"fingerprint": "A" * 64},
        {"spki_sha256": "5a"},
        {"not_after": NOW - timedelta(days=400)},
    ],
)
def test_it_refuses_certificates_that_cannot_be(
    authority: Authority, facts: CertificateFacts, change: dict[str, object]
) -> None:
    row = Certificate.from_facts(authority, facts)
    for field, value in change.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_only_an_authority_whose_key_we_hold_issues(made: Made) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Authority.objects.create(
            name="keyless", certificate_der=made.new.issuing_der, is_issuing=True
        )


def test_two_authorities_do_not_share_a_key(authority: Authority) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Authority.objects.create(name="twin", certificate_der=b"twin", key_name=authority.key_name)


def test_words_of_the_query(authority: Authority, facts: CertificateFacts) -> None:
    row = Certificate.objects.record(authority, facts)
    assert list(Certificate.objects.for_iin(IIN)) == [row]
    assert not Certificate.objects.for_iin("")
    assert not Certificate.objects.for_iin("010203300006")
    for moment in (facts.not_before, NOW, facts.not_after):
        assert list(Certificate.objects.current(moment)) == [row]
    for moment in (NOW - timedelta(days=1), facts.not_after + timedelta(seconds=1)):
        assert not Certificate.objects.current(moment)
    assert list(Authority.objects.issuing()) == [authority]
    assert list(Authority.objects.anchors()) == [authority]


def test_what_was_revoked_is_left_out(authority: Authority, facts: CertificateFacts) -> None:
    row = Certificate.objects.record(authority, facts)
    other = Authority.objects.create(name="other", certificate_der=b"other")
    reason = Reason.SUPERSEDED.value
    Revocation.objects.create(
        authority=other, serial_hex=row.serial_hex, revoked_at=NOW, reason=reason
    )
    assert list(Certificate.objects.unrevoked()) == [row]
    Revocation.objects.create(
        authority=authority, serial_hex=row.serial_hex, revoked_at=NOW, reason=reason
    )
    assert not Certificate.objects.unrevoked()
