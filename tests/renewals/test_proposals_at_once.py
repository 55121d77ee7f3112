"""Two who confirm, confirm and refuse, or propose at the same moment: one outcome."""

from functools import partial

import pytest

from pki.models import Acceptance, Authority
from renewals.audit.chain import find_break
from renewals.models import Event, Proposal, ProposalKind
from renewals.oversight_errors import ProposalOpenError, ProposalOverError
from renewals.services import proposing
from renewals.services.trust.changes import Standing, TrustChange
from tests.renewals.operators import operator
from tests.renewals.outside import Outside
from tests.renewals.parallel import race
from tests.renewals.people import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
ROUNDS = 3


def terms(number: int) -> dict[str, object]:
    return TrustChange(f"n{number}", Outside().der, Standing(Acceptance.BOTH)).terms


def loser(errors: list[Exception | None]) -> Exception:
    assert errors.count(None) == len(errors) - 1
    return next(error for error in errors if error is not None)


def assert_whole() -> None:
    assert find_break(Event.objects.order_by("sequence")) is None


def test_of_two_confirmations_one_counts(authority: Authority) -> None:
    first, second, third = (operator(authority, number) for number in (71, 72, 73))
    for number in range(ROUNDS):
        proposal = first.propose(ProposalKind.TRUST, terms(number))
        works = [partial(one.sign, one.read(proposal)) for one in (second, third)]
        assert isinstance(loser(race(*works)), ProposalOverError)
        assert Authority.objects.filter(name=f"n{number}").count() == 1
    assert Event.objects.filter(kind="trust.changed").count() == ROUNDS
    assert_whole()


def test_of_a_confirmation_and_a_refusal_one_counts(authority: Authority) -> None:
    first, second, third = (operator(authority, number) for number in (71, 72, 73))
    for number in range(ROUNDS):
        proposal = first.propose(ProposalKind.TRUST, terms(number))
        refuse = partial(
            proposing.refuse, actor=third.actor, proposal=proposal, reason="x", now=NOW
        )
        error = loser(race(partial(second.sign, second.read(proposal)), refuse))
        assert isinstance(error, ProposalOverError)
        state = Proposal.objects.get(pk=proposal.pk).state
        done = Authority.objects.filter(name=f"n{number}").exists()
        assert (state, done) in {("confirmed", True), ("refused", False)}
    assert_whole()


def test_of_two_proposals_of_one_thing_one_counts(authority: Authority) -> None:
    first, second = operator(authority, 71), operator(authority, 72)
    for number in range(ROUNDS):
        works = []
        for one in (first, second):
            text = one.state(ProposalKind.TRUST, terms(number))
            cms = one.holder.sign(text)
            works.append(
                partial(proposing.propose, actor=one.actor, statement_id=text.pk, cms=cms, now=NOW)
            )
        assert isinstance(loser(race(*works)), ProposalOpenError)
    assert Proposal.objects.count() == ROUNDS
    assert_whole()
