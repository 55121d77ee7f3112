"""Whether lists have to be made, and whether they are late: questions, nothing is written."""

from datetime import datetime, timedelta

from django.conf import settings

from pki.certificate import parse_certificate
from pki.models import Authority, HoldRelease, ListScope, Revocation, RevocationList

Place = tuple[ListScope, int]


def is_over(authority: Authority, *, now: datetime) -> bool:
    """Whether its own term has ended: the last lists stay as they are."""
    return parse_certificate(bytes(authority.certificate_der)).not_after < now


def places(authority: Authority) -> list[Place]:
    """Every list that an authority has. A root's few entries are cut into nothing."""
    if not authority.is_issuing:
        return [(ListScope.FULL, 0)]
    parts = [(ListScope.PART, part) for part in range(authority.crl_partitions)]
    return [(ListScope.FULL, 0), (ListScope.DELTA, 0), *parts]


def lifetime(authority: Authority, scope: ListScope) -> timedelta:
    """How long a list holds."""
    if not authority.is_issuing:
        return settings.CRL_ROOT_LIFETIME
    return settings.CRL_DELTA_LIFETIME if scope is ListScope.DELTA else settings.CRL_LIFETIME


def due_places(authority: Authority, *, now: datetime) -> set[Place]:
    """Lists that are absent or old enough to be made anew, whatever stands in them."""
    fresh = {
        (ListScope(row.scope), row.partition)
        for row in authority.lists.all()
        if now - row.this_update < _refresh(authority, row)
    }
    return set(places(authority)) - fresh


def _refresh(authority: Authority, row: RevocationList) -> timedelta:
    """A root's key may lie in a safe: it is not asked for before half the life is over."""
    life = row.next_update - row.this_update
    return min(settings.CRL_REFRESH, life / 3) if authority.is_issuing else life / 2


def has_pending(authority: Authority) -> bool:
    """Whether something became of a certificate that no list tells yet."""
    return any(
        rows.filter(authority=authority, listed_number=None).exists()
        for rows in (Revocation.objects, HoldRelease.objects)
    )


def late_since(authority: Authority, *, now: datetime) -> datetime | None:
    """Since when it has been time for a list: half a life over, or a revocation not told of."""
    moments = [
        middle
        for row in authority.lists.all()
        if (middle := row.this_update + (row.next_update - row.this_update) / 2) <= now
    ]
    if not authority.lists.filter(scope=ListScope.FULL.value).exists():
        moments.append(now)
    waiting = Revocation.objects.filter(
        authority=authority, listed_number=None, revoked_at__lte=now - settings.CRL_OVERDUE
    )
    oldest = waiting.order_by("revoked_at").values_list("revoked_at", flat=True).first()
    if oldest is not None:
        moments.append(oldest + settings.CRL_OVERDUE)
    return min(moments, default=None)
