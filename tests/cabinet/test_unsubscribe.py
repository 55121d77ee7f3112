"""The way out of a letter: without signing in, of what it names alone, and back again."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.contacts.links import SALT, unsubscribe_url
from notifications.kinds import Topic
from notifications.models import Address, Mute, Recipient
from renewals.models import Event
from tests.cabinet.colleagues import Reply
from tests.cabinet.inbox import MAIL, PHONE, reach
from tests.cabinet.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.data]
IIN = "010203300005"


@pytest.fixture
def address(db: None) -> Address:
    """An address of somebody who reads English and has a phone as well."""
    Recipient.objects.create(iin=IIN, language="en", is_chosen=True)
    reach(IIN, "sms", PHONE)
    return reach(IIN)


def link(address: Address, topic: Topic = Topic.EXPIRY) -> str:
    """As it stands in the letter, without the portal."""
    return unsubscribe_url(address, topic).removeprefix(settings.PORTAL_URL.rstrip("/"))


def get(url: str, client: Client | None = None) -> Reply:
    return (client or Client()).get(url, secure=True)


def post(url: str, **fields: str) -> Reply:
    """Without cookies, a token or a look at the page: as a mail program does (RFC 8058)."""
    return Client(enforce_csrf_checks=True).post(url, fields, secure=True)


def muted() -> list[tuple[str, str]]:
    return list(Mute.objects.filter(iin=IIN).values_list("channel", "topic"))


def test_opening_the_link_changes_nothing(address: Address) -> None:
    reply = get(link(address))
    assert reply.status_code == 200
    page = words(reply)
    assert "Shall we stop writing about this?" in page
    assert "My signature ends soon" in page
    assert "a•••@example.kz" in page
    assert MAIL not in reply.content.decode()
    assert muted() == []


def test_one_press_switches_off_just_what_the_link_names(address: Address) -> None:
    reply = post(link(address), **{"List-Unsubscribe": "One-Click"})
    assert reply.status_code == 200
    assert "Switched off" in words(reply)
    assert muted() == [("email", "expiry")]


def test_it_can_be_undone(address: Address) -> None:
    post(link(address))
    reply = post(link(address), undo="1")
    assert reply.status_code == 200
    assert "Switched on again" in words(reply)
    assert muted() == []


def test_saying_it_twice_is_answered_alike_and_recorded_once(address: Address) -> None:
    for _time in range(3):
        assert post(link(address)).status_code == 200
    assert Event.objects.filter(kind="choice.changed").count() == 1
    assert muted() == [("email", "expiry")]


def test_what_was_switched_off_is_recorded_without_the_address(address: Address) -> None:
    post(link(address))
    event = Event.objects.get(kind="choice.changed")
    assert event.actor_iin == ""
    assert MAIL not in str(event.facts)


def test_the_page_of_what_is_off_already_says_so(address: Address) -> None:
    post(link(address))
    assert "Undo: switch it on again" in words(get(link(address)))


def test_it_speaks_the_language_of_the_letter(address: Address) -> None:
    Recipient.objects.update(language="kk")
    assert '<html lang="kk">' in get(link(address)).content.decode()


def test_unless_the_reader_has_chosen_one_here(address: Address) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    assert '<html lang="ru">' in get(link(address), client).content.decode()


def tokens(address: Address) -> list[str]:
    """Altered, cut, of somebody else's making, of a topic that there is not."""
    good = link(address).split("/")[-2]
    signer = signing.TimestampSigner(salt=SALT, sep=".")
    return [
        *(good[:-1], good + "x", good.upper(), "x", "x" * 5000, "%00", "ñ", "..", "1-expiry"),
        *(signer.sign("0-expiry"), signer.sign(f"{address.pk}-nonsense"), signer.sign("x")),
        signing.TimestampSigner(salt="other", sep=".").sign(f"{address.pk}-expiry"),
    ]


def test_a_link_that_is_not_ours_does_nothing_and_says_what_to_do(address: Address) -> None:
    for token in tokens(address):
        url = reverse("unsubscribe", args=[token])
        for reply in (get(url), post(url)):
            assert reply.status_code == 404, token
    page = words(get(reverse("unsubscribe", args=["x"])))
    assert reverse("contacts") in get(reverse("unsubscribe", args=["x"])).content.decode()
    assert page
    assert muted() == []


def test_the_link_of_an_address_that_was_replaced_does_nothing(address: Address) -> None:
    url = link(address)
    Address.objects.filter(pk=address.pk).update(ended_at=timezone.now())
    assert get(url).status_code == post(url).status_code == 404
    reach(IIN, value="new@example.kz")
    assert post(url).status_code == 404
    assert muted() == []


def test_a_link_is_good_for_a_long_time_and_not_for_ever(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link(address)
    monkeypatch.setattr(settings, "UNSUBSCRIBE_LIFETIME", timedelta(seconds=-1))
    assert get(url).status_code == post(url).status_code == 404


def test_other_methods_are_refused(address: Address) -> None:
    for method in ("put", "delete", "patch"):
        assert getattr(Client(), method)(link(address), secure=True).status_code == 405
