"""Nobody is woken, and nobody hears too late because he slept."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.delivering.quiet_hours import allowed_from, next_midnight

# Asia/Almaty is UTC+5 since March 2024.
MORNING = datetime(2026, 11, 24, 4, tzinfo=UTC)


def local(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=5)


@pytest.mark.parametrize("moment", [local(9), local(12), local(20, 59)])
def test_by_day_nothing_waits(moment: datetime) -> None:
    assert allowed_from(moment, ends_at=None) == moment


@pytest.mark.parametrize("moment", [local(0), local(3), local(8, 59), local(21, day=23)])
def test_at_night_it_waits_for_the_morning(moment: datetime) -> None:
    assert allowed_from(moment, ends_at=None) == MORNING == local(9)


@pytest.mark.parametrize("ends_at", [local(8), local(9)])
def test_what_ends_before_the_morning_is_told_at_night(ends_at: datetime) -> None:
    assert allowed_from(local(3), ends_at=ends_at) == local(3)


def test_what_ends_after_the_morning_can_wait() -> None:
    assert allowed_from(local(3), ends_at=local(9, 1)) == MORNING


def test_what_has_ended_already_can_wait() -> None:
    assert allowed_from(local(3), ends_at=local(2)) == MORNING


def test_the_night_before_the_change_of_offset_ends_in_the_morning_after() -> None:
    # 1 March 2024, 00:00: +06 became +05.
    night = datetime(2024, 2, 29, 17, tzinfo=UTC)
    assert allowed_from(night, ends_at=None) == datetime(2024, 3, 1, 4, tzinfo=UTC)


def test_a_day_begins_at_local_midnight() -> None:
    assert next_midnight(local(0)) == local(0, day=25)
    assert next_midnight(local(23, 59)) == local(0, day=25)
