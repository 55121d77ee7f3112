"""What else is in the same batch or on another channel does not suffer for one that is broken."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from notifications.channels.base import Parcel, Result
from notifications.channels.email import CHANNEL
from notifications.contacts import verifications
from notifications.delivering.delivery import deliver_batch, deliver_due
from notifications.kinds import MessageKind
from notifications.models import Delivery
from notifications.telling.fanout import NewNotice, tell
from notifications.telling.turns import Budget
from tests.cabinet.payroll import Payroll
from tests.notifications.conftest import reach
from tests.notifications.letters import unsign, use
from tests.notifications.notebook import Notebook
from tests.notifications.runs import LETTER_DAYS, states, the_pause_is_over
from tests.notifications.smtp_server import HANG, ScriptedServer

pytestmark = [pytest.mark.django_db, pytest.mark.data]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail(settings: LazySettings) -> Iterator[ScriptedServer]:
    """Takes everything."""
    unsign(settings)
    with ScriptedServer() as found:
        use(found, settings, timeout=0.5)
        yield found


def plan(people: Payroll, count: int, *channels: str) -> None:
    """So many people who are told by these channels, now."""
    now, new = timezone.now(), []
    for number in range(count):
        (row,) = people.add(number, LETTER_DAYS, now=now)
        for channel in channels:
            reach(row.iin, channel=channel, now=now)
        facts = {"certificates": [row.pk], "days": 14}
        new.append(NewNotice(f"test:{number}", row.iin, MessageKind.EXPIRY_SOON, facts))
    tell(new, now=now)
    # Whether or not it is night.
    the_pause_is_over()


def deliver() -> None:
    deliver_due(clock=timezone.now, budget=Budget(30))


def test_a_code_does_not_wait_for_all_letters(people: Payroll, mail: ScriptedServer) -> None:
    plan(people, 30, "email")
    verifications.begin(
        iin="000000000001",
        channel="email",
        value="ann@mail.example",
        language="en",
        now=timezone.now(),
        replaces=False,
    )
    deliver_batch(CHANNEL, clock=timezone.now)
    assert mail.received[0].recipients == ("ann@mail.example",)
    assert len(mail.received) == 31


def test_a_text_does_not_wait_for_all_letters(
    people: Payroll, mail: ScriptedServer, settings: LazySettings
) -> None:
    settings.NOTICE_BATCH = 5
    plan(people, 15, "email")
    plan_text(people)
    deliver()
    assert len(mail.received) == 15
    text = Delivery.objects.get(channel="sms")
    assert text.sent_at is not None
    assert Delivery.objects.filter(channel="email", sent_at__gt=text.sent_at).count() == 10


def plan_text(people: Payroll) -> None:
    """One more person, who is told by SMS."""
    now = timezone.now()
    (row,) = people.add(99, LETTER_DAYS, now=now)
    reach(row.iin, channel="sms", now=now)
    facts = {"certificates": [row.pk], "days": 14}
    tell([NewNotice("test:text", row.iin, MessageKind.EXPIRY_SOON, facts)], now=now)
    the_pause_is_over()


def test_a_server_that_hangs_is_asked_once_and_texts_go_on(
    people: Payroll, mail: ScriptedServer, settings: LazySettings
) -> None:
    settings.NOTICE_BATCH = 5
    plan(people, 15, "email")
    plan_text(people)
    mail.always("RCPT", HANG)
    deliver()
    assert mail.hanging == 1
    assert states("sms") == {"sent": 1}
    assert states() == {"waiting": 15}


def test_a_letter_that_breaks_its_channel_holds_up_no_other(
    people: Payroll, notebook: Notebook
) -> None:
    plan(people, 10, "notebook")
    broken = Delivery.objects.order_by("id")[3]

    def choke(parcel: Parcel) -> Result:
        if parcel.delivery_id == broken.pk:
            raise ValueError("no such letter was ever seen")
        return Result.SENT

    notebook.fate = choke
    deliver()
    assert states("notebook") == {"sent": 9, "waiting": 1}
    broken.refresh_from_db()
    assert (broken.error, broken.attempts) == ("could not be sent", 1)
    assert broken.due_at > timezone.now() + MINUTE / 2


def test_a_gateway_that_is_not_set_up_holds_up_no_letter(
    people: Payroll, mail: ScriptedServer, settings: LazySettings
) -> None:
    settings.SMS_GATEWAY = "pigeon"
    plan(people, 5, "email", "sms")
    deliver()
    assert states() == {"sent": 5}
    assert states("sms") == {"waiting": 5}
    settings.SMS_GATEWAY = "log"
    the_pause_is_over()
    deliver()
    assert states("sms") == {"sent": 5}
