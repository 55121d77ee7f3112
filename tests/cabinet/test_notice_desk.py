"""The operators' desk: what went out, to whom, what became of it; and sending it again."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications.kinds import DeliveryState, MessageKind
from notifications.models import Address, Delivery, Notice
from notifications.words.numbers import show_number
from pki.models import Authority
from renewals.models import Event
from tests.cabinet.colleagues import Colleague
from tests.cabinet.inbox import MAIL, PHONE, reach, told
from tests.renewals.people import enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN, OTHER, OPERATOR = "010203300005", "050607650004", "040506600027"
LISTS = ("notifications_delivery", "notifications_notice", "notifications_address")


@pytest.fixture
def operator(authority: Authority) -> Colleague:
    """Signed in, and in the group."""
    call_command("operators", "add", OPERATOR, verbosity=0)
    return Colleague(enrol_holder(authority, iin=OPERATOR)).sign_in()


@pytest.fixture
def sent(db: None) -> Delivery:
    """A letter that has gone out, and somebody else's."""
    for iin, value in ((OTHER, "other@example.kz"), (IIN, MAIL)):
        reach(iin, value=value)
        notice = told(iin)
    delivery = Delivery.objects.get(notice=notice)
    delivery.state, delivery.sent_at = DeliveryState.SENT.value, timezone.now()
    delivery.subject, delivery.body = "Contact changed", "the words"
    delivery.save()
    return delivery


def page(operator: Colleague, name: str, *args: object, **query: str) -> Any:
    return operator.get(f"admin:{name}", *args, **query)


def listed(operator: Colleague, name: str, **query: str) -> list[Any]:
    reply = page(operator, f"{name}_changelist", **query)
    assert reply.status_code == 200
    return list(reply.context["cl"].result_list)


@pytest.mark.parametrize("name", LISTS)
def test_an_operator_sees_every_list_with_addresses_masked(
    operator: Colleague, sent: Delivery, name: str
) -> None:
    reach(IIN, "sms", PHONE)
    reply = page(operator, f"{name}_changelist")
    assert reply.status_code == 200
    text = reply.content.decode()
    assert MAIL not in text
    assert PHONE not in text


@pytest.mark.parametrize("name", LISTS)
def test_a_holder_finds_no_desk(authority: Authority, name: str) -> None:
    holder = Colleague(enrol_holder(authority, iin=IIN)).sign_in()
    assert page(holder, f"{name}_changelist").status_code in {302, 404}


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_changed_or_deleted_here(
    operator: Colleague, sent: Delivery, name: str
) -> None:
    assert page(operator, f"{name}_add").status_code == 403
    rows = {"notifications_delivery": sent, "notifications_notice": sent.notice}
    row = rows.get(name, sent.address)
    assert row is not None
    assert operator.post(f"admin:{name}_change", row.pk, state="failed").status_code == 403
    assert operator.post(f"admin:{name}_delete", row.pk, post="yes").status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_every_look_at_a_row_is_recorded(operator: Colleague, sent: Delivery, name: str) -> None:
    rows = {"notifications_delivery": sent, "notifications_notice": sent.notice}
    row = rows.get(name, sent.address)
    assert row is not None
    assert page(operator, f"{name}_change", row.pk).status_code == 200
    look = Event.objects.get(kind="record.viewed")
    expected = {"record": name.partition("_")[2], "id": str(row.pk)}
    assert (look.actor_iin, look.facts) == (OPERATOR, expected)


def test_deliveries_are_found_by_iin_and_number_as_letters_show_it(
    operator: Colleague, sent: Delivery
) -> None:
    assert sent.notice is not None
    for typed in (IIN, sent.notice.number, f"№ {show_number(sent.notice.number).lower()}"):
        assert listed(operator, "notifications_delivery", q=typed) == [sent]
        assert listed(operator, "notifications_notice", q=typed) == [sent.notice]
    assert listed(operator, "notifications_address", q=MAIL) == [sent.address]
    for name in LISTS:
        assert listed(operator, name, q="999999999999") == []


def test_deliveries_are_filtered_by_state_channel_and_topic(
    operator: Colleague, sent: Delivery
) -> None:
    name = "notifications_delivery"
    assert listed(operator, name, state__exact="sent") == [sent]
    assert listed(operator, name, channel="sms") == []
    assert len(listed(operator, name, notice__topic__exact="security")) == 2


def test_a_code_is_not_shown_to_operators(operator: Colleague, authority: Authority) -> None:
    holder = Colleague(enrol_holder(authority, iin=IIN)).sign_in()
    holder.post("contact", "email", address=MAIL)
    code = Delivery.objects.get(verification__iin=IIN)
    Delivery.objects.filter(pk=code.pk).update(body="123456", subject="123456 is the code")
    assert listed(operator, "notifications_delivery", q=IIN) == [code]
    text = page(operator, "notifications_delivery_change", code.pk).content.decode()
    assert MessageKind.CONTACT_CODE.value in text
    assert "123456" not in text


def send_again(operator: Colleague, *rows: Delivery) -> Any:
    fields = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    return operator.post("admin:notifications_delivery_changelist", **fields)


@pytest.mark.parametrize("state", DeliveryState)
def test_what_has_come_to_an_end_is_sent_again(
    operator: Colleague, sent: Delivery, state: DeliveryState
) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state=state.value, attempts=9)
    assert send_again(operator, sent).status_code == 302
    sent.refresh_from_db()
    ended = state in {DeliveryState.FAILED, DeliveryState.DROPPED, DeliveryState.SENT}
    assert sent.state == (DeliveryState.WAITING.value if ended else state.value)
    assert sent.attempts == (0 if ended else 9)
    act = Event.objects.get(kind="record.viewed")
    assert (act.actor_iin, act.facts["action"]) == (OPERATOR, "resend")


def test_a_code_is_never_sent_again(operator: Colleague, authority: Authority) -> None:
    holder = Colleague(enrol_holder(authority, iin=IIN)).sign_in()
    holder.post("contact", "email", address=MAIL)
    code = Delivery.objects.get(verification__iin=IIN)
    Delivery.objects.filter(pk=code.pk).update(state=DeliveryState.FAILED.value)
    send_again(operator, code)
    code.refresh_from_db()
    assert code.state == DeliveryState.FAILED.value


def test_an_address_of_a_channel_that_is_no_more_can_still_be_listed(operator: Colleague) -> None:
    reach(IIN, "pigeon", "Karl")
    reply = page(operator, "notifications_address_changelist")
    assert reply.status_code == 200
    assert "Karl" not in reply.content.decode()
    assert Address.objects.count() == 1
    assert Notice.objects.filter(iin=IIN).count() == 0


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"state": "sent"}, 1),
        ({"state": "failed"}, 0),
        ({"channel": "email"}, 2),
        ({"notice__topic": "operations"}, 0),
    ],
)
def test_the_list_is_narrowed_by_words(
    operator: Colleague, sent: Delivery, query: dict[str, str], count: int
) -> None:
    assert len(listed(operator, "notifications_delivery", **query)) == count
