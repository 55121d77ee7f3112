"""What became of a certificate: by our own records where the key is ours, else by a list."""

from collections.abc import Sequence
from datetime import datetime

from pki.crl import read_crl
from pki.errors import PKIError
from pki.models import Authority, Certificate, Revocation, ServiceCertificate
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
    return revocations_of_rows([certificate], now=now)[certificate.pk]


def revocations_of_rows(
    certificates: Sequence[Certificate], *, now: datetime
) -> dict[int, RevocationFacts]:
    """The same for many, by id: those of our own authorities with one question."""
    ours = [row for row in certificates if row.authority.is_ours]
    serials = [row.serial_hex for row in ours]
    revoked = {
        (row.authority_id, row.serial_hex): row
        for row in Revocation.objects.filter(serial_hex__in=serials)
    }
    facts = {
        row.pk: _facts_of(revoked.get((row.authority_id, row.serial_hex)), now, is_known=True)
        for row in ours
    }
    for row in certificates:
        if row.pk not in facts:
            facts[row.pk] = _by_list(row.authority, row.serial_hex, now)
    return facts


def revocations_of_serials(
    authority: Authority, serials: Sequence[str], *, now: datetime
) -> dict[str, RevocationFacts]:
    """The same for many serial numbers of one of our own authorities, with three questions."""
    revoked = {
        row.serial_hex: row
        for row in Revocation.objects.filter(authority=authority, serial_hex__in=serials)
    }
    known: set[str] = set()
    for rows in (Certificate.objects, ServiceCertificate.objects):
        found = rows.filter(authority=authority, serial_hex__in=serials)
        known.update(found.values_list("serial_hex", flat=True))
    return {
        serial: _facts_of(revoked.get(serial), now, is_known=serial in known) for serial in serials
    }


def _by_records(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    # Asked first: a serial that may have been signed is revoked without any certificate.
    revoked = Revocation.objects.filter(authority=authority, serial_hex=serial_hex).first()
    if revoked is not None:
        return _facts_of(revoked, now, is_known=True)
    is_known = (
        Certificate.objects.filter(authority=authority, serial_hex=serial_hex).exists()
        or ServiceCertificate.objects.filter(authority=authority, serial_hex=serial_hex).exists()
    )
    return _facts_of(None, now, is_known=is_known)


def _facts_of(revoked: Revocation | None, now: datetime, *, is_known: bool) -> RevocationFacts:
    if revoked is None:
        return RevocationFacts(Status.GOOD if is_known else Status.UNKNOWN, "records", now)
    return RevocationFacts(
        Status.REVOKED, "records", now, revoked.revoked_at, Reason(revoked.reason)
    )


def _by_list(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    unknown = RevocationFacts(Status.UNKNOWN, "crl", now)
    if not authority.crl_der:
        return unknown
    try:
        revoked = read_crl(
            bytes(authority.crl_der), issuer_der=bytes(authority.certificate_der), moment=now
        )
    except PKIError:
        return unknown
    return revoked.status(serial_hex)
