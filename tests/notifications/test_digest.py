"""The weekly digest: every head once a week, on Monday morning, late rather than never."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notice
from notifications.telling.digest import tell_digests, week_of
from notifications.telling.turns import Budget
from notifications.words.endings import ending
from pki.certificate import Role
from tests.cabinet.payroll import Payroll

pytestmark = [pytest.mark.django_db, pytest.mark.data]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Monday, 09:00 in Almaty.
MONDAY = datetime(2026, 11, 16, 4, tzinfo=UTC)


def run(now: datetime) -> int:
    return tell_digests(now=now, budget=Budget(60))


@pytest.fixture
def firm(payroll: Payroll) -> Payroll:
    """A head, and three people of whom two are near the end."""
    payroll.add(1, 200 * DAY, role=Role.HEAD, now=MONDAY)
    payroll.add(2, 5 * DAY, now=MONDAY)
    payroll.add(3, 25 * DAY, now=MONDAY)
    payroll.add(4, 90 * DAY, now=MONDAY)
    return payroll


def test_the_week_begins_on_monday_at_nine() -> None:
    assert week_of(MONDAY - HOUR) == "2026-W46"
    assert week_of(MONDAY) == week_of(MONDAY + 7 * DAY - HOUR) == "2026-W47"


def test_a_head_is_told_once_a_week(firm: Payroll) -> None:
    for hours in range(0, 21 * 24, 5):
        run(MONDAY + hours * HOUR)
    rows = Notice.objects.filter(kind="expiry-digest").order_by("id")
    assert [row.facts["week"] for row in rows] == ["2026-W47", "2026-W48", "2026-W49"]
    assert {row.iin for row in rows} == {firm.iin(1)}


def test_a_week_that_nobody_worked_on_monday_is_told_late(firm: Payroll) -> None:
    run(MONDAY + 4 * DAY)
    run(MONDAY + 5 * DAY)
    assert Notice.objects.count() == 1


def test_who_ends_soon_and_has_done_nothing_is_named(firm: Payroll) -> None:
    assert [row.iin for row in ending([firm.bin], now=MONDAY)] == [firm.iin(2), firm.iin(3)]
    firm.add(2, 300 * DAY, now=MONDAY)
    assert [row.iin for row in ending([firm.bin], now=MONDAY)] == [firm.iin(3)]


def test_where_nobody_is_near_the_end_nothing_is_said(payroll: Payroll) -> None:
    payroll.add(1, 200 * DAY, role=Role.HEAD, now=MONDAY)
    assert run(MONDAY) == 0


def test_a_head_alone_is_told_of_his_own_end_elsewhere(payroll: Payroll) -> None:
    payroll.add(1, 9 * DAY, role=Role.HEAD, now=MONDAY)
    assert run(MONDAY) == 0


def test_an_organisation_without_a_head_is_passed_over(payroll: Payroll) -> None:
    payroll.add(2, 9 * DAY, now=MONDAY)
    assert run(MONDAY) == 0


def test_many_organisations_are_told_in_pieces(firm: Payroll) -> None:
    for number in range(230):
        other = Payroll(firm.authority, bin=f"{number + 300:012d}")
        other.add(1000 + number, 200 * DAY, role=Role.HEAD, now=MONDAY)
        other.add(2000 + number, 9 * DAY, now=MONDAY)
    pieces = [tell_digests(now=MONDAY, budget=Budget(0.01)) for _ in range(3)]
    assert run(MONDAY) + sum(pieces) == 231
    assert run(MONDAY) == 0
