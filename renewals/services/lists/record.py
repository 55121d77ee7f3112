"""What was published, written down in one transaction: rows, numbers, event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from pki.models import Authority, HoldRelease, ListScope, Revocation, RevocationList
from renewals.actor import WORKER
from renewals.events import EventKind
from renewals.services import journal
from renewals.services.lists.entries import CHUNK, Pending, Released
from renewals.services.lists.files import Staged


@dataclass(frozen=True)
class Made:
    """A list that was made: its place among the others, and what is known of its file."""

    scope: ListScope
    partition: int
    number: int
    base_number: int | None
    this_update: datetime
    next_update: datetime
    entries: int
    size: int
    sha256: str
    file: Staged


def take_number(authority: Authority) -> int:
    """The next number of this authority, committed before anything is signed under it.

    So it grows whatever happens (RFC 5280, 5.2.3); a list that fails loses its number.
    """
    with transaction.atomic():
        rows = Authority.objects.filter(pk=authority.pk)
        rows.update(crl_number=F("crl_number") + 1)
        return rows.values_list("crl_number", flat=True).get()


def is_overtaken(authority: Authority, number: int) -> bool:
    """Whether somebody has published a newer one, from a place where our lock does not reach."""
    return authority.lists.filter(number__gte=number).exists()


def record(
    authority: Authority,
    made: Sequence[Made],
    *,
    pending: Sequence[Pending],
    releases: Sequence[Released],
    now: datetime,
) -> None:
    """All of it or nothing; a row that has changed meanwhile is left for the next list."""
    number = made[0].number
    with transaction.atomic():
        for start in range(0, len(pending), CHUNK):
            _mark(pending[start : start + CHUNK], number)
        HoldRelease.objects.filter(pk__in=[row.pk for row in releases]).update(listed_number=number)
        for one in made:
            _write(authority, one)
        _move_base(authority, number, now)
        journal.record(
            EventKind.LIST_PUBLISHED,
            actor=WORKER,
            now=now,
            facts={
                "authority": authority.name,
                "number": number,
                "lists": [
                    {
                        "file": one.file.final.name,
                        "entries": one.entries,
                        "sha256": one.sha256,
                    }
                    for one in made
                ],
            },
        )


def _mark(pending: Sequence[Pending], number: int) -> None:
    """Who is changing a row just now need not be waited for: it is not listed as it will be."""
    told = {row.pk: (row.reason, row.revoked_at) for row in pending}
    rows = Revocation.objects.filter(pk__in=told, listed_number=None)
    locked = rows.select_for_update(no_key=True, skip_locked=True).order_by("pk")
    same = [
        pk
        for pk, reason, revoked_at in locked.values_list("pk", "reason", "revoked_at")
        if told[pk] == (reason, revoked_at)
    ]
    Revocation.objects.filter(pk__in=same).update(listed_number=number)


def _write(authority: Authority, one: Made) -> None:
    RevocationList.objects.update_or_create(
        authority=authority,
        scope=one.scope.value,
        partition=one.partition,
        defaults={
            "number": one.number,
            "base_number": one.base_number,
            "this_update": one.this_update,
            "next_update": one.next_update,
            "entries": one.entries,
            "size": one.size,
            "sha256": one.sha256,
        },
    )


def _move_base(authority: Authority, number: int, now: datetime) -> None:
    """Changes are told since a list so old that none before it is in use any more.

    The one just published still tells them since the old base, so that who has read it can go on.
    """
    began_at = authority.crl_next_base_at
    if began_at is None:
        base = number
    elif now - began_at >= max(settings.CRL_BASE, settings.CRL_LIFETIME):
        base = authority.crl_next_base
    else:
        return
    Authority.objects.filter(pk=authority.pk).update(
        crl_base_number=base, crl_next_base=number, crl_next_base_at=now
    )
