"""Several posts of one person at once: one outcome, and nobody held up."""

from collections.abc import Callable

import pytest

from notifications.contacts import codes
from notifications.errors import NoticeError
from notifications.kinds import Topic
from notifications.models import Address, Delivery, Mute
from renewals.audit.chain import find_break
from renewals.errors import RenewalError
from renewals.models import Event
from tests.cabinet.contact_steps import (
    MAIL,
    NEW,
    PHONE,
    add,
    ask,
    draw,
    draw_removal,
    kinds,
    sign,
    switch,
    values,
    verify,
)
from tests.renewals.conftest import holder
from tests.renewals.parallel import race
from tests.renewals.people import Holder

__all__ = ["holder"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]


def outcome(work: Callable[[], object], seen: list[str]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except (NoticeError, RenewalError) as error:
            seen.append(error.code)
        else:
            seen.append("done")

    return run


@pytest.mark.django_db(transaction=True)
def test_the_same_signature_many_times_at_once_sends_one_code(holder: Holder) -> None:
    add(holder)
    statement = draw(holder)
    cms = holder.sign(statement)
    seen: list[str] = []
    race(*[outcome(lambda: sign(holder, statement, cms), seen)] * 6)
    assert seen == ["done"] * 6
    assert Delivery.objects.filter(to=NEW).count() == 1
    assert kinds() == ["contact.changed", "contact.signed"]


@pytest.mark.django_db(transaction=True)
def test_two_right_codes_at_once_are_one_change(holder: Holder) -> None:
    code = codes.code_of(ask(holder))
    seen: list[str] = []
    race(*[outcome(lambda: verify(holder, code), seen)] * 4)
    assert sorted(seen) == ["contact.code_over"] * 3 + ["done"]
    assert kinds().count("contact.changed") == 1
    assert Address.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_everything_of_one_person_at_once_holds_nobody_up(holder: Holder) -> None:
    add(holder)
    add(holder, PHONE, channel="sms")
    change, removal = draw(holder), draw_removal(holder, "sms")
    signatures = holder.sign(change), holder.sign(removal)
    seen: list[str] = []
    race(
        outcome(lambda: sign(holder, change, signatures[0]), seen),
        outcome(lambda: sign(holder, removal, signatures[1]), seen),
        outcome(lambda: switch(holder, Topic.EXPIRY, is_on=False), seen),
        outcome(lambda: switch(holder, Topic.SECURITY, is_on=False), seen),
        outcome(lambda: verify(holder, "000000"), seen),
        outcome(lambda: ask(holder, MAIL), seen),
    )
    assert len(seen) == 6
    assert values(holder) == {"email": MAIL}
    assert not Mute.objects.filter(topic="security").exists()
    assert find_break(Event.objects.order_by("sequence")) is None
