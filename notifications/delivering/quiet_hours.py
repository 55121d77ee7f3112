"""When a channel that wakes people may be used. Pure."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def next_midnight(now: datetime) -> datetime:
    """The beginning of the next local day (Asia/Almaty), in UTC."""
    local = timezone.localtime(now)
    tomorrow = (local + timedelta(days=1)).date()
    return _at(tomorrow.year, tomorrow.month, tomorrow.day, 0)


def allowed_from(moment: datetime, *, ends_at: datetime | None) -> datetime:
    """`moment`, or the next morning; not later than what it tells of ends."""
    hour = timezone.localtime(moment).hour
    if settings.QUIET_UNTIL_HOUR <= hour < settings.QUIET_FROM_HOUR:
        return moment
    local = timezone.localtime(moment)
    day = local if hour < settings.QUIET_UNTIL_HOUR else local + timedelta(days=1)
    morning = _at(day.year, day.month, day.day, settings.QUIET_UNTIL_HOUR)
    return moment if ends_at is not None and moment <= ends_at <= morning else morning


def _at(year: int, month: int, day: int, hour: int) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime(year, month, day, hour, tzinfo=zone).astimezone(UTC)
