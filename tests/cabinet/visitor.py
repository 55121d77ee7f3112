"""A browser at the doors of the site, and what is said of who was not let in."""

from typing import Any

from django.test import Client
from django.urls import reverse

from renewals.events import EventKind
from renewals.models import Event, Signature
from tests.cabinet.people import Person

# Answers of the test client have `json`, which its type does not say.
Reply = Any


class Visitor:
    """A browser that signs in: no tricks, the same two posts as the page's script."""

    def __init__(self) -> None:
        self.client = Client(
            headers={"Accept": "application/json", "Accept-Language": "en"},
            raise_request_exception=False,
        )

    def challenge(self) -> tuple[int, str]:
        reply = self.client.post(reverse("challenge"), secure=True)
        assert reply.status_code == 200, reply.content
        data = reply.json()
        return data["statement"], data["text"]

    def enter(self, statement: object, cms: str, **more: str) -> Reply:
        fields = {"statement": str(statement), "cms": cms, **more}
        return self.client.post(reverse("enter"), fields, secure=True)

    def sign_in(self, person: Person, **more: str) -> Reply:
        statement, text = self.challenge()
        return self.enter(statement, person.sign(text), **more)

    def is_in(self) -> bool:
        return self.client.get(reverse("sign-in"), secure=True).status_code == 302


def refusals() -> list[Event]:
    return list(Event.objects.filter(kind=EventKind.SIGN_IN_REFUSED.value).order_by("sequence"))


def assert_refused(reply: Reply, code: str, status: int = 400) -> None:
    data = reply.json()
    assert (reply.status_code, data["code"]) == (status, code), data
    assert data["message"]
    assert "—" not in data["message"]
    assert refusals()[-1].facts["code"] == code
    assert not Signature.objects.exists()
