"""Links that switch off what they name, and nothing else."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from notifications.contacts.links import SALT, Link, read_link, unsubscribe_url
from notifications.errors import LinkError
from notifications.kinds import Topic
from notifications.models import Address
from tests.renewals.people import NOW, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]

ANN, BOB = iin_of(1), iin_of(2)
BEGIN, END = "http://testserver/unsubscribe/", "/"


@pytest.fixture
def address() -> Address:
    return Address.objects.create(iin=ANN, channel="email", value="ann@example.kz", verified_at=NOW)


def token_of(url: str) -> str:
    assert url.startswith(BEGIN)
    assert url.endswith(END)
    return url.removeprefix(BEGIN).removesuffix(END)


@pytest.mark.parametrize("topic", sorted(set(Topic) - {Topic.SECURITY}))
def test_a_link_says_whose_channel_and_topic_it_is(address: Address, topic: Topic) -> None:
    url = unsubscribe_url(address, topic)
    assert read_link(token_of(url)) == Link(ANN, "email", topic, address)
    assert ANN not in url
    assert "ann" not in url
    assert set(token_of(url)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    )
    assert len(url) < 150


def test_security_is_not_switched_off_by_a_link(address: Address) -> None:
    assert unsubscribe_url(address, Topic.SECURITY) == ""


def test_a_link_of_a_past_address_is_dead(address: Address) -> None:
    token = token_of(unsubscribe_url(address, Topic.EXPIRY))
    Address.objects.update(ended_at=NOW)
    Address.objects.create(iin=ANN, channel="email", value="lee@example.kz", verified_at=NOW)
    with pytest.raises(LinkError):
        read_link(token)


def test_a_link_of_an_address_that_has_failed_still_works(address: Address) -> None:
    token = token_of(unsubscribe_url(address, Topic.EXPIRY))
    Address.objects.update(failed_at=NOW)
    assert read_link(token).address == address


def test_an_old_link_is_dead(
    address: Address, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(unsubscribe_url(address, Topic.EXPIRY))
    lifetime: timedelta = settings.UNSUBSCRIBE_LIFETIME
    start, seconds = time.time(), lifetime.total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: start + seconds - 60)
    read_link(token)
    monkeypatch.setattr("django.core.signing.time.time", lambda: start + seconds + 60)
    with pytest.raises(LinkError):
        read_link(token)


def test_every_altered_letter_kills_a_link(address: Address) -> None:
    token = token_of(unsubscribe_url(address, Topic.EXPIRY))
    for at, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        with pytest.raises(LinkError):
            read_link(token[:at] + other + token[at + 1 :])
    for one in (token[:-1], token[1:], token + "A", token + "=", f" {token}", f"{token}\n"):
        with pytest.raises(LinkError):
            read_link(one)


def test_a_link_to_another_address_is_not_made_from_ones_own(address: Address) -> None:
    other = Address.objects.create(iin=BOB, channel="email", value="b@example.kz", verified_at=NOW)
    token = token_of(unsubscribe_url(address, Topic.EXPIRY))
    with pytest.raises(LinkError):
        read_link(token.replace(f"{address.pk}-", f"{other.pk}-", 1))
    with pytest.raises(LinkError):
        read_link(token.replace("expiry", "application"))


@pytest.mark.parametrize(
    "content", ["", "-", "x-expiry", "1-weather", "1", "-1-expiry", f"{10**30}-expiry"]
)
def test_nothing_else_that_we_have_signed_is_a_link(address: Address, content: str) -> None:
    with pytest.raises(LinkError):
        read_link(signing.TimestampSigner(salt=SALT, sep=".").sign(content))
    for salt in ("", "other"):
        with pytest.raises(LinkError):
            read_link(signing.TimestampSigner(salt=salt, sep=".").sign(f"{address.pk}-expiry"))
    with pytest.raises(LinkError):
        read_link(signing.Signer(salt=SALT, sep=".").sign(f"{address.pk}-expiry"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100) | st.text("abc.:-_=0123456789\x00\ud800é", max_size=40))
@example("." * 1000)
def test_nothing_that_is_made_up_is_a_link(token: str) -> None:
    with pytest.raises(LinkError):
        read_link(token)


def test_links_survive_the_change_of_the_secret(address: Address, settings: Settings) -> None:
    token, old = token_of(unsubscribe_url(address, Topic.EXPIRY)), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(LinkError):
        read_link(token)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read_link(token).address == address
