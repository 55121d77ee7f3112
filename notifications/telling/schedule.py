"""Which threshold before a certificate's end has passed, and when the next one will.

Pure: thresholds in days of 24 hours, moments in UTC, so that no change of clocks moves them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

ENDED = 0


def nearest_passed(not_after: datetime, thresholds: Iterable[int], *, now: datetime) -> int | None:
    """The smallest threshold that has passed; None before the first. 0: the term is over."""
    return min(
        (days for days in thresholds if _passed(not_after, days, now=now)),
        default=None,
    )


def next_moment(
    not_after: datetime, thresholds: Iterable[int], *, below: int | None
) -> datetime | None:
    """When the next threshold smaller than `below` passes; None where there is no smaller one."""
    smaller = [days for days in thresholds if below is None or days < below]
    return _moment(not_after, max(smaller)) if smaller else None


def _passed(not_after: datetime, days: int, *, now: datetime) -> bool:
    return now >= _moment(not_after, days)


def _moment(not_after: datetime, days: int) -> datetime:
    # RFC 5280, 4.1.2.5: the term includes the second of `notAfter`.
    over = timedelta(seconds=1) if days == ENDED else timedelta()
    return not_after - timedelta(days=days) + over
