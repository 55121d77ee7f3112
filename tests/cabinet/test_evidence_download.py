"""The container by HTTP: given to its holder and to who decides, to nobody else, as it was made."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cabinet.models import OPERATORS, User
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Event, Evidence, Renewal
from renewals.services import evidencing
from tests.cabinet.colleagues import Colleague, Reply
from tests.cabinet.verifying import WHOLE, a_browser, send, text_of
from tests.renewals.evidence.containers import issue, keep, now
from tests.renewals.firm import Firm
from tests.renewals.people import (
    OTHER_ORGANISATION,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(authority: Authority) -> Firm:
    return Firm(authority, enrol_employee(authority, Role.HEAD, iin=iin_of(1)))


@pytest.fixture
def person(firm: Firm) -> Holder:
    return firm.applicants(1)[0]


@pytest.fixture
def renewal(firm: Firm, person: Holder) -> Renewal:
    """Approved by the head; issued, with its evidence made."""
    found = person.submit()
    firm.head.approve(found)
    return keep(found).renewal


def enter(holder: Holder) -> Colleague:
    return Colleague(holder).sign_in()


def assert_given(reply: Reply, renewal: Renewal) -> None:
    assert reply.status_code == 200
    assert hashlib.sha256(reply.content).hexdigest() == Evidence.objects.get(renewal=renewal).sha256
    assert reply["Content-Type"] == "application/vnd.etsi.asic-e+zip"
    assert reply["Content-Disposition"] == f'attachment; filename="{renewal.number}.asice"'
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "no-store"


def test_the_holder_downloads_it_and_the_page_believes_it(renewal: Renewal, person: Holder) -> None:
    reply = enter(person).get("evidence", renewal.number)
    assert_given(reply, renewal)
    page = text_of(send(a_browser(), reply.content, renewal.number))
    assert WHOLE in page
    assert renewal.number in page


def test_whoever_decides_for_the_organisation_downloads_it(firm: Firm, renewal: Renewal) -> None:
    hr = enrol_employee(firm.authority, Role.HR, iin=iin_of(2))
    address = reverse("approval-evidence", args=[renewal.number])
    for colleague in (firm.head, hr):
        somebody = enter(colleague)
        assert address in text_of(somebody.get("approval", renewal.number))
        assert_given(somebody.get("approval-evidence", renewal.number), renewal)


def test_for_everybody_else_it_is_not_there(firm: Firm, renewal: Renewal) -> None:
    authority = firm.authority
    strangers = (
        enrol_holder(authority, iin=iin_of(70)),
        enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(71)),
        enrol_employee(authority, Role.SIGNING_RIGHT, iin=iin_of(72)),
        enrol_employee(authority, Role.HEAD, iin=iin_of(73), organisation=OTHER_ORGANISATION),
    )
    for stranger in strangers:
        somebody = enter(stranger)
        for name in ("evidence", "approval-evidence"):
            assert somebody.get(name, renewal.number).status_code == 404
            assert somebody.get(name, "2026-00000000").status_code == 404


def test_who_is_not_signed_in_is_led_to_the_sign_in(renewal: Renewal, client: Client) -> None:
    for name in ("evidence", "approval-evidence"):
        reply = client.get(reverse(name, args=[renewal.number]), secure=True)
        assert reply.status_code == 302


def test_it_is_only_read(renewal: Renewal, person: Holder) -> None:
    assert enter(person).post("evidence", renewal.number).status_code == 405


def test_before_it_is_made_the_page_says_when_to_come_again(firm: Firm, person: Holder) -> None:
    holder, renewal = enter(person), person.submit()
    reply = holder.get("evidence", renewal.number)
    assert reply.status_code == 404
    assert "when the certificate is issued or the application ends" in text_of(reply)
    assert reverse("evidence", args=[renewal.number]) not in text_of(
        holder.get("status", renewal.number)
    )
    firm.head.approve(renewal)
    issue(renewal)
    reply = holder.get("evidence", renewal.number)
    assert (reply.status_code, reply["Retry-After"]) == (503, "5")
    assert "takes a few seconds" in text_of(reply)
    assert evidencing.make_due(now=now()) == 1
    assert_given(holder.get("evidence", renewal.number), renewal)
    assert reverse("evidence", args=[renewal.number]) in text_of(
        holder.get("status", renewal.number)
    )


def test_what_was_altered_in_the_storage_is_not_given_out(
    renewal: Renewal, person: Holder, settings: Settings
) -> None:
    folder = settings.STORAGES["documents"]["OPTIONS"]["location"]
    path = Path(folder) / Evidence.objects.get(renewal=renewal).storage_name
    path.write_bytes(path.read_bytes()[:-1])
    reply = enter(person).get("evidence", renewal.number)
    assert reply.status_code == 503
    assert "what is kept is not what was made" in text_of(reply)
    path.unlink()
    assert enter(person).get("evidence", renewal.number).status_code == 503


def test_an_operator_downloads_it_from_the_desk_and_the_look_is_recorded(
    authority: Authority, renewal: Renewal
) -> None:
    operator = enter(enrol_holder(authority, iin=iin_of(8)))
    group, _created = Group.objects.get_or_create(name=OPERATORS)
    User.objects.get(iin=iin_of(8)).groups.add(group)
    desk = operator.client.get(
        reverse("admin:renewals_renewal_change", args=[renewal.pk]), secure=True
    )
    assert reverse("approval-evidence", args=[renewal.number]) in desk.content.decode()
    assert_given(operator.get("approval-evidence", renewal.number), renewal)
    assert Event.objects.filter(kind="document.read", actor_iin=iin_of(8)).count() == 1
