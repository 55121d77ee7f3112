"""What needs two operators is never done by one, by others, or otherwise than both have signed."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from pki.errors import CMSContentError, RevokedError
from pki.models import Acceptance, Authority
from renewals.actor import ActorKind
from renewals.errors import (
    NotOperatorError,
    ReasonError,
    SignerError,
    StatementError,
    StatementExpiredError,
    StatementSpentError,
)
from renewals.models import Event, Proposal, ProposalKind, Signature, Statement
from renewals.oversight_errors import (
    OwnProposalError,
    ProposalOpenError,
    ProposalOverError,
    ProposerError,
    TrustChangedError,
)
from renewals.services import proposing
from renewals.services.trust.changes import Standing, TrustChange
from renewals.statement import group_hex
from tests.renewals.firm import revoke
from tests.renewals.operators import Operator, operator
from tests.renewals.outside import Outside
from tests.renewals.people import NOW, Holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
TRUST = ProposalKind.TRUST


@pytest.fixture
def first(authority: Authority) -> Operator:
    return operator(authority, 71)


@pytest.fixture
def second(authority: Authority) -> Operator:
    return operator(authority, 72)


@pytest.fixture
def terms() -> dict[str, object]:
    """A root of somebody else's, for signing in."""
    after = Standing(Acceptance.SIGN_IN)
    return TrustChange("national", Outside().der, after).terms


def refused() -> list[str]:
    events = Event.objects.filter(kind="proposal.refused").order_by("sequence")
    return [str(event.facts["code"]) for event in events]


def assert_nothing_done() -> None:
    assert not Authority.objects.filter(name="national").exists()
    assert not Event.objects.filter(kind="trust.changed").exists()


def test_two_operators_do_it(first: Operator, second: Operator, terms: dict[str, object]) -> None:
    proposal = first.propose(TRUST, terms)
    assert_nothing_done()
    assert (proposal.state, proposal.subject) == ("waiting", "trust:national")
    done = second.confirm(proposal)
    assert (done.state, done.settled_at) == ("confirmed", NOW)
    assert done.second is not None
    row = Authority.objects.get(name="national")
    assert (row.accepted_for, row.key_name, row.parent) == ("sign_in", "", None)
    # Both signatures are kept, and what was said stands in both texts.
    kept = {done.first.signer_iin, done.second.signer_iin}
    assert kept == {first.holder.iin, second.holder.iin}
    digest = hashlib.sha256(bytes(row.certificate_der)).hexdigest()
    for signature in (done.first, done.second):
        assert f"SHA-256: {group_hex(digest)}" in signature.statement.text
    kinds = list(Event.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds[-3:] == ["proposal.made", "trust.changed", "proposal.settled"]
    changed = Event.objects.get(kind="trust.changed")
    assert changed.actor_iin == second.holder.iin
    assert changed.facts["proposed_by"] == first.holder.iin
    assert refused() == []


def test_who_proposed_it_does_not_confirm_it_by_whatever_certificate(
    authority: Authority, first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    # The same person, another certificate.
    other = operator(authority, 71)
    for same in (first, other):
        with pytest.raises(OwnProposalError):
            same.read(proposal)
    # A text that was drawn for the second is nobody else's.
    text = second.read(proposal)
    for same in (first, other):
        with pytest.raises(StatementError):
            same.sign(text)
    assert refused() == ["proposal.own"] * 2 + ["statement.unknown"] * 2
    assert_nothing_done()


def test_even_a_text_of_his_own_is_of_no_use_to_who_proposed_it(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    # Whatever stands in the row: the rule is asked again when it is signed.
    Statement.objects.filter(pk=text.pk).update(
        binding=Statement.objects.get(pk=proposal.first.statement_id).binding
    )
    with pytest.raises(OwnProposalError):
        first.sign(text)
    assert_nothing_done()


def test_only_operators_propose_confirm_and_refuse(
    first: Operator, second: Operator, holder: Holder, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    stranger = Operator(holder)
    for act in (
        lambda: stranger.state(TRUST, terms),
        lambda: stranger.read(proposal),
        lambda: stranger.sign(text),
        lambda: proposing.refuse(actor=stranger.actor, proposal=proposal, reason="x", now=NOW),
    ):
        with pytest.raises(NotOperatorError):
            act()
    # In the group, but signed in as a holder.
    as_holder = replace(second.actor, kind=ActorKind.HOLDER)
    with pytest.raises(NotOperatorError):
        proposing.confirm(
            actor=as_holder, statement_id=text.pk, cms=second.holder.sign(text), now=NOW
        )
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert_nothing_done()


def test_both_are_operators_when_it_is_done(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    call_command("operators", "remove", first.holder.iin, verbosity=0)
    with pytest.raises(ProposerError):
        second.sign(text)
    call_command("operators", "add", first.holder.iin, verbosity=0)
    call_command("operators", "remove", second.holder.iin, verbosity=0)
    with pytest.raises(NotOperatorError):
        second.sign(text)
    assert_nothing_done()


def test_a_certificate_that_was_revoked_meanwhile_proposes_nothing(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    revoke(first.holder)
    with pytest.raises(ProposerError):
        second.sign(text)
    assert_nothing_done()


def test_a_revoked_certificate_confirms_nothing(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    text = second.read(first.propose(TRUST, terms))
    revoke(second.holder)
    with pytest.raises(RevokedError):
        second.sign(text)
    assert_nothing_done()


def test_somebody_elses_signature_is_refused(
    first: Operator, second: Operator, holder: Holder, terms: dict[str, object]
) -> None:
    text = first.state(TRUST, terms)
    with pytest.raises(SignerError):
        proposing.propose(
            actor=first.actor, statement_id=text.pk, cms=second.holder.sign(text), now=NOW
        )
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    for other in (holder, first.holder):
        with pytest.raises(SignerError):
            second.sign(text, other.sign(text))
    # Neither text serves as the other.
    with pytest.raises(CMSContentError):
        second.sign(text, bytes(proposal.first.cms_der))
    assert_nothing_done()


def test_a_signature_is_used_once(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    used = proposal.first.statement
    again = proposing.propose(
        actor=first.actor, statement_id=used.pk, cms=first.holder.sign(used), now=NOW
    )
    assert again == proposal
    text = second.read(proposal)
    assert second.sign(text) == second.sign(text)
    assert Authority.objects.filter(name="national").count() == 1
    assert Event.objects.filter(kind="trust.changed").count() == 1
    assert Signature.objects.filter(statement__purpose="confirmation").count() == 1
    # And what was spent without a signature is refused.
    other = Statement.objects.create(
        purpose="confirmation",
        text="x",
        nonce="x",
        language="ru",
        binding=text.binding,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        spent_at=NOW,
    )
    with pytest.raises(StatementSpentError):
        second.sign(other, b"x")


def test_terms_that_differ_from_the_signed_texts_are_refused(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    changed = {**terms, "after": {**Standing(Acceptance.BOTH).as_terms()}}
    # Between text and signature.
    text = first.state(TRUST, terms)
    Statement.objects.filter(pk=text.pk).update(terms={"kind": "trust", "terms": changed})
    with pytest.raises(StatementError):
        proposing.propose(
            actor=first.actor, statement_id=text.pk, cms=first.holder.sign(text), now=NOW
        )
    # Between the first signature and the second text.
    proposal = first.propose(TRUST, terms)
    Proposal.objects.update(terms=changed)
    proposal.refresh_from_db()
    with pytest.raises(StatementError):
        second.read(proposal)
    # Between the second text and its signature.
    Proposal.objects.update(terms=terms)
    proposal.refresh_from_db()
    text = second.read(proposal)
    Proposal.objects.update(terms=changed)
    with pytest.raises(StatementError):
        second.sign(text)
    assert_nothing_done()


def test_a_first_signature_that_was_exchanged_is_no_signature(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    forged = second.holder.sign(proposal.first.statement)
    Signature.objects.filter(pk=proposal.first_id).update(cms_der=forged)
    proposal = Proposal.objects.get()
    with pytest.raises(StatementError):
        second.read(proposal)
    # A name that nobody signed with.
    Signature.objects.filter(pk=proposal.first_id).update(signer_iin=second.holder.iin)
    with pytest.raises(OwnProposalError):
        second.read(Proposal.objects.get())


def test_one_is_open_for_each_thing(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    waiting = first.state(TRUST, terms)
    proposal = first.propose(TRUST, terms)
    with pytest.raises(ProposalOpenError):
        second.state(TRUST, terms)
    # Drawn before, signed after.
    with pytest.raises(ProposalOpenError):
        proposing.propose(
            actor=first.actor, statement_id=waiting.pk, cms=first.holder.sign(waiting), now=NOW
        )
    assert Proposal.objects.get() == proposal
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            kind="trust",
            subject=proposal.subject,
            first=proposal.first,
            created_at=NOW,
            expires_at=NOW,
        )


def test_a_refusal_has_a_reason_and_ends_it(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    text = second.read(proposal)
    with pytest.raises(ReasonError):
        proposing.refuse(actor=second.actor, proposal=proposal, reason="  ", now=NOW)
    proposing.refuse(actor=second.actor, proposal=proposal, reason="Другой отпечаток", now=NOW)
    assert (proposal.state, proposal.reason) == ("refused", "Другой отпечаток")
    assert proposal.refused_by == second.actor.name
    with pytest.raises(ProposalOverError):
        second.sign(text)
    with pytest.raises(ProposalOverError):
        proposing.refuse(actor=first.actor, proposal=proposal, reason="x", now=NOW)
    # Then it can be proposed anew, and who proposed it may take it back.
    again = first.propose(TRUST, terms)
    proposing.refuse(actor=first.actor, proposal=again, reason="Ошибка", now=NOW)
    assert_nothing_done()


def test_what_waits_too_long_lapses(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    later = NOW + proposing.LIFETIME
    assert proposing.lapse_due(now=later - timedelta(seconds=1)) == 0
    # Even where no worker has looked yet.
    with pytest.raises(ProposalOverError):
        proposing.state_confirmation(
            proposal=proposal, actor=second.actor, language="en", now=later
        )
    assert proposing.lapse_due(now=later) == 1
    assert proposing.lapse_due(now=later) == 0
    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_at) == ("lapsed", later)


def test_a_text_lives_an_hour(first: Operator, terms: dict[str, object]) -> None:
    text = first.state(TRUST, terms)
    with pytest.raises(StatementExpiredError):
        proposing.propose(
            actor=first.actor,
            statement_id=text.pk,
            cms=first.holder.sign(text),
            now=NOW + timedelta(hours=2),
        )


def test_what_cannot_be_done_any_more_is_not_confirmed(first: Operator, second: Operator) -> None:
    outside = Outside()
    row = outside.pin(accepted_for=Acceptance.SIGN_IN)
    change = TrustChange.of(row, Standing(Acceptance.NOTHING))
    text = second.read(first.propose(TRUST, change.terms))
    Authority.objects.filter(pk=row.pk).update(accepted_for="both")
    with pytest.raises(TrustChangedError):
        second.sign(text)
    row.refresh_from_db()
    assert row.accepted_for == "both"


def test_the_database_keeps_the_rule_too(
    first: Operator, second: Operator, terms: dict[str, object]
) -> None:
    proposal = first.propose(TRUST, terms)
    for columns in (
        {"state": "confirmed", "settled_at": NOW},
        {"state": "confirmed", "settled_at": NOW, "second": proposal.first},
        {"state": "refused", "settled_at": NOW},
        {"state": "refused", "reason": "x"},
        {"settled_at": NOW},
        {"state": "done", "settled_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**columns)
