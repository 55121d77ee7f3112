"""A worker takes deliveries for the length of a lease, and writes down what became of each.

Every write is fenced: it changes nothing once the lease was taken over by another worker.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from notifications.kinds import DeliveryState
from notifications.models import Delivery
from notifications.models.notice import DeliveryQuerySet

WAITING, SENDING = DeliveryState.WAITING.value, DeliveryState.SENDING.value


@dataclass(frozen=True)
class Claim:
    """Deliveries of one channel that this worker holds until `until`."""

    token: str
    until: datetime
    rows: list[Delivery]


def claim(channel: str, *, limit: int, now: datetime) -> Claim:
    """Take what is due, at most `limit`, what is due longest first."""
    until, token = now + settings.NOTICE_LEASE, secrets.token_hex(16)
    with transaction.atomic():
        due = Delivery.objects.due(now).filter(channel=channel)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, no_key=True)
        numbers = list(due.values_list("id", flat=True)[:limit])
        Delivery.objects.filter(pk__in=numbers).update(
            state=SENDING, due_at=until, lease_token=token
        )
    rows = Delivery.objects.filter(pk__in=numbers).select_related(
        "notice", "verification", "address"
    )
    return Claim(token, until, sorted(rows, key=lambda row: numbers.index(row.pk)))


def write_sent(
    row: Delivery, token: str, *, provider_id: str, subject: str, body: str, now: datetime
) -> bool:
    """It has left. False if the lease was another's by then."""
    return _finish(
        row,
        token,
        state=DeliveryState.SENT.value,
        attempts=F("attempts") + 1,
        tried_at=row.tried_at or now,
        sent_at=now,
        error="",
        provider_id=provider_id,
        subject=subject,
        body=body,
    )


def write_again(row: Delivery, token: str, *, error: str, due_at: datetime, now: datetime) -> bool:
    """It failed for now and is tried again at `due_at`."""
    return _finish(
        row,
        token,
        state=WAITING,
        attempts=F("attempts") + 1,
        tried_at=row.tried_at or now,
        error=error,
        due_at=due_at,
    )


def write_dropped(row: Delivery, token: str) -> bool:
    """It is not true any more, or came too late."""
    return _finish(row, token, state=DeliveryState.DROPPED.value)


def holds(row: Delivery, token: str) -> bool:
    """Whether this worker still has it."""
    return _held([row], token).exists()


def release(rows: Iterable[Delivery], token: str, *, due_at: datetime) -> None:
    """Give back what was not tried."""
    _held(rows, token).update(state=WAITING, due_at=due_at, lease_token="")


def postpone(
    rows: Iterable[Delivery], token: str, *, error: str, due_at: datetime, now: datetime
) -> None:
    """Give back what would have been tried, had the provider not been away."""
    _held(rows, token).update(
        state=WAITING,
        due_at=due_at,
        lease_token="",
        error=error,
        tried_at=Coalesce("tried_at", Value(now)),
    )


def resend(numbers: Iterable[int], *, now: datetime) -> int:
    """Send again, whatever became of it; nothing that is on its way. Returns how many."""
    rows = Delivery.objects.filter(pk__in=list(numbers), notice__isnull=False).exclude(
        state=SENDING
    )
    return rows.update(
        state=WAITING, due_at=now, attempts=0, tried_at=None, error="", delivered_at=None
    )


def retry_after(attempts: int) -> timedelta:
    """The pause after so many attempts: a minute, doubled every time, an hour at most."""
    first, longest = settings.NOTICE_FIRST_RETRY, settings.NOTICE_LAST_RETRY
    pause: timedelta = first * 2 ** min(attempts - 1, 10)
    return min(pause, longest)


def _finish(row: Delivery, token: str, **changes: object) -> bool:
    return _held([row], token).update(lease_token="", **changes) == 1


def _held(rows: Iterable[Delivery], token: str) -> DeliveryQuerySet:
    numbers = [row.pk for row in rows]
    return Delivery.objects.filter(pk__in=numbers, state=SENDING, lease_token=token)
