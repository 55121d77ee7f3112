"""The reminder of a letter, as calendars read it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from notifications.channels.base import Reminder
from notifications.channels.email.calendar import write_calendar
from tests.notifications.letters import ENDS, LETTER, NOW, REMINDER, letter_of

DOMAIN = "cabinet.example"


def entries(*reminders: Reminder) -> list[Event]:
    calendar = Calendar.from_ical(write_calendar(reminders, domain=DOMAIN, now=NOW))
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    return [one for one in calendar.subcomponents if isinstance(one, Event)]


def test_it_is_an_entry_on_the_local_day_of_the_end() -> None:
    (event,) = entries(REMINDER)
    # The evening in UTC, the next morning in Almaty.
    assert ENDS.date() == date(2026, 12, 1)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        *(date(2026, 12, 2), date(2026, 12, 3)),
    )
    assert event["transp"] == "TRANSPARENT"
    assert event["summary"] == REMINDER.title
    assert event["url"] == REMINDER.url
    assert event["uid"] == f"{REMINDER.uid}@{DOMAIN}"
    assert event.decoded("dtstamp") == NOW


@pytest.mark.parametrize(
    ("ends_at", "day"),
    [
        (datetime(2026, 12, 1, 18, 59, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 19, 0, 0, tzinfo=UTC), date(2026, 12, 2)),
        # Before March 2024 Almaty was an hour further from UTC.
        (datetime(2024, 2, 1, 18, 30, 0, tzinfo=UTC), date(2024, 2, 2)),
    ],
)
def test_the_day_is_that_of_almaty(ends_at: datetime, day: date) -> None:
    (event,) = entries(replace(REMINDER, ends_at=ends_at))
    assert event.decoded("dtstart") == day


def test_it_rings_in_the_morning_14_7_and_1_days_before() -> None:
    (event,) = entries(REMINDER)
    alarms = [one for one in event.subcomponents if one.name == "VALARM"]
    assert [one["action"] for one in alarms] == ["DISPLAY"] * 3
    midnight = datetime(2026, 12, 2)  # noqa: DTZ001  # wherever the reader is
    rings = [midnight + one.decoded("trigger") for one in alarms]
    nine = timedelta(hours=9)
    assert rings == [midnight - timedelta(days=days) + nine for days in (14, 7, 1)]


def test_two_certificates_are_two_entries_and_another_letter_changes_none() -> None:
    other = replace(REMINDER, uid="certificate-8", title="ЭЦП «Сарыарқа», второй; третий")
    first, second = entries(REMINDER, other)
    assert first["uid"] != second["uid"]
    assert second["summary"] == other.title
    later = write_calendar([REMINDER, other], domain=DOMAIN, now=NOW + timedelta(days=7))
    uids = [str(one["uid"]) for one in Calendar.from_ical(later).walk("VEVENT")]
    assert uids == [str(first["uid"]), str(second["uid"])]


def test_what_a_letter_carries_is_that_calendar() -> None:
    (part,) = [one for one in letter_of(LETTER).walk() if one.get_filename() == "reminder.ics"]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert data == write_calendar(LETTER.reminders, domain=DOMAIN, now=NOW)
    assert max(map(len, data.split(b"\r\n"))) <= 75


def test_nothing_of_a_title_makes_a_line_of_its_own() -> None:
    evil = "a\r\nEND:VEVENT\r\nATTACH:https://evil.example\\n;,\u2028X"
    (event,) = entries(replace(REMINDER, title=evil, uid=evil, url=evil))
    assert "attach" not in event
    assert len(event.subcomponents) == 3
