"""Deliveries: claimed once, sent, written down; again after a failure, never twice for nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from notifications.channels.base import Parcel, Result
from notifications.delivering import breaker, claiming
from notifications.delivering.delivery import deliver_batch, deliver_due, resend
from notifications.delivering.forgetting import blank_bodies
from notifications.kinds import MessageKind
from notifications.models import Address, Delivery, Notice, Provider
from notifications.telling.fanout import NewNotice, tell
from notifications.telling.turns import Budget
from tests.cabinet.payroll import NOW, Payroll
from tests.notifications.conftest import reach
from tests.notifications.notebook import Notebook
from tests.renewals.parallel import Racer

pytestmark = [pytest.mark.django_db, pytest.mark.data]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def move(self, step: timedelta) -> None:
        """Forward or back."""
        self.now += step


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


def plan(people: Payroll, count: int) -> list[Delivery]:
    """So many people whose certificates end in three days, each with a page of the notebook."""
    new = []
    for number in range(count):
        (row,) = people.add(number, 3 * DAY)
        reach(row.iin, channel="notebook", value=str(number))
        facts = {"certificates": [row.pk], "days": 3}
        new.append(NewNotice(f"test:{number}", row.iin, MessageKind.EXPIRY_SOON, facts))
    assert tell(new, now=NOW) == count
    return list(Delivery.objects.order_by("id"))


def deliver(clock: Clock) -> int:
    return deliver_due(clock=clock, budget=Budget(60))


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_what_is_due_is_sent_once_and_written_down(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    (delivery,) = plan(people, 1)
    assert deliver(clock) == 1
    assert deliver(clock) == 0
    delivery.refresh_from_db()
    (parcel,) = notebook.parcels
    assert parcel.to == "0"
    assert delivery.state == "sent"
    assert (delivery.attempts, delivery.provider_id, delivery.sent_at) == (1, "n1", NOW)
    assert delivery.body == parcel.text != ""


def test_a_batch_is_one_connection(people: Payroll, notebook: Notebook, clock: Clock) -> None:
    plan(people, 30)
    deliver(clock)
    assert len(notebook.parcels) == 30
    assert notebook.opened == notebook.closed == 1


def test_what_is_no_longer_true_is_dropped(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 2)
    people.add(0, 300 * DAY)
    deliver(clock)
    assert [parcel.to for parcel in notebook.parcels] == ["1"]
    assert states() == ["dropped", "sent"]


def test_a_failure_for_now_is_tried_again_after_a_minute_then_two(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    notebook.fate = lambda _parcel: Result.TEMPORARY
    pauses = []
    for _ in range(10):
        deliver(clock)
        due_at = Delivery.objects.get().due_at
        pauses.append((due_at - clock.now) // MINUTE)
        clock.now = due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    notebook.fate = lambda _parcel: Result.SENT
    deliver(clock)
    assert states() == ["sent"]


def test_after_two_days_it_is_given_up_and_operators_hear(
    people: Payroll, notebook: Notebook, clock: Clock, operator: str
) -> None:
    plan(people, 1)
    notebook.fate = lambda _parcel: Result.TEMPORARY
    for _ in range(80):
        deliver(clock)
        clock.move(HOUR)
    assert states() == ["failed"]
    assert Notice.objects.for_iin(operator).get().kind == "operators-undelivered"


def test_a_refusal_for_good_is_not_tried_again_and_the_address_stays(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    notebook.fate = lambda _parcel: Result.PERMANENT
    deliver(clock)
    clock.move(DAY)
    assert deliver(clock) == 0
    assert states() == ["failed"]
    assert Address.objects.get().works


def test_a_bad_address_is_marked_and_what_it_missed_goes_elsewhere(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    (delivery,) = plan(people, 1)
    iin = delivery.notice.iin if delivery.notice else ""
    reach(iin, channel="sms")
    notebook.fate = lambda _parcel: Result.BAD_ADDRESS
    deliver(clock)
    assert not Address.objects.get(channel="notebook").works
    elsewhere = Delivery.objects.filter(channel="sms").values_list("notice__kind", flat=True)
    assert sorted(elsewhere) == ["address-failed", "expiry-soon"]


def test_while_the_provider_is_away_nothing_is_lost_and_nothing_is_counted_against_many(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 5)
    notebook.fate = lambda _parcel: None
    deliver(clock)
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    assert set(states()) == {"waiting"}
    assert deliver(clock) == 0
    notebook.fate = lambda _parcel: Result.SENT
    clock.move(2 * MINUTE)
    deliver(clock)
    assert states() == ["sent"] * 5


def test_a_provider_away_for_two_days_is_told_to_operators(
    people: Payroll, notebook: Notebook, clock: Clock, operator: str
) -> None:
    plan(people, 3)
    notebook.fate = lambda _parcel: None
    for _ in range(60):
        deliver(clock)
        clock.move(HOUR)
    assert states()[:3] == ["failed"] * 3
    assert Notice.objects.for_iin(operator).filter(kind="operators-undelivered").exists()


def test_after_twenty_failures_in_a_row_a_provider_is_left_alone(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 50)
    tried: list[str] = []

    def refuse(parcel: Parcel) -> Result:
        tried.append(parcel.to)
        return Result.TEMPORARY

    notebook.fate = refuse
    deliver(clock)
    assert len(tried) == 20
    clock.move(2 * MINUTE)
    assert deliver(clock) == 0
    notebook.fate = lambda _parcel: Result.SENT
    clock.move(4 * MINUTE)
    deliver(clock)
    # One was tried; it went through, and so did all others.
    assert states() == ["sent"] * 50
    assert Provider.objects.get(channel="notebook").failures == 0


def test_a_probe_that_fails_makes_the_pause_longer(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 50)
    notebook.fate = lambda _parcel: Result.TEMPORARY
    deliver(clock)
    pauses = []
    for _ in range(6):
        until = Provider.objects.get(channel="notebook").waits_until
        assert until is not None
        pauses.append((until - clock.now) // MINUTE)
        clock.now = until
        deliver(clock)
    assert pauses == [5, 10, 20, 40, 60, 60]


def test_other_channels_go_on_while_one_waits(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    Provider.objects.create(channel="sms", failures=20, waits_until=NOW + HOUR)
    plan(people, 1)
    assert breaker.allowance("sms", now=NOW).limit == 0
    assert deliver(clock) == 1


def test_what_a_dead_worker_held_is_taken_over_when_its_lease_ends(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    dead = claiming.claim("notebook", limit=10, now=NOW)
    assert deliver(clock) == 0
    clock.move(3 * MINUTE)
    deliver(clock)
    assert states() == ["sent"]
    # It was not dead, only slow: what it writes now is not heard.
    assert not claiming.write_again(
        dead.rows[0], dead.token, error="late", due_at=clock.now, now=clock.now
    )
    assert states() == ["sent"]


def test_a_lease_that_runs_out_leaves_the_rest_to_others(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 10)

    def slow(_parcel: Parcel) -> Result:
        clock.move(30 * timedelta(seconds=1))
        return Result.SENT

    notebook.fate = slow
    deliver_batch(notebook.channel, clock=clock)
    assert len(notebook.parcels) < 5
    assert set(states()) == {"sent", "waiting"}


def test_a_clock_that_jumps_back_delays_and_a_jump_ahead_loses_nothing(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    clock.move(-DAY)
    assert deliver(clock) == 0
    clock.move(2 * DAY)
    deliver(clock)
    assert states() == ["sent"]


def test_the_number_of_a_parcel_is_the_same_at_every_try(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    keys: list[str] = []

    def fail_once(parcel: Parcel) -> Result:
        keys.append(parcel.key)
        return Result.SENT if len(keys) > 1 else Result.TEMPORARY

    notebook.fate = fail_once
    deliver(clock)
    clock.move(2 * MINUTE)
    deliver(clock)
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_it_is_sent_again_on_request(people: Payroll, notebook: Notebook, clock: Clock) -> None:
    (delivery,) = plan(people, 1)
    deliver(clock)
    call_command("notices", "--resend", str(delivery.pk))
    clock.now = Delivery.objects.get().due_at
    deliver(clock)
    assert len({parcel.key for parcel in notebook.parcels}) == 1
    assert len(notebook.parcels) == 2


def test_what_is_being_sent_is_not_sent_again(people: Payroll, notebook: Notebook) -> None:
    (delivery,) = plan(people, 1)
    claiming.claim("notebook", limit=1, now=NOW)
    assert resend([delivery.pk], now=NOW) == 0


def test_words_are_blanked_after_thirty_days_and_the_rest_stays(
    people: Payroll, notebook: Notebook, clock: Clock
) -> None:
    plan(people, 1)
    deliver(clock)
    assert blank_bodies(now=NOW + 29 * DAY) == 0
    assert blank_bodies(now=NOW + 31 * DAY) == 1
    delivery = Delivery.objects.get()
    assert (delivery.subject, delivery.body) == ("", "")
    assert (delivery.to, delivery.sent_at, delivery.state) == ("0", NOW, "sent")


def test_figures_name_nobody(
    people: Payroll, notebook: Notebook, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(people, 2)
    reach(people.iin(0), value="somebody@mail.example")
    notebook.fate = lambda _parcel: Result.PERMANENT
    deliver(clock)
    call_command("notices")
    printed = capsys.readouterr().out
    assert "notebook" in printed
    assert people.iin(0) not in printed
    assert "somebody@" not in printed


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work_and_send_nothing_twice(
    people: Payroll, notebook: Notebook, clock: Clock, settings: Settings
) -> None:
    plan(people, 60)
    settings.NOTICE_BATCH = 7
    racers = [Racer(lambda: deliver(clock)) for _ in range(3)]
    connection.close()
    for racer in racers:
        racer.start()
    for racer in racers:
        assert racer.end() is None
    assert sorted(int(parcel.to) for parcel in notebook.parcels) == list(range(60))
    assert states() == ["sent"] * 60
