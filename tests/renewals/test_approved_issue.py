"""From the approval to the certificate: asked once more, just before it is signed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pki.certificate import Purpose, Role, parse_certificate
from pki.models import Authority, Certificate, PlannedCertificate
from pki.revocation import Reason
from renewals.models import Event, Renewal
from renewals.services import claiming, ending, issuing, powers
from tests.renewals.firm import DAY, OPERATOR, Firm, revoke, states, store_paper
from tests.renewals.people import (
    DAYS_LEFT,
    NOW,
    ORGANISATION,
    TODAY,
    Holder,
    enrol_employee,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def issue(renewal: Renewal, *, later: timedelta = timedelta()) -> int:
    count = issuing.issue_due(now=NOW + later)
    renewal.refresh_from_db()
    return count


def assert_void(renewal: Renewal, holder: Holder) -> None:
    """It failed, for this reason, and no certificate was signed."""
    assert (renewal.state, renewal.reason) == ("failed", "approval.void")
    old = [row.pk for row in holder.certificates.values()]
    assert not Certificate.objects.for_iin(holder.iin).exclude(pk__in=old).exists()
    assert not PlannedCertificate.objects.filter(
        state="signed", pk__in=renewal.requests.values("plan")
    ).exists()
    event = Event.objects.get(kind="renewal.failed", renewal=renewal)
    assert event.facts["code"] == "approval.void"


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.SIGNING_RIGHT, Role.FINANCIAL_RIGHT])
@pytest.mark.parametrize("purposes", [(Purpose.COMBINED,), (Purpose.AUTH, Purpose.SIGN)])
def test_the_new_certificate_says_the_same_of_the_organisation(
    authority: Authority, head: Holder, role: Role, purposes: tuple[Purpose, ...]
) -> None:
    person = enrol_employee(authority, role, iin=iin_of(4), days_left=DAYS_LEFT, purposes=purposes)
    renewal = person.submit()
    assert issue(renewal) == 0
    head.approve(renewal)
    assert issue(renewal) == 1
    for row in renewal.requests.select_related("certificate"):
        assert row.certificate is not None
        new = parse_certificate(bytes(row.certificate.der))
        old = person.certificates[Purpose(row.purpose)].facts
        assert new.subject.der == old.subject.der
        assert (new.subject.organisation, new.subject.bin) == ORGANISATION
        assert new.roles == old.roles == (Role.LEGAL_ENTITY, role)
        assert row.certificate.company_role == role.value
        assert row.certificate.bin == ORGANISATION[1]
    person.install(renewal)
    assert renewal.state == "installed"


def test_many_are_issued_after_one_approval(firm: Firm) -> None:
    renewals = firm.applications(20)
    firm.head.approve(*renewals)
    assert issuing.issue_due(now=NOW, linted=False) == 20
    assert set(states(*renewals)) == {"issued"}


# --- the approver has lost the right --------------------------------------------------------

Loss = Callable[[Firm], tuple[Holder, Callable[[], None]]]


def the_head_is_revoked(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    return firm.head, lambda: revoke(firm.head)


def the_head_is_followed(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    return firm.head, lambda: (firm.succeed(), None)[1]


def hr_is_dismissed(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    other = firm.hire(Role.HR)
    return other, lambda: firm.head.dismiss(other)


def the_delegation_is_taken_back(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    other = firm.hire(Role.SIGNING_RIGHT)
    mandate = firm.head.delegate(other)
    return other, lambda: firm.head.end(mandate)


def the_delegate_is_dismissed(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    other = firm.hire(Role.SIGNING_RIGHT)
    firm.head.delegate(other)
    return other, lambda: firm.head.dismiss(other)


def the_delegates_head_is_followed(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    other = firm.hire(Role.SIGNING_RIGHT)
    firm.head.delegate(other)
    return other, lambda: (firm.succeed(), None)[1]


def the_power_of_attorney_is_ended(firm: Firm) -> tuple[Holder, Callable[[], None]]:
    other = firm.hire(Role.EMPLOYEE)
    mandate = powers.file_power(actor=other.actor, starts_on=TODAY, ends_on=TODAY, now=NOW)
    store_paper(mandate)
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    return other, lambda: powers.give_up(actor=OPERATOR, mandate=mandate, now=NOW)


LOSSES: list[Loss] = [
    the_head_is_revoked,
    the_head_is_followed,
    hr_is_dismissed,
    the_delegation_is_taken_back,
    the_delegate_is_dismissed,
    the_delegates_head_is_followed,
    the_power_of_attorney_is_ended,
]


@pytest.mark.parametrize("lose", LOSSES)
def test_an_approval_is_void_when_the_right_is_lost_before_the_issue(
    firm: Firm, employee: Holder, lose: Loss
) -> None:
    approver, happens = lose(firm)
    renewal = employee.submit()
    approver.approve(renewal)
    happens()
    assert issue(renewal) == 0
    assert_void(renewal, employee)


@pytest.mark.parametrize("lose", LOSSES)
def test_an_approval_is_void_when_the_right_is_lost_under_the_hands_of_the_worker(
    firm: Firm, employee: Holder, lose: Loss
) -> None:
    approver, happens = lose(firm)
    renewal = employee.submit()
    approver.approve(renewal)
    claims = claiming.claim(now=NOW)
    happens()
    assert list(issuing._still_good(claims, now=NOW)) == []
    renewal.refresh_from_db()
    assert_void(renewal, employee)


@pytest.mark.parametrize("lose", LOSSES)
def test_what_was_issued_stays_when_the_right_is_lost_afterwards(
    firm: Firm, employee: Holder, lose: Loss
) -> None:
    approver, happens = lose(firm)
    renewal = employee.submit()
    approver.approve(renewal)
    assert issue(renewal) == 1
    happens()
    employee.install(renewal)
    assert renewal.state == "installed"


def test_a_void_approval_stays_void_until_an_operator_closes_it(
    firm: Firm, employee: Holder, hr: Holder
) -> None:
    renewal = employee.submit()
    hr.approve(renewal)
    firm.head.dismiss(hr)
    issue(renewal)
    ending.retry(actor=OPERATOR, renewal=renewal, now=NOW)
    assert issue(renewal) == 0
    assert (renewal.state, renewal.reason) == ("failed", "approval.void")
    ending.reject(actor=OPERATOR, renewal=renewal, reason="file a new one", now=NOW)
    again = employee.submit()
    firm.head.approve(again)
    assert issue(again) == 1


def test_an_approval_outlives_the_approvers_certificate(
    authority: Authority, employee: Holder
) -> None:
    """That it has ended takes no right away; that it was revoked does, be it over or not."""
    head = enrol_employee(authority, Role.HEAD, iin=iin_of(1), days_left=DAY)
    renewal = employee.submit()
    head.approve(renewal)
    assert issue(renewal, later=2 * DAY) == 1


def test_an_approval_by_what_was_revoked_and_has_ended_is_void(
    authority: Authority, employee: Holder
) -> None:
    head = enrol_employee(authority, Role.HEAD, iin=iin_of(1), days_left=DAY)
    renewal = employee.submit()
    head.approve(renewal)
    revoke(head)
    assert issue(renewal, later=2 * DAY) == 0
    assert_void(renewal, employee)


def test_an_application_moved_on_without_a_decision_is_not_issued(employee: Holder) -> None:
    """As somebody with the database in his hands might do it."""
    renewal = employee.submit()
    Renewal.objects.filter(pk=renewal.pk).update(state="approved")
    assert issue(renewal) == 0
    assert_void(renewal, employee)


def test_the_applicant_dismissed_meanwhile_is_issued_nothing(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    head.approve(renewal)
    head.dismiss(employee)
    assert issue(renewal) == 0
    assert renewal.state == "lapsed"


def test_an_approver_who_replaces_his_certificate_takes_nothing_back(
    firm: Firm, employee: Holder
) -> None:
    renewal = employee.submit()
    firm.head.approve(renewal)
    revoke(firm.head, reason=Reason.SUPERSEDED)
    assert issue(renewal) == 1


def test_one_void_approval_holds_up_nobody_else(firm: Firm, hr: Holder) -> None:
    good, void = firm.applications(2)
    firm.head.approve(good)
    hr.approve(void)
    firm.head.dismiss(hr)
    assert issuing.issue_due(now=NOW) == 1
    assert states(good, void) == ["issued", "failed"]
