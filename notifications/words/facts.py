"""Facts of a notice in words. Whatever people or programs have written stands on one line."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.channels.registry import CHANNELS
from notifications.models import Notice
from renewals.statement import put_on_one_line


def fact(notice: Notice, name: str) -> str:
    """'' where there is none."""
    return put_on_one_line(str(notice.facts.get(name) or "")).strip()


def at_of(notice: Notice) -> datetime:
    """When it happened; where the facts do not say it, when it was told."""
    try:
        at = parse_datetime(fact(notice, "at"))
    except ValueError:
        at = None
    return notice.created_at if at is None or timezone.is_naive(at) else at


def channel_of(notice: Notice) -> str:
    """What people call the channel that it speaks of."""
    name = fact(notice, "channel")
    return str(CHANNELS[name].label) if name in CHANNELS else name


def short_day(day: date) -> str:
    """`05.12.2026`, for texts that are counted by letters."""
    return f"{day:%d.%m.%Y}"


def short_moment(moment: datetime) -> str:
    """`05.12.2026 10:14`, Asia/Almaty."""
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
