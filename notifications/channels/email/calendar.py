"""The days that a letter speaks of, for a calendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from icalendar import Alarm, Calendar, Component, Event

from notifications.channels.base import Reminder
from renewals.statement import put_on_one_line

ALARM_DAYS = (14, 7, 1)
# An all-day entry begins at midnight; nobody wants to be woken.
ALARM_HOUR = 9
DAY = timedelta(days=1)


def write_calendar(reminders: Iterable[Reminder], *, domain: str, now: datetime) -> bytes:
    """A published calendar with an all-day entry for each, on the local day (Asia/Almaty)."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{domain}//cabinet//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entries = [_entry(reminder, domain=domain, now=now) for reminder in reminders]
    return _put_into(calendar, b"".join(entries))


def _entry(reminder: Reminder, *, domain: str, now: datetime) -> bytes:
    title = put_on_one_line(reminder.title).encode("utf-8", "replace").decode()
    day = timezone.localdate(reminder.ends_at)
    uid = put_on_one_line(reminder.uid)
    event = Event()
    # The same at every letter, so that a calendar has one entry however many came.
    event.add("uid", uid if "@" in uid else f"{uid}@{domain}")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + DAY)
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")
    if reminder.url:
        event.add("url", put_on_one_line(reminder.url))
    return _put_into(event, _alarms(title))


@lru_cache(maxsize=256)
def _alarms(title: str) -> bytes:
    """Remembered: the library takes longer over them than over all else, and titles are few."""
    alarms = []
    for days in ALARM_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(hours=ALARM_HOUR) - days * DAY)
        alarms.append(bytes(alarm.to_ical()))
    return b"".join(alarms)


def _put_into(component: Component, content: bytes) -> bytes:
    """The component with other components before its last line (RFC 5545, 3.6)."""
    head, end, name = component.to_ical().rpartition(b"END:")
    return bytes(head + content + end + name)
