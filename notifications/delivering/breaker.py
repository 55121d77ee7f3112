"""A circuit breaker per channel: after too many failures in a row it waits, others go on.

Counted in the database, so that all workers know. When the wait is over one delivery is tried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from notifications.models import Provider

LONGEST_PAUSE = timedelta(hours=1)
PROBE = 1


@dataclass(frozen=True)
class Allowance:
    """How many deliveries may be taken (a batch, one to try, none); whether it failed before."""

    limit: int
    is_troubled: bool


def allowance(channel: str, *, now: datetime) -> Allowance:
    """What a worker may take for this channel now."""
    provider, _created = Provider.objects.get_or_create(channel=channel)
    limit = settings.NOTICE_BATCH
    if provider.waits_until is not None:
        # No pause is longer; one that seems to be was written by a clock that was ahead.
        is_waiting = now < provider.waits_until <= now + LONGEST_PAUSE
        limit = 0 if is_waiting else PROBE
    return Allowance(limit, provider.failures > 0)


def note_failure(channel: str, *, now: datetime) -> bool:
    """One more in a row. Whether the channel waits from now on."""
    rows = Provider.objects.filter(channel=channel)
    rows.update(failures=F("failures") + 1)
    failures = rows.values_list("failures", flat=True).get()
    over = failures - settings.BREAKER_FAILURES
    if over < 0:
        return False
    pause = min(settings.BREAKER_PAUSE * 2 ** min(over, 10), LONGEST_PAUSE)
    rows.update(waits_until=now + pause)
    return True


def note_success(channel: str) -> None:
    """It works: whatever was counted is forgotten."""
    Provider.objects.filter(channel=channel).exclude(failures=0).update(
        failures=0, waits_until=None
    )
