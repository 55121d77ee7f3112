"""One person of an organisation by HTTP, and how the head dismisses him."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from pki.certificate import Purpose, Role
from pki.models import Authority, Revocation
from renewals.models import Renewal
from tests.cabinet.colleagues import (
    DAY,
    EMPLOYEE,
    HEAD,
    OTHER_ORGANISATION,
    SIGNER,
    Colleague,
    hire,
)
from tests.cabinet.payroll import PAIR, Payroll
from tests.cabinet.reading import row_of, words
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db


# --- one person ---------------------------------------------------------------------------


def test_a_person_is_shown_with_what_concerns_the_organisation_alone(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    personal = enrol_holder(authority, iin=EMPLOYEE, days_left=77 * DAY)
    elsewhere = hire(authority, EMPLOYEE, Role.HEAD, organisation=OTHER_ORGANISATION)
    draft = elsewhere.holder.open()
    sent = employee.holder.submit()
    page = head.get("person", row_of(employee).pk)
    content = page.content.decode()
    assert row_of(employee).serial_hex[:4] in content
    for row in (next(iter(personal.certificates.values())), row_of(elsewhere)):
        assert " ".join(re.findall("....", row.serial_hex)) not in content
    assert sent.number in content
    assert draft.number not in content
    assert EMPLOYEE not in content
    assert "9507 •••• 0019" in content
    assert "first head" not in words(page).split("Certificates in force")[0]


def test_every_certificate_of_a_person_leads_to_the_same_page(
    authority: Authority, head: Colleague
) -> None:
    pair = hire(authority, EMPLOYEE, Role.EMPLOYEE, purposes=PAIR)
    pages = [
        head.get("person", row.pk).context["used"] for row in pair.holder.certificates.values()
    ]
    assert [len(used) for used in pages] == [1, 1]
    assert pages[0][0].certificates == pages[1][0].certificates


def test_hr_employees_look_and_do_not_dismiss(hr: Colleague, employee: Colleague) -> None:
    page = hr.get("person", row_of(employee).pk)
    assert reverse("dismiss", args=[row_of(employee).pk]) not in page.content.decode()
    assert "Only the first head can have the certificates revoked" in words(page)
    reply = hr.post("dismiss", row_of(employee).pk)
    assert reply.status_code == 403
    assert "Only the first head of the organisation can do this" in words(reply)


def test_nobody_dismisses_himself(head: Colleague) -> None:
    page = head.get("person", row_of(head).pk)
    assert "Nobody revokes his own this way" in words(page)
    assert 'action="' + reverse("dismiss", args=[row_of(head).pk]) not in page.content.decode()
    reply = head.post("dismiss", row_of(head).pk)
    assert reply.status_code == 400
    assert "A head cannot dismiss himself" in words(reply)


def test_who_has_nothing_in_force_is_not_dismissed_again(
    authority: Authority, head: Colleague
) -> None:
    gone = hire(authority, EMPLOYEE, Role.EMPLOYEE, days_left=-3 * DAY)
    page = head.get("person", row_of(gone).pk)
    assert "Nothing to revoke" in words(page)
    assert head.post("dismiss", row_of(gone).pk).status_code == 400


def test_the_way_to_a_delegation_is_shown_where_one_can_be_given(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT)
    link = reverse("mandates") + f"?person={row_of(signer).pk}#give"
    assert link in head.get("person", row_of(signer).pk).content.decode()
    assert "?person=" not in head.get("person", row_of(employee).pk).content.decode()
    head.holder.delegate(signer.holder)
    assert "?person=" not in head.get("person", row_of(signer).pk).content.decode()
    both = hire(authority, HEAD, Role.HEAD, Role.SIGNING_RIGHT, days_left=300 * DAY).sign_in()
    assert "?person=" not in both.get("person", row_of(both).pk).content.decode()


# --- the dismissal ------------------------------------------------------------------------


def test_opening_the_address_of_a_dismissal_leads_to_the_person(
    head: Colleague, employee: Colleague
) -> None:
    pk = row_of(employee).pk
    assert head.get("dismiss", pk)["Location"] == reverse("person", args=[pk])


def test_a_dismissal_ends_certificates_applications_rights_and_sessions(
    authority: Authority, head: Colleague
) -> None:
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT, days_left=12 * DAY).sign_in()
    personal = enrol_holder(authority, iin=SIGNER)
    mandate = head.holder.delegate(signer.holder)
    renewal = signer.holder.submit()
    before = words(head.get("person", row_of(signer).pk))
    assert "Open applications of this person for the organisation end" in before
    assert "This cannot be undone" not in before
    statement = head.read(head.post("dismiss", row_of(signer).pk))
    assert "affiliationChanged" in statement.text
    assert SIGNER not in statement.text
    assert signer.get("my").status_code == 200  # nothing has happened yet
    reply = head.sign(statement)
    assert reply.status_code == 200, reply.content
    assert reply.json()["location"] == reverse("organisation")
    (gone,) = Revocation.objects.all()
    assert (gone.serial_hex, gone.reason) == (row_of(signer).serial_hex, "affiliationChanged")
    assert next(iter(personal.certificates.values())).serial_hex != gone.serial_hex
    renewal.refresh_from_db()
    mandate.refresh_from_db()
    assert renewal.state == "lapsed"
    assert mandate.ended_at is not None
    assert "/sign-in/" in signer.get("my")["Location"]
    after = head.get("organisation")
    assert "open applications of this person have ended" in words(after)
    assert "Revoked" in words(head.get("organisation", group="revoked"))
    person = words(head.get("person", row_of(signer).pk))
    assert "Nothing to revoke" in person
    assert "Ended early" in person


def test_a_dismissed_person_reads_what_became_of_his_application(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    head.sign(head.read(head.post("dismiss", row_of(employee).pk)))
    him = Colleague(enrol_holder(authority, iin=EMPLOYEE)).sign_in()
    text = words(him.get("status", renewal.number))
    assert "The application has ended" in text
    assert "The certificate that it was to renew, or the new one, was revoked" in text
    assert "Ended by a revocation" in text
    assert "It waited for 30 days" not in text


def test_what_was_issued_and_not_installed_can_be_revoked_too(
    head: Colleague, payroll: Payroll
) -> None:
    now = timezone.now()
    (old,) = payroll.add(1, 10 * DAY, now=now)
    (new,) = payroll.add(1, 360 * DAY, now=now)
    payroll.revoke(old, at=now)
    renewal = payroll.apply(old, now=now)
    Renewal.objects.filter(pk=renewal.pk).update(state="issued", issued_at=now)
    renewal.requests.update(certificate=new)
    listed = head.get("organisation", group="revoked").context["people"]
    assert [one.certificate for one in listed] == [old]


def test_purposes_are_told_apart(head: Colleague, payroll: Payroll) -> None:
    now = timezone.now()
    payroll.add(1, 5 * DAY, Purpose.AUTH, now=now)
    payroll.add(2, 6 * DAY, Purpose.SIGN, now=now)
    payroll.add(3, 7 * DAY, *PAIR, now=now)
    text = words(head.get("organisation"))
    for what in ("only for signing in in a file", "only for signing in a file", "two keys"):
        assert what in text
