"""A worker takes deliveries for the length of a lease, and writes down what became of each.

Every write is fenced: it changes nothing once the lease was taken over by another worker.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

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
    """Deliveries of one channel that this worker holds until `until`; `since` the first was due."""

    token: str
    since: datetime
    until: datetime
    rows: list[Delivery]


@dataclass(frozen=True)
class Sent:
    """What has left, and what is to be written down of it."""

    COLUMNS: ClassVar[list[str]] = [
        *("state", "lease_token", "attempts", "tried_at", "sent_at", "error"),
        *("provider_id", "subject", "body"),
    ]

    row: Delivery
    at: datetime
    provider_id: str
    subject: str
    body: str

    @property
    def written(self) -> Delivery:
        """The row as it is then."""
        row = self.row
        row.state, row.lease_token, row.error = DeliveryState.SENT.value, "", ""
        row.attempts, row.sent_at, row.tried_at = row.attempts + 1, self.at, row.tried_at or self.at
        row.provider_id, row.subject, row.body = self.provider_id, self.subject, self.body
        return row


def claim(channel: str, *, limit: int, now: datetime) -> Claim:
    """Take what is due, at most `limit`, what is due longest first."""
    until, token = now + settings.NOTICE_LEASE, secrets.token_hex(16)
    with transaction.atomic():
        due = Delivery.objects.due(now).filter(channel=channel)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, no_key=True)
        found = list(due.values_list("id", "due_at")[:limit])
        numbers = [number for number, _due_at in found]
        Delivery.objects.filter(pk__in=numbers).update(
            state=SENDING, due_at=until, lease_token=token
        )
    rows = Delivery.objects.filter(pk__in=numbers).select_related(
        "notice", "verification", "address"
    )
    since = min((due_at for _number, due_at in found), default=now)
    return Claim(token, since, until, sorted(rows, key=lambda row: numbers.index(row.pk)))


def write_sent(sent: Sequence[Sent], token: str) -> int:
    """They have left: written down together, which takes a fifth of one by one.

    Returns how many; the others' leases were somebody else's by then.
    """
    by_id = {one.row.pk: one for one in sent}
    with transaction.atomic():
        held = _held([one.row for one in sent], token)
        if connection.features.has_select_for_update:
            held = held.select_for_update(no_key=True)
        rows = [by_id[number].written for number in held.values_list("id", flat=True)]
        # They are there: the insert becomes an update.
        Delivery.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=Sent.COLUMNS
        )
    return len(rows)


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
