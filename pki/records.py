"""What became of a certificate: by our own records where the key is ours, else by a list."""

from datetime import datetime

from pki.crl import read_crl
from pki.errors import PKIError
from pki.models import Authority, Certificate, Revocation
from pki.revocation import Reason, RevocationFacts, Status


def revocation_of(authority: Authority, serial_hex: str, *, now: datetime) -> RevocationFacts:
    """Whether a serial number is good, revoked or unknown at `now`. Asks no network.

    A serial that our records do not hold is unknown, never good; so is everything while a list
    of somebody else's is absent, stale or not to be trusted.
    """
    if authority.is_ours:
        return _by_records(authority, serial_hex, now)
    return _by_list(authority, serial_hex, now)


def revocation_of_row(certificate: Certificate, *, now: datetime) -> RevocationFacts:
    """The same for a certificate that is in the records."""
    return revocation_of(certificate.authority, certificate.serial_hex, now=now)


def _by_records(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    # Asked first: a serial that may have been signed is revoked without any certificate.
    revoked = Revocation.objects.filter(authority=authority, serial_hex=serial_hex).first()
    if revoked is not None:
        return RevocationFacts(
            status=Status.REVOKED,
            revoked_at=revoked.revoked_at,
            reason=Reason(revoked.reason),
            source="records",
            checked_at=now,
        )
    is_known = Certificate.objects.filter(authority=authority, serial_hex=serial_hex).exists()
    return RevocationFacts(
        status=Status.GOOD if is_known else Status.UNKNOWN,
        revoked_at=None,
        reason=None,
        source="records",
        checked_at=now,
    )


def _by_list(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    unknown = RevocationFacts(
        status=Status.UNKNOWN, revoked_at=None, reason=None, source="crl", checked_at=now
    )
    if not authority.crl_der:
        return unknown
    try:
        revoked = read_crl(
            bytes(authority.crl_der), issuer_der=bytes(authority.certificate_der), moment=now
        )
    except PKIError:
        return unknown
    return revoked.status(serial_hex)
