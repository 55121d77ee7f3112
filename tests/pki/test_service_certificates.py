"""What the table of the authority's own certificates accepts, and what our records know of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pki.models import Authority, Certificate, Revocation, ServiceCertificate
from pki.profiles import ServiceKind
from pki.records import revocation_of, revocations_of_serials
from pki.revocation import Reason, Status
from tests.pki.issuer.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.data]
SERIAL, OTHER, STRANGE = "5a" * 20, "5b" * 20, "5c" * 20


@pytest.fixture
def authority() -> Authority:
    return Authority.objects.create(
        name="ec", certificate_der=b"ec", key_name="ec", is_issuing=True
    )


def record(authority: Authority, **changes: object) -> ServiceCertificate:
    fields: dict[str, object] = {
        "kind": ServiceKind.SEAL.value,
        "serial_hex": SERIAL,
        "certificate_der": b"der",
        "key_name": "ec.seal",
        "not_before": NOW,
        "not_after": NOW + timedelta(days=1000),
    }
    return ServiceCertificate.objects.create(authority=authority, **{**fields, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "?"},
        {"kind": ""},
        {"serial_hex": "5A" * 20},
        {"serial_hex": ""},
        {"key_name": ""},
        {"not_after": NOW},
    ],
)
def test_it_refuses_what_cannot_be(authority: Authority, changes: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record(authority, **changes)


def test_neither_a_serial_nor_a_key_is_used_twice(authority: Authority) -> None:
    record(authority)
    for changes in ({"key_name": "ec.seal2"}, {"serial_hex": OTHER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            record(authority, **changes)
    record(authority, key_name="ec.seal2", serial_hex=OTHER)


def test_words_of_the_query(authority: Authority) -> None:
    first = record(authority)
    later = record(
        authority, key_name="ec.seal2", serial_hex=OTHER, not_after=NOW + timedelta(days=2000)
    )
    seals = ServiceCertificate.objects.of_kind(ServiceKind.SEAL)
    assert list(seals) == [later, first]
    for moment in (first.not_before, first.not_after):
        assert list(seals.current(moment)) == [later, first]
    assert list(seals.current(first.not_after + timedelta(seconds=1))) == [later]
    assert not seals.current(NOW - timedelta(seconds=1))


def test_it_names_its_key_and_its_certificate(authority: Authority) -> None:
    facts = record(authority).signer_facts
    assert (facts.name, facts.key_name, facts.certificate_der) == ("ec.seal", "ec.seal", b"der")


def test_our_records_answer_for_many_serials_at_once(
    authority: Authority, django_assert_num_queries: object
) -> None:
    other = Authority.objects.create(name="other", certificate_der=b"o", key_name="o")
    record(authority)
    Revocation.objects.create(
        authority=authority, serial_hex=OTHER, revoked_at=NOW, reason=Reason.SUPERSEDED.value
    )
    # The same number of another authority says nothing of ours.
    record(other, key_name="o.seal", serial_hex=STRANGE)
    serials = [SERIAL, OTHER, STRANGE]
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = revocations_of_serials(authority, serials, now=NOW)
    assert [found[serial].status for serial in serials] == [
        *(Status.GOOD, Status.REVOKED, Status.UNKNOWN),
    ]
    assert found == {serial: revocation_of(authority, serial, now=NOW) for serial in serials}
    assert not Certificate.objects.exists()
