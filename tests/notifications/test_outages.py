"""Whatever breaks in between: told at least once, written down once, never what is not true."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from notifications.channels.base import Parcel, Result
from notifications.channels.registry import CHANNELS
from notifications.delivering.delivery import TOGETHER, deliver_due
from notifications.kinds import DeliveryState, Form
from notifications.models import Countdown, Delivery, Notice
from notifications.telling.reminding import remind
from notifications.telling.turns import Budget
from pki.models import Authority
from tests.cabinet.payroll import NOW, Payroll
from tests.notifications.conftest import reach
from tests.notifications.notebook import Notebook

pytestmark = [pytest.mark.django_db, pytest.mark.data]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = 3


class KilledError(BaseException):
    """The worker is gone: nothing after this line is run."""


@dataclass
class World:
    """People whose certificates end, a worker that comes and goes, a provider with moods."""

    people: Payroll
    notebook: Notebook
    now: datetime = NOW
    latest: datetime = NOW
    mood: str = "well"
    renewed: set[str] = field(default_factory=set)
    untrue: list[str] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        """The provider does as its mood is."""
        self.notebook.fate = self._answer

    def _answer(self, parcel: Parcel) -> Result | None:
        if parcel.to.partition("@")[0] in self.renewed:
            self.untrue.append(parcel.key)
        match self.mood:
            case "away":
                return None
            case "busy":
                return Result.TEMPORARY
            case "kills":
                # Taken by the provider, and the worker dies before it can write that down.
                self.kills += 1
                self.notebook.parcels.append(parcel)
                raise KilledError
        return Result.SENT

    def work(self) -> None:
        """What beat would start."""
        self.latest = max(self.latest, self.now)
        try:
            remind(now=self.now, budget=Budget(60))
            deliver_due(clock=lambda: self.now, budget=Budget(60))
        except KilledError:
            pass

    def renew(self, number: int) -> None:
        """A later certificate for the same."""
        iin = self.people.iin(number)
        if iin not in self.renewed:
            self.renewed.add(iin)
            self.people.add(number, self.now - NOW + 365 * DAY)

    def settle(self) -> None:
        """Everything works again, long enough for every pause to be over."""
        self.mood = "well"
        # What a clock that was ahead has put off comes when that time is reached again.
        self.now = max(self.now, self.latest)
        for _ in range(6):
            self.now += 61 * timedelta(minutes=1)
            self.work()


MOODS = st.sampled_from(["well", "well", "away", "busy", "kills", "nobody works"])
STEPS = st.sampled_from([HOUR, 6 * HOUR, DAY, 3 * DAY, -HOUR, -DAY])
STORIES = st.lists(
    st.tuples(MOODS, STEPS, st.one_of(st.none(), st.integers(0, PEOPLE - 1))),
    min_size=5,
    max_size=25,
)
ENDS = st.lists(st.integers(6, 33 * 24), min_size=PEOPLE, max_size=PEOPLE)


@given(story=STORIES, ends=ENDS)
@examples(
    max_examples=40,
    deadline=None,
    # A story that fails is short enough to be read as it is.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_due_notice_is_sent_and_written_down_once(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    story: list[tuple[str, timedelta, int | None]],
    ends: list[int],
) -> None:
    notebook = Notebook(name="email", form=Form.LETTER)
    with transaction.atomic(), monkeypatch.context() as patch:
        patch.setitem(CHANNELS, "email", notebook.channel)
        world = World(Payroll(authority, bin=""), notebook)
        for number, hours in enumerate(ends):
            world.people.add(number, hours * HOUR)
            reach(world.people.iin(number))
        for mood, step, renewing in story:
            world.mood, world.now = mood, world.now + step
            if renewing is not None:
                world.renew(renewing)
            if mood != "nobody works":
                world.work()
        world.settle()
        judge(world)
        # Nothing of an example stays.
        transaction.set_rollback(True)


def judge(world: World) -> None:
    """What must hold after every story."""
    sent = Counter(parcel.key for parcel in world.notebook.parcels)
    for delivery in Delivery.objects.select_related("notice"):
        notice = delivery.notice
        assert notice is not None
        if delivery.state == DeliveryState.FAILED.value:
            # Two days of trying in vain: operators are told.
            assert delivery.tried_at is not None
            assert world.now - delivery.tried_at >= settings.NOTICE_GIVE_UP
            continue
        assert delivery.state in {DeliveryState.SENT.value, DeliveryState.DROPPED.value}
        times = sent[f"{notice.number}-{delivery.pk}".lower()]
        if delivery.state == DeliveryState.SENT.value:
            # Twice only where a worker died between the two.
            assert times >= 1
        else:
            assert notice.iin in world.renewed
    assert not world.untrue
    assert sum(sent.values()) <= Delivery.objects.count() + world.kills * TOGETHER
    days = Counter((row.iin, timezone.localdate(row.created_at)) for row in Notice.objects.all())
    assert all(count <= 2 for count in days.values())
    for countdown in Countdown.objects.select_related("certificate"):
        assert countdown.next_at is None or countdown.next_at > world.now
        told = Notice.objects.filter(iin=countdown.certificate.iin).exists()
        assert told or countdown.certificate.iin in world.renewed
