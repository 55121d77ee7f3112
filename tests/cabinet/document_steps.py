"""Who meets documents at the site, and the forms they send."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Mandate, Renewal
from tests.cabinet.colleagues import OTHER_ORGANISATION, Colleague, Reply, hire
from tests.cabinet.papers_folder import sent
from tests.renewals.people import enrol_holder, iin_of


@pytest.fixture
def holder(authority: Authority) -> Colleague:
    """An employee, signed in."""
    return hire(authority, iin_of(1), Role.EMPLOYEE).sign_in()


@pytest.fixture
def draft(holder: Colleague) -> Renewal:
    return holder.holder.open()


@pytest.fixture
def others(authority: Authority) -> dict[str, Colleague]:
    """Everybody else, signed in: by the part in which they come."""
    call_command("operators", "add", iin_of(7), verbosity=0)
    found = {
        "head": hire(authority, iin_of(2), Role.HEAD),
        "hr": hire(authority, iin_of(3), Role.HR),
        "colleague": hire(authority, iin_of(4), Role.EMPLOYEE),
        "head of others": hire(authority, iin_of(5), Role.HEAD, organisation=OTHER_ORGANISATION),
        "stranger": Colleague(enrol_holder(authority, iin=iin_of(6))),
        "operator": Colleague(enrol_holder(authority, iin=iin_of(7))),
    }
    return {name: person.sign_in() for name, person in found.items()}


def add(
    person: Colleague,
    renewal: Renewal,
    data: bytes | None = None,
    *,
    kind: str = "other",
    name: str = "scan.pdf",
) -> Reply:
    """Send the form."""
    return person.post("documents", renewal.number, kind=kind, file=sent(data, name))


def added(person: Colleague, renewal: Renewal) -> Document:
    """Send the form, and it is taken."""
    reply = add(person, renewal)
    assert reply.status_code == 302, reply.content.decode()
    return Document.objects.arrived().latest("id")


def strict(person: Colleague) -> Client:
    """The same session in a browser whose forms need their token, as in earnest."""
    headers = {"Accept-Language": "en", "Referer": "https://testserver/"}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers=headers)
    client.cookies = person.client.cookies
    return client


def days(first: int = 0, last: int = 30) -> dict[str, str]:
    """Days of the form, counted from today."""
    today = timezone.localdate()
    return {
        "starts_on": (today + timedelta(days=first)).isoformat(),
        "ends_on": (today + timedelta(days=last)).isoformat(),
    }


def send(
    person: Colleague, data: bytes | None = None, fields: dict[str, str] | None = None
) -> Reply:
    """The form with its paper."""
    typed = {**days(), **(fields or {})}
    return person.post("power", **typed, file=sent(data, "Сенімхат.pdf"))


def filed(person: Colleague) -> Mandate:
    """Sent, and taken."""
    reply = send(person)
    assert (reply.status_code, reply["Location"]) == (302, reverse("power"))
    return Mandate.objects.latest("id")


def desk(mandate: Mandate) -> str:
    return reverse("admin:renewals_mandate_change", args=[mandate.pk])
