"""Thresholds: passed and not equal, whatever the clock or the zone does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.telling.schedule import nearest_passed, next_moment

THRESHOLDS = (30, 14, 7, 3, 1, 0)
END = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (31 * DAY, None),
        (30 * DAY + SECOND, None),
        (30 * DAY, 30),
        (14 * DAY + SECOND, 30),
        (14 * DAY, 14),
        (2 * DAY, 3),
        (SECOND, 1),
        (timedelta(), 1),  # the term includes its last second
        (-SECOND, 0),
        (-90 * DAY, 0),
    ],
)
def test_the_nearest_threshold_that_has_passed(before: timedelta, expected: int | None) -> None:
    assert nearest_passed(END, THRESHOLDS, now=END - before) == expected


def test_the_next_one_is_the_next_smaller() -> None:
    assert next_moment(END, THRESHOLDS, below=None) == END - 30 * DAY
    assert next_moment(END, THRESHOLDS, below=30) == END - 14 * DAY
    assert next_moment(END, THRESHOLDS, below=5) == END - 3 * DAY
    assert next_moment(END, THRESHOLDS, below=1) == END + SECOND
    assert next_moment(END, THRESHOLDS, below=0) is None


@given(st.timedeltas(min_value=-60 * DAY, max_value=60 * DAY))
def test_what_is_next_has_not_passed_and_what_has_passed_is_not_next(before: timedelta) -> None:
    now = END - before
    nearest = nearest_passed(END, THRESHOLDS, now=now)
    coming = next_moment(END, THRESHOLDS, below=nearest)
    assert coming is None or coming > now


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        # Kazakhstan went from +06 to +05; clocks are changed twice a year elsewhere.
        ("Asia/Almaty", datetime(2024, 3, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ],
)
def test_a_change_of_clocks_moves_no_threshold(zone: str, around: datetime) -> None:
    end = around + 3 * DAY
    local = [(around + timedelta(hours=hour)).astimezone(ZoneInfo(zone)) for hour in range(-48, 48)]
    found = [nearest_passed(end, THRESHOLDS, now=moment) for moment in local]
    assert found == sorted(found, key=lambda days: -(days or 0))
    assert found.index(3) == 48
