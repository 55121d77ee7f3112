"""The clock jumps, and the hours of a day change: delays at worst, nothing twice, nobody woken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from notifications.channels.email import CHANNEL
from notifications.delivering import breaker
from notifications.delivering.delivery import deliver_batch, deliver_due
from notifications.delivering.quiet_hours import allowed_from, next_midnight
from notifications.models import Delivery, LoggedText, Notice, Provider
from notifications.telling.reminding import remind
from notifications.telling.turns import Budget
from pki.certificate import Purpose
from tests.cabinet.payroll import NOW, Payroll
from tests.notifications.conftest import reach
from tests.notifications.letters import unsign, use
from tests.notifications.runs import ids, states
from tests.notifications.smtp_server import ScriptedServer

pytestmark = [pytest.mark.django_db, pytest.mark.data]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mail(settings: LazySettings) -> Iterator[ScriptedServer]:
    """Takes everything."""
    unsign(settings)
    with ScriptedServer() as found:
        use(found, settings)
        yield found


@dataclass
class Clock:
    """It may be wrong."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now

    def work(self, now: datetime | None = None) -> None:
        """What beat would start, as the clock is, or at this moment."""
        self.now = now or self.now
        remind(now=self.now, budget=Budget(60))
        deliver_due(clock=self, budget=Budget(60))


def days_told() -> list[int]:
    return [notice.facts["days"] for notice in Notice.objects.order_by("id")]


@pytest.mark.parametrize("jump", [-DAY, DAY])
@pytest.mark.parametrize("at", [2 * HOUR, 9 * DAY, 13 * DAY + 23 * HOUR])
def test_a_clock_that_jumps_for_an_hour_tells_every_threshold_once(
    people: Payroll, mail: ScriptedServer, jump: timedelta, at: timedelta
) -> None:
    people.add(1, 15 * DAY)
    reach(people.iin(1), now=NOW - 20 * DAY)
    clock = Clock()
    for hours in range(0, 17 * 24, 6):
        clock.work(NOW + hours * HOUR)
        if hours * HOUR <= at < (hours + 6) * HOUR:
            clock.work(NOW + at)
            clock.work(NOW + at + jump)
            clock.work(NOW + at + jump + HOUR)
            clock.work(NOW + at + HOUR)
    assert days_told() == [30, 14, 7, 3, 1, 0]
    assert len(mail.received) == len(ids(mail.received)) == 6


def test_a_clock_that_jumps_in_the_middle_of_a_batch_stops_it_and_nothing_waits_for_tomorrow(
    people: Payroll, mail: ScriptedServer
) -> None:
    for number in range(5):
        people.add(number, 13 * DAY)
        reach(people.iin(number))
    clock = Clock()
    remind(now=NOW, budget=Budget(60))

    # Ahead as soon as two letters have left; set right before somebody looks again.
    deliver_batch(CHANNEL, clock=lambda: NOW + len(mail.received) // 2 * DAY)
    assert states() == {"sent": 2, "waiting": 3}
    clock.work(NOW + MINUTE)
    assert states() == {"sent": 5}
    assert len(mail.received) == len(ids(mail.received)) == 5


def test_a_pause_that_was_begun_by_a_clock_a_day_ahead_is_not_kept(
    people: Payroll, mail: ScriptedServer, settings: LazySettings
) -> None:
    settings.BREAKER_FAILURES = 3
    for number in range(5):
        people.add(number, 13 * DAY)
        reach(people.iin(number))
    clock = Clock()
    remind(now=NOW, budget=Budget(60))
    mail.always("RCPT", "451 4.7.1 later")
    clock.work(NOW + DAY)
    assert breaker.allowance("email", now=NOW + DAY).limit == 0
    mail.always("RCPT", None)
    clock.work(NOW + HOUR)
    # Two had not been tried; the others wait for the moment that their rows name.
    assert states() == {"sent": 2, "waiting": 3}
    assert Provider.objects.get(channel="email").waits_until is None
    clock.work(NOW + DAY + HOUR)
    assert states() == {"sent": 5}


def test_on_the_night_that_is_an_hour_longer_nobody_is_woken(
    people: Payroll, mail: ScriptedServer
) -> None:
    # Asia/Almaty, 1 March 2024, 00:00: +06 became +05, and 23:00 came a second time.
    evening, morning = datetime(2024, 2, 29, 17, tzinfo=UTC), datetime(2024, 3, 1, 4, tzinfo=UTC)
    people.add(1, 3 * DAY, now=evening)
    for channel in ("email", "sms"):
        reach(people.iin(1), channel=channel, now=evening - DAY)
    clock = Clock()
    clock.work(evening)
    assert len(mail.received) == 1
    for moment in (evening + HOUR, evening + 2 * HOUR, morning - MINUTE):
        clock.work(moment)
        assert LoggedText.objects.count() == 0
    clock.work(morning)
    assert timezone.localtime(morning).hour == 9
    assert LoggedText.objects.count() == 1
    assert len(mail.received) == 1


def test_a_day_of_twenty_five_hours_is_one_day(people: Payroll, mail: ScriptedServer) -> None:
    first, again = (
        datetime(2024, 2, 29, hour, 30, tzinfo=UTC)
        for hour in (17, 18)  # 23:30 and 23:30
    )
    midnight = datetime(2024, 2, 29, 19, tzinfo=UTC)
    people.add(1, 14 * DAY, Purpose.AUTH, now=first)
    people.add(1, 14 * DAY, Purpose.SIGN, now=again)
    reach(people.iin(1), now=first - DAY)
    clock = Clock()
    # What was told long before this night.
    clock.work(first - DAY)
    for moment in (first, again, midnight - MINUTE):
        clock.work(moment)
        assert days_told() == [30, 14]
    clock.work(midnight)
    assert days_told() == [30, 14, 14]
    assert len(ids(mail.received)) == 3


# A zone and moments around which its clocks change: an hour more, an hour less, at midnight.
CHANGES = [
    ("Asia/Almaty", datetime(2024, 2, 29, 18, tzinfo=UTC)),
    ("Asia/Almaty", datetime(2004, 3, 27, 20, tzinfo=UTC)),
    ("Asia/Almaty", datetime(2004, 10, 30, 20, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/Santiago", datetime(2025, 9, 7, 4, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_when_clocks_change_a_night_ends_at_nine_and_a_day_at_midnight(
    zone: str, change: datetime, settings: LazySettings
) -> None:
    settings.TIME_ZONE = zone
    offsets = set()
    for minutes in range(-48 * 60, 48 * 60, 15):
        moment = change + minutes * MINUTE
        local = timezone.localtime(moment)
        offsets.add(local.utcoffset())
        allowed = timezone.localtime(allowed_from(moment, ends_at=None))
        is_day = 9 <= local.hour < 21
        assert allowed == local if is_day else (allowed.hour, allowed.minute) == (9, 0)
        assert moment <= allowed <= moment + 13 * HOUR
        midnight = next_midnight(moment)
        assert moment < midnight <= moment + 25 * HOUR
        assert timezone.localdate(midnight) == local.date() + DAY
        assert timezone.localdate(midnight - MINUTE) == local.date()
    assert len(offsets) == 2


def test_a_delivery_that_failed_while_the_clock_was_ahead_is_late_and_not_lost(
    people: Payroll, mail: ScriptedServer
) -> None:
    people.add(1, 13 * DAY)
    reach(people.iin(1))
    clock = Clock()
    mail.script("RCPT", "451 4.7.1 later")
    clock.work(NOW + DAY)
    clock.work(NOW + HOUR)
    assert states() == {"waiting": 1}
    clock.work(Delivery.objects.get().due_at)
    assert states() == {"sent": 1}
    assert len(mail.received) == 1
