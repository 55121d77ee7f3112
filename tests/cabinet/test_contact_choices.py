"""The language of messages, and what is told on which channel."""

import pytest
from django.contrib.auth.models import Group

from cabinet.models import OPERATORS, User
from notifications.contacts.preferences import language_of
from notifications.kinds import Topic
from notifications.models import Mute, Recipient
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Event
from tests.cabinet.colleagues import Colleague, Reply, hire
from tests.cabinet.inbox import PHONE, reach
from tests.cabinet.reading import leads_to, words
from tests.renewals.people import enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN, OTHER = "010203300005", "050607650004"


@pytest.fixture
def reader(authority: Authority) -> Colleague:
    """An individual, signed in, reached nowhere."""
    return Colleague(enrol_holder(authority, iin=IIN)).sign_in()


# --- language ---------------------------------------------------------------------------------


def test_the_language_of_messages_is_that_of_the_last_sign_in_until_one_is_chosen(
    reader: Colleague,
) -> None:
    assert language_of(IIN) == "en"
    leads_to(reader.post("contact-language", language="kk"), "contacts")
    assert language_of(IIN) == "kk"
    reader.post("sign-out")
    reader.sign_in()
    assert language_of(IIN) == "kk"
    assert 'value="kk" checked' in reader.get("contacts").content.decode()


@pytest.mark.parametrize("typed", ["", "de", "kk\x00", "x" * 500])
def test_a_language_that_we_do_not_speak_is_not_taken(reader: Colleague, typed: str) -> None:
    reply = reader.post("contact-language", language=typed)
    assert reply.status_code == 400
    assert "Choose the language" in words(reply)
    assert not Recipient.objects.filter(iin=IIN, is_chosen=True).exists()


# --- choices ----------------------------------------------------------------------------------


def shown(reader: Colleague) -> list[str]:
    rows = reader.get("contacts").context["choices"]
    return [cell.name for row in rows for cell in row.cells if cell.is_possible]


def choose(reader: Colleague, *on: str) -> Reply:
    return reader.post("contact-choices", shown=shown(reader), on=list(on))


def muted() -> set[str]:
    rows = Mute.objects.filter(iin=IIN)
    return {f"{channel}:{topic}" for channel, topic in rows.values_list("channel", "topic")}


def test_without_an_address_there_is_nothing_to_choose(reader: Colleague) -> None:
    assert shown(reader) == []
    reader.post("contact-choices", shown="email:expiry")
    assert muted() == set()


def test_a_topic_is_switched_off_and_on_again(reader: Colleague) -> None:
    reach(IIN)
    leads_to(choose(reader, "email:expiry"), "contacts")
    assert muted() == {"email:application"}
    leads_to(choose(reader, "email:expiry", "email:application"), "contacts")
    assert muted() == set()
    assert Event.objects.filter(kind="choice.changed").count() == 2


def test_what_the_form_did_not_show_stays_as_it_is(reader: Colleague) -> None:
    reach(IIN)
    reach(IIN, "sms", PHONE)
    reader.post("contact-choices", shown=["email:expiry", "email:nonsense", "pigeon:expiry"])
    assert muted() == {"email:expiry"}


def test_security_stays_on_the_only_address(reader: Colleague) -> None:
    reach(IIN)
    page = reader.get("contacts").content.decode()
    assert "always on" in page
    assert 'value="email:security"' not in page
    reader.post("contact-choices", shown="email:security")
    assert muted() == set()


def test_security_is_not_switched_off_on_both_and_nothing_ticked_is_lost(
    reader: Colleague,
) -> None:
    reach(IIN)
    reach(IIN, "sms", PHONE)
    reply = choose(reader, "email:expiry", "sms:expiry", "sms:application")
    assert reply.status_code == 409
    assert 'href="#topic-security"' in reply.content.decode()
    rows = reply.context["choices"]
    ticked = {cell.name for row in rows for cell in row.cells if cell.is_on}
    assert ticked == {"email:expiry", "sms:expiry", "sms:application"}
    assert len(muted() & {"email:security", "sms:security"}) == 1


def test_security_moves_from_one_channel_to_another_at_once(reader: Colleague) -> None:
    reach(IIN)
    reach(IIN, "sms", PHONE)
    every = set(shown(reader))
    leads_to(choose(reader, *(every - {"sms:security"})), "contacts")
    leads_to(choose(reader, *(every - {"email:security"})), "contacts")
    assert muted() == {"email:security"}


def topics(reader: Colleague) -> set[Topic]:
    return {row.topic for row in reader.get("contacts").context["choices"]}


def test_people_choose_among_what_they_can_hear_of(reader: Colleague, authority: Authority) -> None:
    own = {Topic.EXPIRY, Topic.APPLICATION, Topic.SECURITY}
    assert topics(reader) == own
    head = hire(authority, OTHER, Role.HEAD).sign_in()
    assert topics(head) == own | {Topic.APPROVAL, Topic.ORGANISATION}
    group, _created = Group.objects.get_or_create(name=OPERATORS)
    User.objects.get(iin=IIN).groups.add(group)
    assert topics(reader) == own | {Topic.OPERATIONS}


def test_what_a_channel_never_carries_cannot_be_chosen(
    reader: Colleague, authority: Authority
) -> None:
    head = hire(authority, OTHER, Role.HEAD).sign_in()
    reach(OTHER)
    reach(OTHER, "sms", PHONE)
    assert "email:approval" in shown(head)
    assert "sms:approval" not in shown(head)
    assert "SMS: not sent this way" in words(head.get("contacts"))


def test_opened_instead_of_posted_to_the_forms_lead_to_their_page(reader: Colleague) -> None:
    for name in ("contact-language", "contact-choices"):
        leads_to(reader.get(name), "contacts")
