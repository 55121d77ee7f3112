"""Which certificates are to be looked at now: each gets a row when its end comes near.

Asks an index for what is due and nothing else, however many certificates there are.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from notifications.models import Countdown
from notifications.telling.turns import Budget
from notifications.words.standings import COLUMNS
from pki.models import Certificate

# Who was never told that his certificate had ended is told for so long.
ENDED_WITHIN = timedelta(days=30)
BATCH = 500


def begin_near(*, now: datetime, budget: Budget) -> int:
    """Make the rows of all certificates that have come near their end. Returns how many."""
    begun = 0
    for numbers in _near(now):
        rows = [Countdown(certificate_id=number, next_at=now) for number in numbers]
        # Two workers may find the same.
        Countdown.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        begun += len(rows)
        if not budget.is_left:
            break
    return begun


def near(now: datetime) -> QuerySet[Certificate, tuple[datetime, int]]:
    """End and id of every certificate without a row that is near its end, what ends first first."""
    first = now + timedelta(days=max(settings.EXPIRY_THRESHOLDS))
    rows = Certificate.objects.filter(
        not_after__gte=now - ENDED_WITHIN, not_after__lte=first, countdown=None
    )
    return rows.exclude(iin="").order_by("not_after", "id").values_list("not_after", "id")


def _near(now: datetime) -> Iterator[list[int]]:
    """In batches, each from where the last one ended: no batch looks at those before it."""
    rows, after = near(now), Q()
    while found := list(rows.filter(after)[:BATCH]):
        yield [number for _end, number in found]
        end, number = found[-1]
        after = Q(not_after__gt=end) | Q(not_after=end, id__gt=number)


def take_due(*, now: datetime) -> list[Countdown]:
    """A batch of what is due, and with it everything due of the same people; locked."""
    due = Countdown.objects.filter(next_at__lte=now)
    people = due.order_by("next_at", "id").values_list("certificate__iin", flat=True)[:BATCH]
    rows = (
        due.filter(certificate__iin__in=set(people))
        .select_related("certificate")
        .only(
            *("told_days", "is_head_told", "next_at"), *(f"certificate__{name}" for name in COLUMNS)
        )
        .order_by("certificate__iin", "id")
    )
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows)
