"""Who may approve: a table of role, relation and moment, by real certificates."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from pki.certificate import Role
from pki.models import Certificate
from pki.revocation import Reason
from renewals.actor import NOBODY, WORKER, Actor, ActorKind
from renewals.errors import NoRightError, RenewalError
from renewals.models import Renewal
from renewals.rights import entitlement_of, has_approver, require_other
from renewals.services import powers, revoking
from tests.renewals.firm import DAY, FIRST, LAST, NEWER, OPERATOR, Firm, revoke
from tests.renewals.people import (
    ALMATY,
    NOW,
    OTHER_ORGANISATION,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def noon(day: date) -> datetime:
    return at(day, time(12))


def at(day: date, clock: time) -> datetime:
    """A moment on the clocks of Almaty."""
    return datetime.combine(day, clock, ALMATY)


# --- the rows -------------------------------------------------------------------------------

Who = tuple[Actor, datetime]
ROWS: dict[str, tuple[Callable[[Firm], Who], str]] = {}


def row(expected: str) -> Callable[[Callable[[Firm], Who]], Callable[[Firm], Who]]:
    """A row of the table: a right, or the code of the refusal."""

    def add(build: Callable[[Firm], Who]) -> Callable[[Firm], Who]:
        ROWS[build.__name__.replace("_", " ")] = build, expected
        return build

    return add


@row("head")
def the_head(firm: Firm) -> Who:
    return firm.head.actor, NOW


@row("approval.former_head")
def the_head_after_another(firm: Firm) -> Who:
    firm.succeed()
    return firm.head.actor, NOW


@row("head")
def the_other_who_came_after_the_head(firm: Firm) -> Who:
    return firm.succeed().actor, NOW


@row("approval.former_head")
def the_head_after_another_whose_certificate_was_revoked(firm: Firm) -> Who:
    other = firm.succeed()
    revoke(other)
    return firm.head.actor, NOW


@row("approval.former_head")
def the_head_after_another_whose_certificate_has_ended(firm: Firm) -> Who:
    ended = enrol_employee(firm.authority, Role.HEAD, iin=iin_of(60), days_left=NEWER)
    certificate = next(iter(ended.certificates.values()))
    certificate.not_after = NOW - DAY
    certificate.save(update_fields=["not_after"])
    return firm.head.actor, NOW


@row("head")
def the_head_by_his_older_certificate(firm: Firm) -> Who:
    enrol_employee(firm.authority, Role.HEAD, iin=firm.head.iin, days_left=NEWER)
    return firm.head.actor, NOW


@row("head")
def the_head_beside_another_organisations_newer_head(firm: Firm) -> Who:
    enrol_employee(
        firm.authority,
        Role.HEAD,
        iin=iin_of(60),
        days_left=NEWER,
        organisation=OTHER_ORGANISATION,
    )
    return firm.head.actor, NOW


@row("hr")
def an_hr_employee(firm: Firm) -> Who:
    return firm.hire(Role.HR).actor, NOW


@row("hr")
def a_former_head_who_is_an_hr_employee_too(firm: Firm) -> Who:
    other = enrol_employee(
        firm.authority, Role.HEAD, Role.HR, iin=iin_of(50), days_left=timedelta(days=100)
    )
    return other.actor, NOW


@row("approval.no_right")
def signing_right_without_a_delegation(firm: Firm) -> Who:
    return firm.hire(Role.SIGNING_RIGHT).actor, NOW


@row("approval.no_right")
def financial_right(firm: Firm) -> Who:
    return firm.hire(Role.FINANCIAL_RIGHT).actor, NOW


@row("approval.no_right")
def an_employee(firm: Firm) -> Who:
    return firm.hire(Role.EMPLOYEE).actor, NOW


@row("approval.mandate_ended")
def a_delegate_a_second_before_his_first_day(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    return other.actor, at(FIRST, time(0)) - timedelta(seconds=1)


@row("delegation")
def a_delegate_in_the_first_second_of_his_first_day(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    return other.actor, at(FIRST, time(0))


@row("delegation")
def a_delegate_in_the_last_second_of_his_last_day(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    return other.actor, at(LAST, time(23, 59, 59))


@row("approval.mandate_ended")
def a_delegate_in_the_first_second_after_his_last_day(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    return other.actor, at(LAST + DAY, time(0))


@row("approval.mandate_taken")
def a_delegate_whose_right_was_taken_back(firm: Firm) -> Who:
    other, mandate = firm.deputy()
    firm.head.end(mandate)
    return other.actor, noon(FIRST)


@row("delegation")
def a_delegate_whose_older_right_was_taken_back(firm: Firm) -> Who:
    other, mandate = firm.deputy()
    firm.head.end(mandate)
    firm.head.delegate(other, starts_on=FIRST, ends_on=LAST)
    return other.actor, noon(FIRST)


@row("approval.mandate_taken")
def a_delegate_of_somebody_who_is_no_longer_the_head(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    firm.succeed()
    return other.actor, noon(FIRST)


@row("approval.no_right")
def a_delegate_by_a_certificate_without_signing_right(firm: Firm) -> Who:
    firm.deputy()
    return firm.hire(Role.EMPLOYEE).actor, noon(FIRST)


@row("approval.no_right")
def a_delegate_by_his_certificate_of_another_organisation(firm: Firm) -> Who:
    other, _mandate = firm.deputy()
    elsewhere = enrol_employee(
        firm.authority, Role.SIGNING_RIGHT, iin=other.iin, organisation=OTHER_ORGANISATION
    )
    return elsewhere.actor, noon(FIRST)


@row("approval.mandate_unchecked")
def a_power_of_attorney_that_nobody_has_checked(firm: Firm) -> Who:
    other, _mandate = firm.trustee()
    return other.actor, noon(FIRST)


@row("power_of_attorney")
def a_power_of_attorney_that_was_confirmed(firm: Firm) -> Who:
    other, mandate = firm.trustee()
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    return other.actor, noon(FIRST)


@row("power_of_attorney")
def a_power_of_attorney_of_an_earlier_head(firm: Firm) -> Who:
    """The organisation gave it, not the person."""
    other, mandate = firm.trustee()
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    firm.succeed()
    return other.actor, noon(FIRST)


@row("approval.mandate_taken")
def a_power_of_attorney_that_was_refused(firm: Firm) -> Who:
    other, mandate = firm.trustee()
    powers.refuse(actor=OPERATOR, mandate=mandate, reason="no stamp", now=NOW)
    return other.actor, noon(FIRST)


@row("approval.mandate_taken")
def a_power_of_attorney_that_was_ended(firm: Firm) -> Who:
    other, mandate = firm.trustee()
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    powers.give_up(actor=other.actor, mandate=mandate, now=NOW)
    return other.actor, noon(FIRST)


@row("approval.mandate_ended")
def a_power_of_attorney_that_is_over(firm: Firm) -> Who:
    other, mandate = firm.trustee()
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    return other.actor, noon(LAST + DAY)


@row("approval.no_right")
def an_individuals_certificate_of_the_head(firm: Firm) -> Who:
    return enrol_holder(firm.authority, iin=firm.head.iin).actor, NOW


@row("approval.no_right")
def an_individuals_certificate_that_says_head(firm: Firm) -> Who:
    facts = firm.head.actor
    return Actor(ActorKind.HOLDER, iin=facts.iin, roles=("individual", "head")), NOW


@row("approval.no_right")
def a_certificate_of_the_organisation_without_a_person(firm: Firm) -> Who:
    nameless = enrol_employee(firm.authority, Role.HR, iin="")
    return nameless.actor, NOW


@row("approval.no_right")
def nobody(firm: Firm) -> Who:
    return NOBODY, NOW


@row("approval.no_right")
def the_worker(firm: Firm) -> Who:
    return WORKER, NOW


@row("approval.no_right")
def an_operator(firm: Firm) -> Who:
    return OPERATOR, NOW


@pytest.mark.parametrize("name", ROWS)
def test_who_may_approve(firm: Firm, name: str) -> None:
    build, expected = ROWS[name]
    actor, moment = build(firm)
    assert outcome(lambda: entitlement_of(actor, now=moment).right.value) == expected


def outcome(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except NoRightError as error:
        return error.code


# --- about whom -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.HEAD, Role.HR, Role.SIGNING_RIGHT, Role.EMPLOYEE])
def test_nobody_decides_about_himself_by_whatever_certificate(
    firm: Firm, employee: Holder, role: Role
) -> None:
    renewal = employee.submit()
    same_person = enrol_employee(firm.authority, role, iin=employee.iin, days_left=NEWER)
    assert judge(renewal, same_person.actor) == "approval.own"


def test_nobody_decides_about_another_organisation(firm: Firm, employee: Holder) -> None:
    renewal = employee.submit()
    strangers = [
        enrol_employee(firm.authority, role, iin=firm.head.iin, organisation=OTHER_ORGANISATION)
        for role in (Role.HEAD, Role.HR)
    ]
    for stranger in strangers:
        assert judge(renewal, stranger.actor) == "approval.other_organisation"
    individual = enrol_holder(firm.authority, iin=firm.head.iin)
    assert judge(renewal, individual.actor) == "approval.other_organisation"


def test_nobody_without_a_number_of_his_own_decides(firm: Firm, employee: Holder) -> None:
    nameless = enrol_employee(firm.authority, Role.HR, iin="")
    assert judge(employee.submit(), nameless.actor) == "approval.own"


def test_an_individuals_application_is_nobodys_to_decide_about(firm: Firm, holder: Holder) -> None:
    renewal = holder.submit()
    for actor in (firm.head.actor, WORKER, NOBODY):
        assert judge(renewal, actor) == "approval.other_organisation"


def judge(renewal: Renewal, actor: Actor) -> str:
    try:
        require_other(renewal, actor)
    except RenewalError as error:
        return error.code
    return "allowed"


# --- is there anybody -----------------------------------------------------------------------


def test_an_organisation_without_anybody_else_has_no_approver(firm: Firm, employee: Holder) -> None:
    bin_, own = firm.bin, employee.iin
    assert has_approver(bin_, without_iin=own, now=NOW)
    assert not has_approver(bin_, without_iin=firm.head.iin, now=NOW)
    assert not has_approver("", without_iin=own, now=NOW)
    revoke(firm.head)
    assert not has_approver(bin_, without_iin=own, now=NOW)


@pytest.mark.parametrize("name", ROWS)
def test_there_is_an_approver_exactly_if_somebody_may_approve(
    firm: Firm, employee: Holder, name: str
) -> None:
    """The applicant is told that nobody can decide, or not, by the rule that decides."""
    build, expected = ROWS[name]
    actor, moment = build(firm)
    revoke_all_but(actor, firm)
    may = "." not in expected
    assert has_approver(firm.bin, without_iin=employee.iin, now=moment) is may


def revoke_all_but(actor: Actor, firm: Firm) -> None:
    """Only this certificate is left of the organisation."""
    others = Certificate.objects.of_organisation(firm.bin).exclude(fingerprint=actor.fingerprint)
    revoking.revoke(others, reason=Reason.UNSPECIFIED, actor=WORKER, now=NOW)
