"""Powers of attorney: filed by who holds one, counted only when an operator has checked it."""

from datetime import timedelta

import pytest

from pki.certificate import Role
from pki.models import Authority
from renewals.actor import NOBODY, WORKER, Actor, ActorKind
from renewals.errors import (
    DaysError,
    IncompleteError,
    MandateOverError,
    NoRightError,
    NotOperatorError,
    ReasonError,
    RenewalError,
)
from renewals.models import Event, Mandate
from renewals.rights import entitlement_of
from renewals.services import powers
from tests.renewals.firm import DAY, FIRST, LAST, OPERATOR, Firm, refusals, store_paper
from tests.renewals.people import NOW, TODAY, Holder, enrol_employee, enrol_holder, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def test_it_is_filed_for_oneself(employee: Holder) -> None:
    mandate = powers.file_power(actor=employee.actor, starts_on=FIRST, ends_on=LAST, now=NOW)
    assert (mandate.kind, mandate.holder_iin) == ("power_of_attorney", employee.iin)
    assert (mandate.bin, mandate.organisation) == (employee.actor.bin, employee.actor.organisation)
    assert (mandate.confirmed_at, mandate.signature, mandate.giver_iin) == (None, None, "")
    assert Event.objects.get(kind="mandate.filed").facts["mandate"] == mandate.pk
    assert list(Mandate.objects.unchecked()) == [mandate]


def test_nobody_files_one_without_an_organisation(authority: Authority) -> None:
    individual = enrol_holder(authority)
    nameless = enrol_employee(authority, Role.EMPLOYEE, iin="")
    for actor in (individual.actor, nameless.actor, NOBODY, OPERATOR):
        with pytest.raises(NoRightError):
            powers.file_power(actor=actor, starts_on=FIRST, ends_on=LAST, now=NOW)
    assert refusals() == ["approval.no_right"] * 4
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 4), (0, 367)])
def test_its_days_are_from_today_on_in_order_and_a_year_at_most(
    employee: Holder, first: int, last: int
) -> None:
    with pytest.raises(DaysError):
        powers.file_power(
            actor=employee.actor,
            starts_on=TODAY + first * DAY,
            ends_on=TODAY + last * DAY,
            now=NOW,
        )


def test_an_operator_confirms_it(firm: Firm) -> None:
    other, mandate = firm.trustee()
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    assert mandate.confirmed_at == NOW
    assert not Mandate.objects.unchecked().exists()
    assert entitlement_of(other.actor, now=NOW + 11 * DAY).mandate == mandate
    event = Event.objects.get(kind="mandate.confirmed")
    assert (event.actor_iin, event.facts["holder_iin"]) == (OPERATOR.iin, other.iin)


def test_an_operator_refuses_it_with_a_reason(firm: Firm) -> None:
    _other, mandate = firm.trustee()
    for reason in ("", "  \n"):
        with pytest.raises(ReasonError):
            powers.refuse(actor=OPERATOR, mandate=mandate, reason=reason, now=NOW)
    powers.refuse(actor=OPERATOR, mandate=mandate, reason=f" no stamp {'x' * 600}", now=NOW)
    assert mandate.refused_at == NOW
    assert mandate.reason.startswith("no stamp x")
    assert len(mandate.reason) == 500
    assert Event.objects.get(kind="mandate.refused").facts["reason"] == mandate.reason


def test_only_an_operator_confirms_and_refuses(firm: Firm, hr: Holder) -> None:
    other, mandate = firm.trustee()
    for actor in (firm.head.actor, hr.actor, other.actor, WORKER, NOBODY):
        with pytest.raises(NotOperatorError):
            powers.confirm(actor=actor, mandate=mandate, now=NOW)
        with pytest.raises(NotOperatorError):
            powers.refuse(actor=actor, mandate=mandate, reason="no", now=NOW)
    assert refusals() == ["renewal.not_operator"] * 10
    assert list(Mandate.objects.unchecked()) == [mandate]


def test_an_operator_does_not_check_his_own(firm: Firm) -> None:
    other, mandate = firm.trustee()
    same_person = Actor(kind=ActorKind.OPERATOR, iin=other.iin)
    with pytest.raises(NoRightError):
        powers.confirm(actor=same_person, mandate=mandate, now=NOW)
    with pytest.raises(NoRightError):
        powers.refuse(actor=same_person, mandate=mandate, reason="no", now=NOW)


def test_without_its_paper_there_is_nothing_to_check(employee: Holder) -> None:
    mandate = powers.file_power(actor=employee.actor, starts_on=FIRST, ends_on=LAST, now=NOW)
    with pytest.raises(IncompleteError):
        powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    store_paper(mandate)
    mandate.documents.update(stored_at=None)
    with pytest.raises(IncompleteError):
        powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    assert list(Mandate.objects.unchecked()) == [mandate]


def test_it_is_decided_about_once(firm: Firm) -> None:
    _other, mandate = firm.trustee()
    powers.refuse(actor=OPERATOR, mandate=mandate, reason="no stamp", now=NOW)
    with pytest.raises(MandateOverError):
        powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    with pytest.raises(MandateOverError):
        powers.refuse(actor=OPERATOR, mandate=mandate, reason="again", now=NOW)
    with pytest.raises(MandateOverError):
        powers.give_up(actor=OPERATOR, mandate=mandate, now=NOW)
    mandate.refresh_from_db()
    assert (mandate.reason, mandate.confirmed_at, mandate.ended_at) == ("no stamp", None, None)


def test_a_delegation_is_no_operators_to_check(head: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy)
    with pytest.raises(MandateOverError):
        powers.refuse(actor=OPERATOR, mandate=mandate, reason="no", now=NOW)
    with pytest.raises(MandateOverError):
        powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)


@pytest.mark.parametrize("confirmed", [True, False])
def test_its_holder_gives_it_up(firm: Firm, confirmed: bool) -> None:
    other, mandate = firm.trustee()
    if confirmed:
        powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    powers.give_up(actor=other.actor, mandate=mandate, now=NOW)
    assert mandate.ended_at == NOW
    with pytest.raises(MandateOverError):
        powers.give_up(actor=other.actor, mandate=mandate, now=NOW + timedelta(hours=1))
    assert Event.objects.filter(kind="mandate.ended").count() == 1


def test_nobody_else_ends_it_without_a_signature(firm: Firm, hr: Holder) -> None:
    """The head takes it back by a signed statement; see there."""
    _other, mandate = firm.trustee()
    for actor in (firm.head.actor, hr.actor, NOBODY, WORKER):
        with pytest.raises(RenewalError):
            powers.give_up(actor=actor, mandate=mandate, now=NOW)
    mandate.refresh_from_db()
    assert mandate.ended_at is None


def test_a_power_confirmed_after_its_last_day_gives_nothing(firm: Firm) -> None:
    other = enrol_employee(firm.authority, Role.EMPLOYEE, iin=iin_of(71))
    mandate = powers.file_power(actor=other.actor, starts_on=TODAY, ends_on=TODAY, now=NOW)
    store_paper(mandate)
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW + 2 * DAY)
    with pytest.raises(NoRightError):
        entitlement_of(other.actor, now=NOW + 2 * DAY)
