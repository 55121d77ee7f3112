"""A browser that a person has not used before is told to him; one that he has is not."""

import pytest
from django.test import Client, RequestFactory

from cabinet.devices import device_of
from cabinet.models import KnownDevice
from notifications.models import Notice
from notifications.telling.events import tell_events
from tests.cabinet.colleagues import Colleague
from tests.renewals.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.data]

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36"
)


def told(iin: str) -> int:
    tell_events(now=NOW)
    return Notice.objects.filter(iin=iin, kind="sign-in-new-device").count()


def test_the_first_sign_in_of_all_is_no_news(head: Colleague) -> None:
    assert told(head.iin) == 0
    assert KnownDevice.objects.count() == 1


def test_the_same_browser_is_known(head: Colleague) -> None:
    head.sign_in()
    assert told(head.iin) == 0
    assert KnownDevice.objects.count() == 1


def test_another_browser_is_told(head: Colleague) -> None:
    head.client = Client(headers={"User-Agent": CHROME})
    head.sign_in()
    assert told(head.iin) == 1
    assert Notice.objects.get(kind="sign-in-new-device").facts["device"] == "Chrome, Windows"


def test_two_people_at_one_browser_are_two(head: Colleague, hr: Colleague) -> None:
    hr.client.cookies.clear()
    hr.client.cookies["device"] = head.client.cookies["device"].value
    hr.sign_in()
    assert told(hr.iin) == 1


@pytest.mark.parametrize(
    "agent", ["", "x" * 5000, "Спам +77010000000", "<script>alert(1)</script>/1.0", "a\tb"]
)
def test_what_a_browser_calls_itself_is_not_repeated(rf: RequestFactory, agent: str) -> None:
    request = rf.get("/", headers={"User-Agent": agent})
    words = device_of(request).words
    assert len(words) < 70
    assert not set(words) - set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,.+-"
    )


@pytest.mark.parametrize("cookie", ["", "x", "é" * 32, "a" * 5000, "\x00" * 32])
def test_a_cookie_that_is_not_ours_is_replaced(rf: RequestFactory, cookie: str) -> None:
    request = rf.get("/")
    request.COOKIES["device"] = cookie
    assert device_of(request).token != cookie
