"""What became of a certificate: never good by default."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from pki.certificate import CertificateFacts, parse_certificate
from pki.issuer.file_keys import read_key
from pki.issuer.keys import NEW_KEYS, AuthorityKey
from pki.issuer.pattern import authority_key_identifier
from pki.issuer.sign import sign
from pki.models import Authority, Certificate, Revocation
from pki.records import revocation_of, revocation_of_row
from pki.revocation import Reason, Status
from tests.pki.issuer.conftest import NOW, PASSPHRASE, Made, make_authority, spki_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_authority("ec", tmp_path_factory.mktemp("ec"), NOW - timedelta(days=30))


@pytest.fixture(scope="module")
def key(made: Made) -> AuthorityKey:
    return read_key(made.directory / "keys", "ec", PASSPHRASE)


@pytest.fixture(scope="module")
def facts(made: Made) -> CertificateFacts:
    return parse_certificate(sign(made.plan(spki_of(NEW_KEYS["P-256"]())), made.keys))


@pytest.fixture
def ours(made: Made) -> Authority:
    return Authority.objects.create(
        name="ec", certificate_der=made.new.issuing_der, key_name="ec", is_issuing=True
    )


def theirs(made: Made, crl_der: bytes | None) -> Authority:
    """The same certificate, but no key: only a list speaks."""
    return Authority.objects.create(
        name="theirs", certificate_der=made.new.issuing_der, crl_der=crl_der
    )


def crl(made: Made, key: AuthorityKey, revoked: list[str], *, days: int = 7) -> bytes:
    """A list of that authority, one day old, for so many days from then on."""
    issuer = x509.load_der_x509_certificate(made.new.issuing_der)
    start = NOW - timedelta(days=1)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(start)
        .next_update(start + timedelta(days=days))
        .add_extension(authority_key_identifier(issuer), critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for serial_hex in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(int(serial_hex, 16))
            .revocation_date(start)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_a_serial_that_was_never_recorded_is_unknown(
    ours: Authority, facts: CertificateFacts
) -> None:
    found = revocation_of(ours, facts.serial_hex, now=NOW)
    assert (found.status, found.source, found.checked_at) == (Status.UNKNOWN, "records", NOW)


def test_a_recorded_certificate_is_good_until_it_is_revoked(
    ours: Authority, facts: CertificateFacts
) -> None:
    row = Certificate.objects.record(ours, facts)
    assert revocation_of_row(row, now=NOW).status is Status.GOOD
    Revocation.objects.create(
        authority=ours,
        serial_hex=facts.serial_hex,
        revoked_at=NOW,
        reason=Reason.SUPERSEDED.value,
    )
    found = revocation_of_row(row, now=NOW)
    assert (found.status, found.revoked_at, found.reason) == (
        Status.REVOKED,
        NOW,
        Reason.SUPERSEDED,
    )


def test_a_serial_may_be_revoked_without_any_certificate(ours: Authority) -> None:
    Revocation.objects.create(
        authority=ours,
        serial_hex="5a" * 20,
        revoked_at=NOW,
        reason=Reason.CESSATION_OF_OPERATION.value,
    )
    assert revocation_of(ours, "5a" * 20, now=NOW).status is Status.REVOKED


def test_the_certificate_of_another_authority_proves_nothing(
    ours: Authority, facts: CertificateFacts
) -> None:
    Certificate.objects.record(ours, facts)
    other = Authority.objects.create(name="other", certificate_der=b"other", key_name="other")
    assert revocation_of(other, facts.serial_hex, now=NOW).status is Status.UNKNOWN


def test_the_list_of_somebody_elses_authority_is_believed(
    made: Made, key: AuthorityKey, facts: CertificateFacts
) -> None:
    authority = theirs(made, crl(made, key, ["5a" * 20]))
    assert revocation_of(authority, facts.serial_hex, now=NOW).status is Status.GOOD
    revoked = revocation_of(authority, "5a" * 20, now=NOW)
    assert (revoked.status, revoked.reason) == (Status.REVOKED, Reason.KEY_COMPROMISE)
    assert revoked.source == "crl"


def test_without_a_list_nothing_is_good(made: Made, facts: CertificateFacts) -> None:
    assert revocation_of(theirs(made, None), facts.serial_hex, now=NOW).status is Status.UNKNOWN


def test_a_stale_list_makes_nothing_good(
    made: Made, key: AuthorityKey, facts: CertificateFacts
) -> None:
    authority = theirs(made, crl(made, key, []))
    later = NOW + timedelta(days=8)
    assert revocation_of(authority, facts.serial_hex, now=later).status is Status.UNKNOWN


def test_a_forged_or_damaged_list_makes_nothing_good(made: Made, facts: CertificateFacts) -> None:
    forged = crl(made, NEW_KEYS["P-256"](), [])
    authority = theirs(made, forged)
    assert revocation_of(authority, facts.serial_hex, now=NOW).status is Status.UNKNOWN
    authority.crl_der = forged[:-10]
    assert revocation_of(authority, facts.serial_hex, now=NOW).status is Status.UNKNOWN
