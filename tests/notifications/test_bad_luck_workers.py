"""Workers are killed at every point, run twice, or not at all: everything is told, once each."""

import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from notifications import tasks
from notifications.delivering.delivery import TOGETHER, deliver_due
from notifications.models import Address, Delivery, LoggedText, Notice
from notifications.telling.reminding import remind
from notifications.telling.turns import Budget
from tests.cabinet.payroll import Payroll
from tests.notifications.conftest import reach
from tests.notifications.dying_notices import POINTS
from tests.notifications.letters import use
from tests.notifications.runs import (
    die_at,
    ids,
    in_the_end,
    people_with_letters,
    states,
    tail,
    the_lease_is_over,
    the_pause_is_over,
    told,
    wait_until,
    workers,
)
from tests.notifications.smtp_server import HANG, ScriptedServer
from tests.renewals.people import Holder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Notices and letters that are there when a worker dies. Three people and a holder are reminded,
# the holder has a new certificate besides, and one of them hears that his address is bad.
LEFT_BEHIND = {
    "before-reminding": (0, 0),
    "within-reminding": (0, 0),
    "before-commit": (0, 0),
    "within-fan-out": (4, 0),
    "after-claim": (5, 0),
    "within-fall-back": (5, 1),
    "after-send": (6, 4),
    "after-record": (6, 4),
}
# What had left and was not written down leaves again.
TWICE = {"within-fall-back": 1, "after-send": 4}


@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_worker_killed_anywhere_leaves_nothing_untold(
    people: Payroll, holder: Holder, point: str, settings: LazySettings
) -> None:
    addresses = people_with_letters(people, 3)
    reach(people.iin(1), channel="sms", now=timezone.now())
    reach(holder.iin, now=timezone.now())
    with ScriptedServer() as mail:
        mail.refuse(addresses[1], "550 5.1.1 nobody of that name")
        use(mail, settings)
        assert die_at(point, mail) == -signal.SIGKILL
        assert (Notice.objects.count(), len(mail.received)) == LEFT_BEHIND[point]
        the_lease_is_over()
        assert wait_until(_survive), Delivery.objects.values("state", "channel", "due_at")
    assert told("expiry-soon") == Counter([holder.iin, *(people.iin(one) for one in range(3))])
    assert told("certificate-issued") == Counter([holder.iin])
    assert told("address-failed") == Counter([people.iin(1)])
    assert len(ids(mail.received)) == 4
    assert len(mail.received) == 4 + TWICE.get(point, 0)
    assert Address.objects.get(failed_at__isnull=False).value == addresses[1]
    assert LoggedText.objects.count() == 2


def _survive() -> bool:
    """What another worker does, as often as beat would."""
    the_pause_is_over()
    tasks.remind()
    tasks.tell()
    return states() == {"sent": 4, "failed": 1} and states("sms") == {"sent": 2}


def test_workers_killed_in_the_middle_of_a_letter_lose_none(
    people: Payroll, tmp_path: Path
) -> None:
    people_with_letters(people, 40)
    log = tmp_path / "log"
    with ScriptedServer() as mail:
        for life in (1, 2):
            mail.script("CONTENT", *[None] * 15, HANG)
            with workers(log, mail, EMAIL_TIMEOUT="30"):
                assert wait_until(lambda: mail.hanging == life), tail(log)  # noqa: B023
            assert 0 < states()["sent"] < len(mail.received) < 40
            the_lease_is_over()
        with workers(log, mail, EMAIL_TIMEOUT="30"):
            assert in_the_end(sent=40), tail(log)
    assert len(ids(mail.received)) == 40
    assert len(mail.received) <= 40 + 2 * TOGETHER
    assert set(told("expiry-soon").values()) == {1}


def test_two_beats_and_two_workers_tell_everything_once(people: Payroll, tmp_path: Path) -> None:
    people_with_letters(people, 40)
    log = tmp_path / "log"
    with (
        ScriptedServer() as mail,
        workers(log, mail, copies=2, NOTICE_BATCH="7"),
    ):
        assert wait_until(lambda: states() == {"sent": 40}), tail(log)
        # Whoever comes later is told by later rounds, in which the first are seen again.
        people_with_letters(people, 10, first=40)
        assert wait_until(lambda: states() == {"sent": 50}), tail(log)
    assert len(mail.received) == len(ids(mail.received)) == 50
    assert sorted(told("expiry-soon").values()) == [1] * 50


def test_after_three_days_without_beat_only_the_nearest_threshold_is_told(
    people: Payroll, tmp_path: Path, settings: LazySettings
) -> None:
    now = timezone.now()
    ends = {0: 20 * HOUR, 1: -HOUR, 2: 8 * DAY, 3: 29 * DAY, 4: 100 * DAY}
    for number, ends_in in ends.items():
        people.add(number, ends_in, now=now)
        reach(people.iin(number), now=now)
    with ScriptedServer() as mail:
        use(mail, settings)
        before = now - 3 * DAY
        remind(now=before, budget=Budget(60))
        deliver_due(clock=lambda: before, budget=Budget(60))
        assert _days(people) == {0: [7], 1: [3], 2: [14]}
        with workers(tmp_path / "log", mail):
            assert wait_until(lambda: states() == {"sent": 6}), tail(tmp_path / "log")
    # 3 and 1 had passed, 1 and 0, 10 (an SMS, to nobody's phone), 30.
    assert _days(people) == {0: [7, 1], 1: [3, 0], 2: [14], 3: [30]}
    assert len(mail.received) == len(ids(mail.received)) == 6


def _days(people: Payroll) -> dict[int, list[int]]:
    """Which thresholds each person was told, in order."""
    found: dict[int, list[int]] = {}
    for notice in Notice.objects.order_by("id"):
        found.setdefault(int(notice.iin), []).append(notice.facts["days"])
    return dict(sorted(found.items()))
