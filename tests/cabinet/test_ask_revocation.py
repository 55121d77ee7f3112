"""Pages on which a signature is revoked or suspended: by its holder, the head, at the desk."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from pki.certificate import Purpose, Role, parse_certificate
from pki.models import Authority, Revocation
from renewals.models import Event, Proposal
from tests.cabinet.colleagues import (
    DAY,
    EMPLOYEE,
    HEAD,
    STRANGER,
    Colleague,
    Reply,
    hire,
)
from tests.cabinet.payroll import PAIR
from tests.cabinet.reading import row_of, words
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db
OPERATORS = ("040506600027", "040506600038")
OFFICE = {"asked_by": "holder", "identified": "identity-card", "note": "карта 012345678"}


@pytest.fixture
def person(authority: Authority) -> Colleague:
    """An individual with a pair, and one more certificate to go on with."""
    enrol_holder(authority, iin=STRANGER, days_left=300 * DAY)
    return Colleague(enrol_holder(authority, iin=STRANGER, purposes=PAIR)).sign_in()


def operator(authority: Authority, iin: str = OPERATORS[0]) -> Colleague:
    call_command("operators", "add", iin, verbosity=0)
    return Colleague(enrol_holder(authority, iin=iin)).sign_in()


def reasons() -> list[str]:
    return sorted(Revocation.objects.values_list("reason", flat=True))


def leads_back(page: Reply) -> str:
    """Where the link above the heading goes."""
    found = re.search(r'<p class="muted"><a href="([^"]+)">', page.content.decode())
    return found[1] if found else ""


# --- the holder -----------------------------------------------------------------------------


def test_a_holder_chooses_why_reads_signs_and_a_pair_goes_together(person: Colleague) -> None:
    row = person.holder.certificates[Purpose.SIGN]
    link = reverse("revoke-certificate", args=[row.pk])
    assert link in person.get("certificate", row.pk).content.decode()
    page = person.get("revoke-certificate", row.pk)
    assert "What has happened to this signature?" in words(page)
    assert "You will be signed out" in words(page)
    text = person.read(person.post("revoke-certificate", row.pk, ground="compromised"))
    assert leads_back(person.get("sign", text.pk)) == reverse("my")
    reply = person.sign(text, Purpose.SIGN)
    assert reply.status_code == 200, reply.content
    assert reasons() == ["keyCompromise"] * 2
    # Signed in by one of the two: the session has ended, and it is said why.
    assert reply.json()["location"] == reverse("revoked")
    assert person.get("my").status_code == 302
    assert "not in force any more" in words(person.get("revoked"))


def test_a_suspended_signature_is_shown_as_such_and_can_be_revoked(authority: Authority) -> None:
    suspended = enrol_holder(authority, iin=STRANGER)
    other = Colleague(enrol_holder(authority, iin=STRANGER, days_left=300 * DAY)).sign_in()
    row = suspended.certificates[Purpose.COMBINED]
    other.sign(other.read(other.post("revoke-certificate", row.pk, ground="suspended")))
    assert reasons() == ["certificateHold"]
    page = words(other.get("certificate", row.pk))
    assert "It is suspended" in page
    assert "two operators release it" in page
    assert "Suspended" in words(other.get("my"))
    other.sign(other.read(other.post("revoke-certificate", row.pk, ground="compromised")))
    assert reasons() == ["keyCompromise"]
    assert "There is nothing to revoke" in words(other.get("revoke-certificate", row.pk))


@pytest.mark.parametrize("ground", ["", "left", "court", "no such thing", "\x00"])
def test_what_is_no_reason_of_a_holder_is_told_beside_the_field(
    person: Colleague, ground: str
) -> None:
    row = person.holder.certificates[Purpose.SIGN]
    page = person.post("revoke-certificate", row.pk, ground=ground)
    assert page.status_code == 400
    assert "Something is missing" in words(page)
    assert not Revocation.objects.exists()


def test_somebody_elses_signature_is_as_if_it_were_not_there(
    person: Colleague, employee: Colleague, head: Colleague
) -> None:
    row = row_of(employee)
    for who in (person, head):
        assert who.get("revoke-certificate", row.pk).status_code == 404
        assert who.post("revoke-certificate", row.pk, ground="unneeded").status_code == 404


# --- the head -------------------------------------------------------------------------------


def test_a_head_suspends_one_signature_of_an_employee(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    row = row_of(employee)
    link = reverse("revoke-employee", args=[row.pk])
    assert link in head.get("person", row.pk).content.decode()
    text = head.read(head.post("revoke-employee", row.pk, ground="suspended"))
    assert head.sign(text).status_code == 200
    assert reasons() == ["certificateHold"]
    assert Event.objects.get(kind="certificate.held").actor_iin == HEAD


def test_nobody_else_of_the_organisation_does_it(
    authority: Authority, head: Colleague, hr: Colleague, employee: Colleague, person: Colleague
) -> None:
    row = row_of(employee)
    assert hr.post("revoke-employee", row.pk, ground="suspended").status_code == 403
    other = hire(authority, STRANGER, Role.EMPLOYEE).sign_in()
    assert other.post("revoke-employee", row.pk, ground="suspended").status_code in {403, 404}
    assert person.post("revoke-employee", row.pk, ground="suspended").status_code in {403, 404}
    assert head.get("revoke-employee", row_of(head).pk).status_code == 404
    assert not Revocation.objects.exists()


# --- the desk -------------------------------------------------------------------------------


def test_an_operator_revokes_for_who_came_and_two_release_a_hold(
    authority: Authority, employee: Colleague
) -> None:
    first, second = (operator(authority, iin) for iin in OPERATORS)
    row = row_of(employee)
    page = first.get("admin:pki_certificate_change", row.pk)
    assert "Revoke or suspend it" in words(page)
    text = first.read(
        first.post("admin:pki_certificate_revoke", row.pk, ground="suspended", **OFFICE)
    )
    assert "карта 012345678" in text.text
    assert leads_back(first.get("sign", text.pk)) == reverse("admin:pki_certificate_changelist")
    assert first.sign(text).status_code == 200
    assert reasons() == ["certificateHold"]
    assert "Release the hold" in words(first.get("admin:pki_certificate_change", row.pk))

    proposed = first.read(first.post("admin:pki_certificate_release", row.pk, **OFFICE))
    assert first.sign(proposed).status_code == 200
    assert reasons() == ["certificateHold"]
    proposal = Proposal.objects.get()
    again = first.post("admin:pki_certificate_release", row.pk, **OFFICE)
    assert again.status_code in {400, 409}
    confirmed = second.read(second.post("admin:renewals_proposal_confirm", proposal.pk))
    assert second.sign(confirmed).status_code == 200
    assert reasons() == []
    assert Event.objects.filter(kind="certificate.released").count() == 1


@pytest.mark.parametrize("missing", ["ground", *OFFICE])
def test_at_the_desk_everything_is_asked_and_nothing_typed_is_lost(
    authority: Authority, employee: Colleague, missing: str
) -> None:
    who, row = operator(authority), row_of(employee)
    fields = {"ground": "court", **OFFICE, missing: ""}
    page = who.post("admin:pki_certificate_revoke", row.pk, **fields)
    assert page.status_code == 400
    assert "Nothing was written down" in words(page)
    kept = page.content.decode()
    if missing != "note":
        assert "карта 012345678" in kept
    if missing != "ground":
        assert 'value="court" id="id_ground_9" checked' in kept


def test_the_desk_is_for_operators_alone(
    authority: Authority, head: Colleague, employee: Colleague, person: Colleague
) -> None:
    row = row_of(employee)
    for name in ("admin:pki_certificate_revoke", "admin:pki_certificate_release"):
        for who in (head, person):
            # The desk leads to the sign-in, which leads who is signed in to nothing.
            for reply in (who.get(name, row.pk), who.post(name, row.pk, ground="court", **OFFICE)):
                assert reply.status_code == 302
                assert who.client.get(reply["Location"], secure=True).status_code == 404
    # What is not on hold is not released.
    assert operator(authority).get("admin:pki_certificate_release", row.pk).status_code == 404
    assert not Revocation.objects.exists()


def test_a_look_at_the_form_is_recorded(authority: Authority, employee: Colleague) -> None:
    operator(authority).get("admin:pki_certificate_revoke", row_of(employee).pk)
    event = Event.objects.filter(kind="record.viewed").latest("sequence")
    assert event.facts["id"] == str(row_of(employee).pk)
    assert EMPLOYEE not in str(event.facts)


def test_sessions_end_with_the_authority_that_is_revoked(
    authority: Authority, person: Colleague
) -> None:
    assert person.get("my").status_code == 200
    serial = parse_certificate(bytes(authority.certificate_der)).serial_hex
    call_command("authority", "revoke", serial, "--reason=cACompromise", verbosity=0)
    assert person.get("my").status_code == 302
