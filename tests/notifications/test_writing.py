"""What a channel is given for a delivery: words in its form, a key, links that may be there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.template import Engine
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Channel, Parcel
from notifications.channels.registry import CHANNELS
from notifications.contacts.codes import code_of
from notifications.contacts.links import read_link
from notifications.delivering.sms_parts import count_parts
from notifications.kinds import Form, MessageKind
from notifications.models import Address, Delivery, Verification
from notifications.telling.messages import MESSAGES
from notifications.words.numbers import ALPHABET, new_number, show_number
from notifications.words.writing import code_letter_of, code_short_of, parcel_of
from tests.notifications.cases import DAY, IIN, NAME, NOW, NUMBER, Case, cases

EMAIL, SMS = CHANNELS["email"], CHANNELS["sms"]
LABEL: Promise = _("SMS")


def case_of(name: str) -> Case:
    return next(case for case in cases() if case.name == name)


def delivery_of(case: Case, channel: Channel = EMAIL, pk: int = 7) -> Delivery:
    address = Address(pk=5, iin=IIN, channel=channel.name, value="aigul@example.kz")
    return Delivery(
        pk=pk,
        notice=case.notice,
        channel=channel.name,
        address=address,
        to=address.value,
        language="en",
    )


def parcel(case: Case, channel: Channel = EMAIL) -> Parcel:
    return parcel_of(delivery_of(case, channel), case.situation, channel=channel, now=NOW)


def verification_of(channel: Channel) -> Verification:
    return Verification(
        pk=9,
        iin=IIN,
        channel=channel.name,
        value="aigul@example.kz",
        nonce="0123456789abcdef" * 2,
        language="kk",
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )


def code_parcel(channel: Channel) -> Parcel:
    row = verification_of(channel)
    delivery = Delivery(
        pk=8, verification=row, channel=channel.name, to=row.value, language=row.language
    )
    return parcel_of(delivery, None, channel=channel, now=NOW)


def test_a_letter_has_everything_that_a_program_for_mail_wants() -> None:
    made = parcel(case_of("expiry-soon 12"))
    assert (made.delivery_id, made.to, made.language) == (7, "aigul@example.kz", "en")
    assert made.number == NUMBER
    assert made.subject == "Your signature ends in 12 days"
    assert made.text.startswith("Hello, Айгүл!\n")
    assert made.html.startswith("<!doctype html>")
    assert f"{settings.PORTAL_URL}/notices/{NUMBER}/" in made.text
    (reminder,) = made.reminders
    assert reminder.ends_at == case_of("expiry-soon 12").situation.told[0].certificate.not_after


def test_a_short_text_carries_nothing_else() -> None:
    made = parcel(case_of("expiry-soon 12"), SMS)
    assert "05.12.2026" in made.text
    assert made.text.count("\n") == 0
    assert made.subject == made.html == made.unsubscribe_url == ""
    assert made.reminders == ()


def test_the_key_is_the_same_at_every_try_and_another_for_every_delivery() -> None:
    case = case_of("expiry-soon 12")
    assert parcel(case).key == parcel(case).key == f"{NUMBER}-7".lower()
    other = parcel_of(delivery_of(case, pk=8), case.situation, channel=EMAIL, now=NOW + DAY)
    assert other.key != parcel(case).key
    assert code_parcel(EMAIL).key == code_parcel(EMAIL).key == "code-9-01234567"


@pytest.mark.django_db
@pytest.mark.data
def test_the_link_to_unsubscribe_names_this_address_and_topic_alone() -> None:
    row = Address.objects.create(
        iin=IIN, channel="email", value="aigul@example.kz", verified_at=NOW
    )
    case = case_of("expiry-soon 12")
    delivery = delivery_of(case)
    delivery.address = row
    made = parcel_of(delivery, case.situation, channel=EMAIL, now=NOW)
    assert made.unsubscribe_url in made.text
    assert made.unsubscribe_url in made.html
    link = read_link(made.unsubscribe_url.rstrip("/").rsplit("/", 1)[1])
    assert (link.iin, link.channel, link.topic) == (
        IIN,
        "email",
        MESSAGES[MessageKind.EXPIRY_SOON].topic,
    )


@pytest.mark.parametrize("name", ["sign-in-new-device", "certificate-issued", "delegation-given"])
def test_security_is_not_switched_off_by_a_link(name: str) -> None:
    made = parcel(case_of(name))
    assert made.unsubscribe_url == ""
    assert "unsubscribe" not in made.text + made.html


def test_without_an_address_of_its_own_there_is_nothing_to_switch_off() -> None:
    case = case_of("expiry-soon 12")
    delivery = delivery_of(case)
    delivery.address = None
    assert parcel_of(delivery, case.situation, channel=EMAIL, now=NOW).unsubscribe_url == ""


def test_a_channel_without_templates_of_its_own_takes_those_of_a_text() -> None:
    case = case_of("expiry-soon 12")
    fourth = replace(SMS, name="pager", template="pager.txt", label=LABEL)
    assert parcel(case, fourth).text == parcel(case, SMS).text
    assert parcel(case, replace(fourth, template="")).text == parcel(case, SMS).text


def test_a_channel_with_a_template_of_its_own_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Engine.get_default().from_string("{{ portal }}: {{ short_day }}\n")
    chosen: list[list[str]] = []

    def select(_self: Engine, names: list[str]) -> object:
        chosen.append(names)
        return own

    monkeypatch.setattr(Engine, "select_template", select)
    fourth = replace(SMS, name="pager", template="pager.txt")
    made = parcel(case_of("expiry-soon 12"), fourth)
    assert made.text == f"{settings.PORTAL_NAME}: 05.12.2026"
    assert chosen[0][0] == "notifications/expiry-soon/pager.txt"


def test_a_long_channel_of_another_name_gets_the_letter() -> None:
    made = parcel(case_of("expiry-soon 12"), replace(EMAIL, name="post"))
    assert made.html


def test_a_message_without_a_short_text_says_its_subject() -> None:
    case = case_of("expiry-digest many")
    made = parcel(case, SMS)
    assert made.text == parcel(case).subject


@pytest.mark.parametrize("channel", [EMAIL, SMS], ids=lambda channel: channel.name)
def test_a_code_is_told_without_saying_to_whom(channel: Channel) -> None:
    made = code_parcel(channel)
    assert code_of(verification_of(channel)) in made.text
    assert made.number == made.unsubscribe_url == ""
    assert made.reminders == ()
    for words in (made.subject, made.text, made.html):
        assert IIN not in words
        assert "Айгүл" not in words
        assert "/notices/" not in words


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_code_stands_in_the_letter_and_in_a_text_of_two_parts(language: str) -> None:
    row = verification_of(EMAIL)
    letter = code_letter_of(row, language=language)
    short = code_short_of(row, language=language)
    assert code_of(row) not in letter.subject
    for words in (letter.text, letter.html, short):
        assert code_of(row) in words
        assert "None" not in words
        assert "%(" not in words
    assert count_parts(short).parts <= 2


def test_who_has_no_name_is_greeted_without_one() -> None:
    case = case_of("expiry-soon 12")
    nameless = replace(case, situation=replace(case.situation, reader=""))
    assert parcel(nameless).text.startswith("Hello!\n")


@pytest.mark.parametrize(
    ("common_name", "greeting"),
    [(NAME, "Айгүл"), ("АЙГҮЛ", "Айгүл"), ("ИВАНОВА АННА-МАРИЯ", "Анна-Мария"), ("  ", "")],
)
def test_people_are_greeted_by_their_given_name(common_name: str, greeting: str) -> None:
    case = case_of("expiry-soon 12")
    named = replace(case, situation=replace(case.situation, reader=common_name))
    wanted = f"Hello, {greeting}!" if greeting else "Hello!"
    assert parcel(named).text.splitlines()[0] == wanted


def test_the_words_follow_the_moment_of_writing() -> None:
    case = case_of("expiry-soon 12")
    delivery = delivery_of(case)

    def subject(days: int) -> str:
        now = NOW + days * DAY
        return parcel_of(delivery, case.situation, channel=EMAIL, now=now).subject

    assert subject(5) == "Your signature ends in 7 days"
    assert subject(11) == "Your signature ends tomorrow"
    assert subject(12) == "Your signature ends today"
    assert subject(13) == "Your signature has ended"


def test_facts_that_are_no_facts_break_nothing() -> None:
    for case in cases():
        case.notice.facts = {
            "certificates": ["x", None],
            "at": "2026-13-45T99:00",
            "date": "2026-99-99",
            "count": "many",
            "device": None,
            "channel": "pigeon",
        }
        for channel in (EMAIL, SMS):
            assert parcel(case, channel).text


def test_numbers_are_random_and_shown_in_groups() -> None:
    numbers = {new_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(len(number) == 12 and set(number) <= set(ALPHABET) for number in numbers)
    assert not set("ILOU") & set(ALPHABET)
    assert show_number("8K3F22QM7TX4") == "8K3F-22QM-7TX4"


def test_no_form_of_a_message_is_forgotten() -> None:
    assert {EMAIL.form, SMS.form} == set(Form)
