"""Several at once, in transactions of their own: one outcome, and everybody told which."""

from functools import partial

import pytest

from pki.certificate import Role
from pki.models import Authority, Certificate
from renewals.audit.chain import find_break
from renewals.errors import (
    DecidedError,
    DismissalError,
    MandateOverError,
    NotAwaitingError,
)
from renewals.models import Decision, Event, Renewal, Verdict
from renewals.services import ending, issuing, reminding
from tests.renewals.firm import DAY, Firm, refusals, states
from tests.renewals.parallel import race
from tests.renewals.people import DAYS_LEFT, NOW, Holder, enrol_employee, iin_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
ROUNDS = 20


def applicant(authority: Authority, number: int) -> Holder:
    return enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(100 + number), days_left=DAYS_LEFT)


def assert_chain_whole() -> None:
    assert find_break(Event.objects.order_by("sequence")) is None


def loser(errors: list[Exception | None]) -> Exception:
    """The one that was refused; exactly one was not."""
    assert errors.count(None) == len(errors) - 1
    return next(error for error in errors if error is not None)


def test_of_two_approvals_one_counts(authority: Authority, head: Holder, hr: Holder) -> None:
    for number in range(ROUNDS):
        renewal = applicant(authority, number).submit()
        lists = [(one, one.state(renewal)) for one in (head, hr)]
        works = [partial(one.decide, text) for one, text in lists]
        error = loser(race(*works))
        assert isinstance(error, DecidedError)
        decision = Decision.objects.get(renewal=renewal)
        assert error.facts == {
            "number": renewal.number,
            "name": decision.approver_name,
            "decided_at": NOW.isoformat(),
            "verdict": "approve",
        }
        assert states(renewal) == ["approved"]
        assert refusals(renewal) == ["approval.decided"]
        assert Event.objects.filter(kind="renewal.approved", renewal=renewal).count() == 1
    assert_chain_whole()


def test_of_an_approval_and_a_refusal_one_counts(
    authority: Authority, head: Holder, hr: Holder
) -> None:
    for number in range(ROUNDS):
        renewal = applicant(authority, number).submit()
        yes = head.state(renewal)
        no = hr.state(renewal, verdict=Verdict.REJECT, reason="not_needed")
        error = loser(
            race(partial(head.decide, yes), partial(hr.decide, no, verdict=Verdict.REJECT))
        )
        assert isinstance(error, DecidedError)
        decision = Decision.objects.get(renewal=renewal)
        assert (error.facts["name"], error.facts["verdict"]) == (
            decision.approver_name,
            decision.verdict,
        )
        expected = "approved" if decision.verdict == "approve" else "rejected"
        assert states(renewal) == [expected]
    assert_chain_whole()


def test_the_same_post_many_times_at_once_is_one_decision(
    authority: Authority, head: Holder
) -> None:
    for number in range(5):
        renewal = applicant(authority, number).submit()
        statement = head.state(renewal)
        cms = head.sign(statement)
        assert race(*[partial(head.decide, statement, cms)] * 8) == [None] * 8
        assert Decision.objects.filter(renewal=renewal).count() == 1
        assert refusals(renewal) == refusals() == []
    assert_chain_whole()


def test_lists_that_overlap_share_what_they_name(firm: Firm, hr: Holder) -> None:
    """Each application is decided once; who was second reads of each that it was decided."""
    for number in range(5):
        renewals = [applicant(firm.authority, 10 * number + offset).submit() for offset in range(9)]
        first, second = firm.head.state(*renewals[:6]), hr.state(*renewals[:2:-1])
        errors = race(partial(firm.head.decide, first), partial(hr.decide, second))
        assert errors == [None, None]
        assert set(states(*renewals)) == {"approved"}
        decided = Decision.objects.filter(renewal__in=renewals)
        assert decided.count() == 9
        told = [refusals(renewal) for renewal in renewals]
        assert told.count(["approval.decided"]) == 3
        assert told.count([]) == 6
    assert_chain_whole()


def test_of_an_approval_and_a_withdrawal_one_counts(authority: Authority, head: Holder) -> None:
    for number in range(ROUNDS):
        person = applicant(authority, number)
        renewal = person.submit()
        statement = head.state(renewal)
        own = Renewal.objects.get(pk=renewal.pk)
        approved, withdrawn = race(
            partial(head.decide, statement),
            partial(ending.withdraw, actor=person.actor, renewal=own, now=NOW),
        )
        assert (approved is None) is not (withdrawn is None)
        assert states(renewal) == ["approved" if approved is None else "withdrawn"]
        if approved is not None:
            assert isinstance(approved, NotAwaitingError)
    assert_chain_whole()


def test_of_an_approval_and_a_lapse_one_counts(authority: Authority, head: Holder) -> None:
    for number in range(ROUNDS):
        person = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(100 + number))
        renewal = person.submit(NOW)
        late = NOW + 30 * DAY
        statement = head.state(renewal, now=late)
        approved, swept = race(
            partial(head.decide, statement, now=late), partial(ending.lapse_due, now=late)
        )
        assert swept is None
        assert states(renewal) == ["approved" if approved is None else "lapsed"]
    assert_chain_whole()


def test_dismissed_while_approved_and_issued_nobody_keeps_a_certificate(
    authority: Authority, head: Holder, hr: Holder
) -> None:
    """Approver, worker and head at once, whoever is faster."""
    for number in range(ROUNDS):
        person = applicant(authority, number)
        renewal, other = person.submit(), applicant(authority, 500 + number).submit()
        if number % 2:
            hr.approve(renewal)
        statement = hr.state(other) if number % 2 else hr.state(renewal, other)
        errors = race(
            partial(head.dismiss, person),
            partial(hr.decide, statement),
            partial(issuing.issue_due, now=NOW, linted=False),
            partial(issuing.issue_due, now=NOW, linted=False),
        )
        assert errors == [None] * 4
        assert states(renewal) == ["lapsed"]
        assert not Certificate.objects.for_iin(person.iin).unrevoked().exists()
        assert states(other)[0] in {"approved", "issued"}
    assert_chain_whole()


def test_dismissed_twice_at_once_is_dismissed_once(authority: Authority, head: Holder) -> None:
    for number in range(5):
        person = applicant(authority, number)
        error = loser(race(*[partial(head.dismiss, person)] * 2))
        assert isinstance(error, DismissalError)
        assert Event.objects.filter(kind="person.dismissed", facts__iin=person.iin).count() == 1
    assert_chain_whole()


def test_taken_back_twice_at_once_a_right_ends_once(head: Holder, deputy: Holder) -> None:
    for _round in range(5):
        mandate = head.delegate(deputy)
        error = loser(race(*[partial(head.end, mandate)] * 2))
        assert isinstance(error, MandateOverError)
        ended = Event.objects.filter(kind="mandate.ended", facts__mandate=mandate.pk)
        assert ended.count() == 1
    assert_chain_whole()


def test_two_workers_tell_of_an_undecided_application_once(authority: Authority) -> None:
    renewals = [
        enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(100 + number)).submit()
        for number in range(ROUNDS)
    ]
    tell = [partial(reminding.tell_undecided, now=NOW + 3 * DAY)] * 4
    assert race(*tell) == [None] * 4
    for renewal in renewals:
        assert renewal.events.filter(kind="renewal.undecided").count() == 1
    assert_chain_whole()
