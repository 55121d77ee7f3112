"""Around a sign-in: limits, where it leads, and when the session is over."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cabinet.models import User
from renewals.events import EventKind
from renewals.models import Event
from tests.cabinet.people import IIN, SIGN, Issuer, self_signed
from tests.cabinet.visitor import Visitor, assert_refused, refusals
from tests.renewals.audit.superuser import guards_lifted

pytestmark = pytest.mark.django_db


def test_it_makes_an_address_wait_after_too_many_refusals(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    settings.SIGN_IN_REFUSALS_PER_ADDRESS = 3
    for _ in range(3):
        assert visitor.sign_in(self_signed()).status_code == 400
    assert_refused(visitor.sign_in(issuer.issue()), "sign_in.too_many", 429)
    with guards_lifted():
        Event.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert visitor.sign_in(issuer.issue()).status_code == 200


def test_it_makes_a_certificate_wait_after_too_many_refusals(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    settings.SIGN_IN_REFUSALS_PER_CERTIFICATE = 2
    settings.TRUSTED_PROXIES = 1
    stranger = issuer.issue(usages=SIGN)
    for last in range(3):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{last}"
        visitor.client.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
        reply = visitor.sign_in(stranger)
    assert_refused(reply, "sign_in.too_many", 429)
    assert visitor.sign_in(issuer.issue()).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_it_counts_the_address_from_our_own_side_of_the_proxies(
    visitor: Visitor, settings: LazySettings, proxies: int, header: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = header
    visitor.sign_in(self_signed())
    assert refusals()[-1].facts["address"] == address


# --- where it goes afterwards ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/renewals/2026-000001/", "/my/?page=2"])
def test_it_goes_on_to_the_page_that_was_asked_for(
    issuer: Issuer, visitor: Visitor, path: str
) -> None:
    reply = visitor.sign_in(issuer.issue(), next=path)
    assert reply.json()["location"] == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/%00\x00",
        "\x00/",
        "my",
        "///evil.example",
        "/\t/evil.example",
    ],
)
def test_it_never_goes_to_another_site(issuer: Issuer, visitor: Visitor, path: str) -> None:
    reply = visitor.sign_in(issuer.issue(), next=path)
    assert reply.json()["location"] == reverse("my")
    page = Client().get(reverse("sign-in"), {"next": path}, secure=True)
    assert 'data-next=""' in page.content.decode()


# --- sessions ------------------------------------------------------------------------------


def rewind(visitor: Visitor, key: str, by: timedelta) -> None:
    session = visitor.client.session
    session[key] -= by.total_seconds()
    session.save()


def test_it_ends_the_session_after_fifteen_minutes_without_work(
    issuer: Issuer, visitor: Visitor
) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "seen_at", timedelta(minutes=14))
    assert visitor.is_in()
    rewind(visitor, "seen_at", timedelta(minutes=16))
    assert not visitor.is_in()


def test_it_does_not_keep_a_session_alive_by_polling(issuer: Issuer, visitor: Visitor) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "seen_at", timedelta(minutes=10))
    visitor.client.get(reverse("health"), headers={"X-Purpose": "poll"}, secure=True)
    rewind(visitor, "seen_at", timedelta(minutes=6))
    assert not visitor.is_in()


def test_it_ends_the_session_after_eight_hours(issuer: Issuer, visitor: Visitor) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "signed_in_at", timedelta(hours=8, minutes=1))
    assert not visitor.is_in()


def test_it_ends_the_session_when_the_certificate_is_revoked(
    issuer: Issuer, visitor: Visitor
) -> None:
    person = issuer.issue()
    visitor.sign_in(person)
    assert visitor.is_in()
    issuer.revoke(person)
    assert not visitor.is_in()


def test_it_ends_the_session_when_an_operator_shuts_the_person_out(
    issuer: Issuer, visitor: Visitor
) -> None:
    visitor.sign_in(issuer.issue())
    User.objects.update(is_active=False)
    assert not visitor.is_in()


def test_it_signs_out_on_this_side_too(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    visitor.sign_in(issuer.issue())
    kept = visitor.client.cookies[settings.SESSION_COOKIE_NAME].value
    reply = visitor.client.post(reverse("sign-out"), secure=True)
    assert reply.headers["Location"] == reverse("start")
    assert Event.objects.filter(kind=EventKind.SIGN_OUT.value, actor_iin=IIN).count() == 1
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not visitor.is_in()
