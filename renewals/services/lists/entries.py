"""What stands in lists: entries made once from the rows, and read as bytes ever after."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from pki.crl_entry import encode_entry
from pki.models import Authority, Certificate, HoldRelease, Revocation, ServiceCertificate
from pki.revocation import Reason
from renewals.services.lists.blocks import Block, read_blocks
from renewals.services.lists.storing import store_entries

CHUNK = 2000


class Pending(NamedTuple):
    """A revocation as no list tells it yet; it may be another one when the list is out."""

    pk: int
    reason: str
    revoked_at: datetime
    partition: int


class Released(NamedTuple):
    """A release that no list tells yet, and the part in which the hold stood."""

    pk: int
    partition: int


def find_releases(authority: Authority) -> list[Released]:
    """Those that the lists made now will tell."""
    rows = HoldRelease.objects.filter(authority=authority, listed_number=None)
    return [
        Released(pk, authority.issuer_facts.part_of(serial) or 0)
        for pk, serial in rows.values_list("pk", "serial_hex")
    ]


def encode_pending(authority: Authority) -> list[Pending]:
    """Give every row that is not listed as it now is its entry, its part and its end."""
    found: list[Pending] = []
    for rows in _chunks(Revocation.objects.filter(authority=authority, listed_number=None)):
        ends = _ends(authority, [row.serial_hex for row in rows])
        store_entries([row for row in rows if _encode(row, authority, ends.get(row.serial_hex))])
        found += [Pending(row.pk, row.reason, row.revoked_at, row.partition or 0) for row in rows]
    return found


def _chunks(rows: QuerySet[Revocation]) -> Iterator[list[Revocation]]:
    """By id, so that neither memory nor a transaction grows with their number."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _ends(authority: Authority, serials: list[str]) -> dict[str, datetime]:
    """When certificates of these serial numbers end; nothing is known of others."""
    ends: dict[str, datetime] = {}
    for rows in (Certificate.objects, ServiceCertificate.objects):
        known = rows.filter(authority=authority, serial_hex__in=serials)
        ends.update(known.values_list("serial_hex", "not_after"))
    return ends


def _encode(row: Revocation, authority: Authority, end: datetime | None) -> bool:
    """Whether the row has changed: a run that failed has left it as it must be."""
    before = (bytes(row.entry_der or b""), row.partition, row.expires_at)
    row.entry_der = encode_entry(row.serial_hex, row.revoked_at, Reason(row.reason))
    row.partition = authority.issuer_facts.part_of(row.serial_hex) or 0
    row.expires_at = end
    return before != (row.entry_der, row.partition, row.expires_at)


def read_entries(authority: Authority, *, now: datetime) -> dict[int, list[Block]]:
    """The entries of the whole list by part (0 where there are none), as joined blocks.

    Without those of certificates that ended long ago, once a list has told of them: they stand
    in at least one list made after their end (RFC 5280, 3.3).
    """
    kept = max(settings.CRL_KEEP_EXPIRED, settings.CRL_LIFETIME)
    rows = Revocation.objects.filter(authority=authority, entry_der__isnull=False).filter(
        Q(expires_at=None) | Q(expires_at__gt=now - kept) | Q(listed_number=None)
    )
    parts: dict[int, list[Block]] = defaultdict(list)
    for block in read_blocks(rows):
        parts[block.partition].append(block)
    return parts


def read_changes(authority: Authority) -> list[bytes]:
    """Entries that differ from those of the authority's base list (RFC 5280, 5.2.4)."""
    since = Q(listed_number=None) | Q(listed_number__gt=authority.crl_base_number)
    revoked = Revocation.objects.filter(since, authority=authority, entry_der__isnull=False)
    entries = [bytes(entry or b"") for entry in revoked.values_list("entry_der", flat=True)]
    return entries + _removals(authority, since)


def _removals(authority: Authority, since: Q) -> list[bytes]:
    """Of certificates that were on hold and are good again, and still are."""
    rows = HoldRelease.objects.filter(since, authority=authority).order_by("pk")
    held_at = dict(rows.values_list("serial_hex", "held_at"))
    again = Revocation.objects.filter(authority=authority, serial_hex__in=list(held_at))
    for serial in again.values_list("serial_hex", flat=True):
        del held_at[serial]
    return [
        encode_entry(serial, moment, Reason.REMOVE_FROM_CRL) for serial, moment in held_at.items()
    ]
