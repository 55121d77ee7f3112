"""The inbox: what was told, what can be done, and what became of it elsewhere."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cabinet.models import OPERATORS, User
from cabinet.notice_actions import ACTIONS
from cabinet.notice_rows import TAGS, stored_number
from notifications.channels.registry import CHANNELS
from notifications.kinds import DeliveryState, MessageKind, Topic
from notifications.models import Delivery, Mute, Notice
from notifications.words.numbers import show_number
from pki.certificate import Role
from pki.models import Authority
from tests.cabinet.colleagues import Colleague, Reply, hire
from tests.cabinet.inbox import MAIL, PHONE, reach, told
from tests.cabinet.reading import words
from tests.renewals.people import enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN, OTHER = "010203300005", "050607650004"
DAY = timedelta(days=1)


@pytest.fixture
def reader(authority: Authority) -> Colleague:
    """An individual, signed in, who was told nothing yet."""
    person = Colleague(enrol_holder(authority, iin=IIN)).sign_in()
    Notice.objects.all().delete()
    return person


def count(reply: Reply) -> int:
    """What the header says is unread."""
    found = re.search(r"Notices: (\d+) unread", reply.content.decode())
    return int(found[1]) if found else 0


# --- the list ---------------------------------------------------------------------------------


def test_an_empty_inbox_says_what_will_be_here(reader: Colleague) -> None:
    page = words(reader.get("notices"))
    assert "The inbox is empty" in page
    assert "Mark all as read" not in page


def test_unread_notices_come_first_and_say_so_by_a_word(reader: Colleague) -> None:
    old, read = told(IIN, at=timezone.now() - DAY), told(IIN)
    reader.get("notice", read.number)
    page = words(reader.get("notices"))
    assert page.count("Unread") == 1
    rows = reader.get("notices").context["inbox"].rows
    assert [row.notice for row in rows] == [old, read]


def test_others_notices_are_not_there(reader: Colleague) -> None:
    notice = told(OTHER)
    reply = reader.get("notices")
    assert show_number(notice.number) not in reply.content.decode()
    assert count(reply) == 0


def test_many_notices_are_paged(reader: Colleague) -> None:
    for _time in range(21):
        told(IIN)
    assert len(reader.get("notices").context["inbox"].rows) == 20
    assert len(reader.get("notices", page="2").context["inbox"].rows) == 1
    for typed in ("0", "-1", "99999999", "9" * 400, "x", "²", ""):
        assert reader.get("notices", page=typed).status_code == 200


def test_everything_is_marked_as_read_by_a_post_alone(reader: Colleague) -> None:
    told(IIN)
    other = told(OTHER)
    assert reader.get("read-notices").status_code == 302
    assert count(reader.get("notices")) == 1
    reply = reader.post("read-notices")
    assert (reply.status_code, reply["Location"]) == (302, reverse("notices"))
    assert count(reader.get("notices")) == 0
    other.refresh_from_db()
    assert other.read_at is None


def test_the_header_counts_what_is_unread_on_every_page(reader: Colleague) -> None:
    notice = told(IIN)
    assert count(reader.get("my")) == 1
    reader.get("notice", notice.number)
    assert count(reader.get("renewals")) == 0


def test_the_list_asks_few_questions_however_long_it_is(
    reader: Colleague, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(60) as context:
            assert reader.get("notices").status_code == 200
        return len(context)

    told(IIN)
    few = asked()
    for _time in range(15):
        told(IIN)
    assert asked() == few


# --- one notice -------------------------------------------------------------------------------


def test_opening_a_notice_marks_it_as_read_once(reader: Colleague) -> None:
    notice = told(IIN)
    assert count(reader.get("notice", notice.number)) == 0
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    reader.get("notice", notice.number)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_asking_only_for_its_head_does_not_mark_it(reader: Colleague) -> None:
    notice = told(IIN)
    address = reverse("notice", args=[notice.number])
    assert reader.client.head(address, secure=True).status_code == 200
    notice.refresh_from_db()
    assert notice.read_at is None


def test_it_shows_its_number_as_letters_do(reader: Colleague) -> None:
    notice = told(IIN)
    page = words(reader.get("notice", notice.number))
    assert show_number(notice.number) in page
    assert "has the same number" in page


def test_a_number_is_taken_as_people_write_it(reader: Colleague) -> None:
    notice = told(IIN)
    shown = show_number(notice.number)
    for typed in (shown, shown.lower(), notice.number.lower()):
        assert reader.get("notice", typed).status_code == 200


def test_letters_that_are_no_letters_of_a_number_are_read_as_digits() -> None:
    assert stored_number(" № 8k3f-22qm–7tx4 ") == "8K3F22QM7TX4"
    assert stored_number("OoIiLl000000") == "001111000000"
    for typed in ("", "8K3F", "8K3F22QM7TXU", "8K3F22QM7TX44", "８K3F22QM7TX4", "\x00" * 12):
        assert stored_number(typed) == ""


def test_somebody_elses_notice_is_as_if_it_were_not_there(reader: Colleague) -> None:
    notice = told(OTHER)
    for number in (notice.number, "8K3F22QM7TX4", "x" * 300):
        reply = reader.get("notice", number)
        assert reply.status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind != "contact-code"])
def test_every_message_can_be_read_and_has_one_way_on(reader: Colleague, kind: MessageKind) -> None:
    notice = told(IIN, kind)
    assert reader.get("notices").status_code == 200
    reply = reader.get("notice", notice.number)
    assert reply.status_code == 200
    assert reply.context["way"].words


def test_every_message_and_topic_stands_in_the_tables() -> None:
    assert set(ACTIONS) == set(MessageKind) - {MessageKind.CONTACT_CODE}
    assert set(TAGS) == set(Topic)


def test_an_application_is_one_press_away(reader: Colleague) -> None:
    renewal = reader.holder.submit()
    notice = told(IIN, MessageKind.APPLICATION_SUBMITTED, renewal=renewal)
    assert reader.get("notice", notice.number).context["way"].url == reverse(
        "status", args=[renewal.number]
    )


def test_without_its_certificate_an_organisation_is_not_reached(
    reader: Colleague, authority: Authority
) -> None:
    notice = told(IIN, MessageKind.EXPIRY_DIGEST)
    page = reader.get("notice", notice.number)
    assert page.context["way"].url == ""
    assert "sign in with the certificate that your organisation gave you" in words(page)
    head = hire(authority, OTHER, Role.HEAD).sign_in()
    notice = told(OTHER, MessageKind.EXPIRY_DIGEST)
    way = head.get("notice", notice.number).context["way"]
    assert head.client.get(way.url, secure=True).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.startswith("operators-")])
def test_an_operator_gets_to_the_page_where_it_is_settled(
    authority: Authority, kind: MessageKind
) -> None:
    user = User.objects.create(iin=OTHER, name="operator")
    user.groups.add(Group.objects.get_or_create(name=OPERATORS)[0])
    operator = Colleague(enrol_holder(authority, iin=OTHER)).sign_in()
    notice = told(OTHER, kind)
    way = operator.get("notice", notice.number).context["way"]
    assert operator.client.get(way.url, secure=True).status_code == 200


# --- what became of it ------------------------------------------------------------------------


def ways(reader: Colleague, notice: Notice) -> dict[str, str]:
    """By channel, in words."""
    rows = reader.get("notice", notice.number).context["deliveries"]
    return {str(row.label): f"{row.to} {row.words}".strip() for row in rows}


def test_it_says_where_else_it_went_without_showing_the_address(reader: Colleague) -> None:
    reach(IIN)
    reach(IIN, "sms", PHONE)
    notice = told(IIN)
    Delivery.objects.filter(notice=notice).update(
        state=DeliveryState.SENT.value, sent_at=timezone.now()
    )
    page = reader.get("notice", notice.number)
    assert ways(reader, notice)["E-mail"].startswith("a•••@example.kz sent: ")
    assert ways(reader, notice)["SMS"].startswith("+7701 ••• 4567 sent: ")
    assert MAIL not in page.content.decode()
    assert PHONE not in page.content.decode()


STATES = {
    DeliveryState.WAITING: "is about to be sent",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.DELIVERED: "arrived",
    DeliveryState.FAILED: "could not be delivered",
    DeliveryState.DROPPED: "no longer needed",
}


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_of_a_delivery_has_words(reader: Colleague, state: DeliveryState) -> None:
    reach(IIN)
    notice = told(IIN)
    Delivery.objects.filter(notice=notice).update(state=state.value)
    assert STATES[state] in ways(reader, notice)["E-mail"]


def test_it_says_until_when_something_waits_and_when_it_is_tried_again(reader: Colleague) -> None:
    reach(IIN)
    notice = told(IIN)
    rows = Delivery.objects.filter(notice=notice)
    rows.update(due_at=timezone.now() + DAY)
    assert "waits until" in ways(reader, notice)["E-mail"]
    rows.update(attempts=2)
    assert "next try" in ways(reader, notice)["E-mail"]


def test_it_says_when_the_address_is_what_failed(reader: Colleague) -> None:
    address = reach(IIN)
    notice = told(IIN)
    Delivery.objects.filter(notice=notice).update(state=DeliveryState.FAILED.value)
    address.failed_at = timezone.now()
    address.save()
    assert "this address does not work" in ways(reader, notice)["E-mail"]


def test_it_says_why_something_was_not_sent(reader: Colleague) -> None:
    assert "no address" in ways(reader, told(IIN))["E-mail"]
    address = reach(IIN)
    Mute.objects.create(
        iin=IIN, channel="email", topic=Topic.APPLICATION.value, muted_at=timezone.now() - DAY
    )
    off = told(IIN, MessageKind.APPLICATION_SUBMITTED)
    assert "switched this off" in ways(reader, off)["E-mail"]
    assert "do not go this way" in ways(reader, off)["SMS"]
    address.failed_at = timezone.now() - DAY
    address.save()
    assert "did not work" in ways(reader, told(IIN))["E-mail"]


def test_every_channel_is_accounted_for(reader: Colleague) -> None:
    assert len(ways(reader, told(IIN))) == len(CHANNELS)


# --- after the sign-in ------------------------------------------------------------------------


def test_after_the_sign_in_unread_notices_are_shown(reader: Colleague) -> None:
    assert "Unread notices" not in words(reader.get("my"))
    for _time in range(5):
        told(IIN)
    page = reader.get("my")
    assert "Unread notices" in words(page)
    assert len(page.context["unread"]) == 3


def test_whoever_is_reached_nowhere_is_asked_where_to_write(reader: Colleague) -> None:
    assert "Where shall we write to you?" in words(reader.get("my"))
    address = reach(IIN)
    assert "Where shall we write to you?" not in words(reader.get("my"))
    address.failed_at = timezone.now()
    address.save()
    assert "Where shall we write to you?" in words(reader.get("my"))
