"""What became of a certificate: by our own records where the key is ours, else by what its
authority has published. Asks no network: the worker has fetched it before.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings

from pki.certificate import parse_certificate
from pki.crl import Crl, read_crl
from pki.errors import KeyBlockedError, PKIError
from pki.models import (
    Authority,
    BlockedKey,
    Certificate,
    Revocation,
    ServiceCertificate,
    StatusInquiry,
)
from pki.outside_answers import Ages, read_outside_answer
from pki.revocation import Reason, RevocationFacts, Status

# Lists of others by authority, its certificate and when they were fetched, oldest first.
MOST_LISTS = 4
_LISTS: dict[tuple[int, bytes, datetime], Crl] = {}


def revocation_of(authority: Authority, serial_hex: str, *, now: datetime) -> RevocationFacts:
    """Whether a serial number is good, revoked or unknown at `now`.

    A serial that our records do not hold is unknown, never good; so is everything while a list
    or an answer of somebody else's is absent, stale or not to be trusted.
    """
    if authority.is_ours:
        return _by_records(authority, serial_hex, now)
    return _by_others(authority, serial_hex, now)


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
            facts[row.pk] = _by_others(row.authority, row.serial_hex, now)
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


def revoked_among(
    serials: Collection[str], *, now: datetime
) -> dict[tuple[int, str], RevocationFacts]:
    """Those of these serial numbers that our authorities have revoked, with one question.

    By id of the authority and serial number.
    """
    rows = Revocation.objects.filter(serial_hex__in=serials).order_by()
    rows = rows.only("authority_id", "serial_hex", "revoked_at", "reason")
    return {(row.authority_id, row.serial_hex): _facts_of(row, now, is_known=True) for row in rows}


def end_of_authority(authority: Authority, *, now: datetime) -> RevocationFacts | None:
    """By which an authority of ours that stands under ours was revoked; None: it was not.

    Whoever is revoked issues no more: of all others no question is asked.
    """
    if authority.retired_at is None or authority.parent_id is None:
        return None
    serial = parse_certificate(bytes(authority.certificate_der)).serial_hex
    return revoked_among([serial], now=now).get((authority.parent_id, serial))


def ends_among(serials: Collection[str]) -> dict[tuple[int, str], datetime]:
    """When those of these serial numbers end that are in our records, with two questions.

    By id of the authority and serial number.
    """
    found: dict[tuple[int, str], datetime] = {}
    for rows in (Certificate.objects, ServiceCertificate.objects):
        ends = rows.filter(serial_hex__in=serials).order_by()
        for authority_id, serial_hex, not_after in ends.values_list(
            "authority_id", "serial_hex", "not_after"
        ):
            found[authority_id, serial_hex] = not_after
    return found


def is_blocked(keys: Sequence[str]) -> bool:
    """Whether one of these keys, by SHA-256 of their SPKI, may be somebody else's, too."""
    return BlockedKey.objects.filter(pk__in=keys).exists()


def require_unblocked(keys: Sequence[str]) -> None:
    """None of these keys, by SHA-256 of their SPKI, is blocked. Raises `KeyBlockedError`."""
    if is_blocked(keys):
        raise KeyBlockedError


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


def _by_others(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    """By their list, or by what they answered where they have no list. Both were fetched before."""
    if authority.ocsp_url and not authority.crl_url:
        return _by_answer(authority, serial_hex, now)
    return _by_list(authority, serial_hex, now)


def _by_list(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    try:
        return _list_of(authority, now).status(serial_hex)
    except PKIError:
        return RevocationFacts(Status.UNKNOWN, "crl", now)


def _list_of(authority: Authority, now: datetime) -> Crl:
    """A list is large and is asked on every request: the last few are remembered, verified.

    Only one that the worker has fetched: nothing else says when the bytes are others.
    """
    if authority.fetched_at is None:
        return _read(authority, now)
    key = (authority.pk, bytes(authority.certificate_der), authority.fetched_at)
    if key not in _LISTS:
        _LISTS[key] = _read(authority, now)
        while len(_LISTS) > MOST_LISTS:
            _LISTS.pop(next(iter(_LISTS)), None)
    return _LISTS[key].at(now)


def _read(authority: Authority, now: datetime) -> Crl:
    """Raises the `crl.*` errors."""
    return read_crl(
        bytes(authority.crl_der or b""), issuer_der=bytes(authority.certificate_der), moment=now
    )


def _by_answer(authority: Authority, serial_hex: str, now: datetime) -> RevocationFacts:
    """One that came lately; an older one may have been overtaken."""
    inquiry = StatusInquiry.objects.filter(
        authority=authority,
        serial_hex=serial_hex,
        answered_at__gt=now - settings.TRUST_ANSWER_LIFETIME,
    ).first()
    try:
        return read_outside_answer(
            bytes(inquiry.answer_der or b"") if inquiry else b"",
            serial_hex=serial_hex,
            issuer_der=bytes(authority.certificate_der),
            moment=now,
            ages=Ages(unbounded=settings.TRUST_ANSWER_LIFETIME),
        )
    except PKIError:
        return RevocationFacts(Status.UNKNOWN, "ocsp", now)
