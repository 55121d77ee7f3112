"""What one operator proposes and another confirms: each by a signature, nothing by one alone.

What a kind of proposal does stands in `proposals.table`. Nothing is done that does not stand in
both signed texts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from renewals.actor import WORKER, Actor
from renewals.errors import ReasonError, StatementError
from renewals.events import EventKind
from renewals.models import Proposal, ProposalKind, ProposalState, Signature, Statement
from renewals.oversight_errors import ProposalOpenError, ProposalOverError
from renewals.services import journal, statements
from renewals.services.proposals import hands, texts
from renewals.services.proposals.kinds import ProposalActors, ProposedAct, Terms
from renewals.services.proposals.table import PROPOSED_ACTS
from renewals.services.verification import Proof, keep
from renewals.statement import StatementPurpose, speak

# How long the first signature waits for the second.
LIFETIME = timedelta(days=7)
# How long a text waits for its signature.
STATEMENT_LIFETIME = timedelta(hours=1)
REASON_LENGTH = 500


# --- the first ----------------------------------------------------------------------------


def state_proposal(
    *, kind: ProposalKind, terms: Terms, actor: Actor, language: str, now: datetime
) -> Statement:
    """The text by which an operator proposes it.

    Raises `NotOperatorError`, `ProposalOpenError`, `StatementError` for terms that cannot be read,
    and whatever the kind's own check does.
    """
    act = PROPOSED_ACTS[kind]
    with hands.refusals(actor=actor, now=now):
        hands.require_serving(actor)
        _require_free(act.subject(terms))
        act.check(terms, now)
    with speak(language):
        return statements.create(
            StatementPurpose.PROPOSAL,
            lines=[*texts.describe_signer(actor), ("", ""), *texts.describe(kind, terms)],
            closing=str(act.proposed),
            language=language,
            now=now,
            lifetime=STATEMENT_LIFETIME,
            binding=hands.binding_of(actor),
            terms={"kind": kind.value, "terms": dict(terms)},
        )


def propose(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> Proposal:
    """Take the first signature. A repetition changes nothing and returns the same.

    Raises `PKIError`, `StatementError` and its kinds, `SignerError`, `NotOperatorError`,
    `ProposalOpenError`, and whatever the kind's own check does.
    """
    with hands.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        hands.require_serving(actor)
        statement = _fetch(statement_id, StatementPurpose.PROPOSAL, actor, now)
        proof = hands.verify_own(statement, cms, actor=actor, now=now)
        drawn = _Drawn.of(statement)
        texts.require_proposes(statement, drawn.kind, drawn.terms)
        drawn.act.check(drawn.terms, now)
        with transaction.atomic():
            statements.spend(statement, now=now)
            proposal = _write(drawn, keep(statement, proof, now=now), now=now)
            _record(EventKind.PROPOSAL_MADE, proposal, hands.acting(proof), now=now)
    return Proposal.objects.get(first__statement=statement_id)


def _write(drawn: "_Drawn", signature: Signature, *, now: datetime) -> Proposal:
    try:
        with transaction.atomic():
            return Proposal.objects.create(
                kind=drawn.kind.value,
                subject=drawn.act.subject(drawn.terms),
                terms=dict(drawn.terms),
                first=signature,
                created_at=now,
                expires_at=now + LIFETIME,
            )
    except IntegrityError as error:
        raise ProposalOpenError from error


def _require_free(subject: str) -> None:
    waiting = Proposal.objects.filter(subject=subject, state=ProposalState.WAITING.value)
    if waiting.exists():
        raise ProposalOpenError


# --- the second ---------------------------------------------------------------------------


def state_confirmation(
    *, proposal: Proposal, actor: Actor, language: str, now: datetime
) -> Statement:
    """The text by which another operator confirms it; it says all that the first one said.

    Raises `NotOperatorError`, `OwnProposalError`, `ProposalOverError`, `ProposerError`,
    `StatementError`, and whatever the kind's own check does.
    """
    act = PROPOSED_ACTS[ProposalKind(proposal.kind)]
    with hands.refusals(actor=actor, now=now):
        _require_confirmable(proposal, actor, now=now)
        act.check(proposal.terms, now)
    with speak(language):
        return statements.create(
            StatementPurpose.CONFIRMATION,
            lines=[*texts.describe_signer(actor), ("", ""), *texts.describe_proposal(proposal)],
            closing=str(act.confirmed),
            language=language,
            now=now,
            lifetime=STATEMENT_LIFETIME,
            binding=hands.binding_of(actor),
            terms={"proposal": proposal.pk},
        )


def confirm(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> Proposal:
    """Take the second signature and carry it out, in one transaction.

    A repetition changes nothing. Raises `PKIError`, `StatementError` and its kinds,
    `SignerError`, `NotOperatorError`, `OwnProposalError`, `ProposalOverError`, `ProposerError`,
    and whatever the kind raises.
    """
    with hands.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        hands.require_serving(actor)
        statement = _fetch(statement_id, StatementPurpose.CONFIRMATION, actor, now)
        proof = hands.verify_own(statement, cms, actor=actor, now=now)
        proposal = _proposal_of(statement)
        second = hands.acting(proof)
        first = _require_confirmable(proposal, second, now=now)
        texts.require_confirms(statement, proposal)
        with transaction.atomic():
            _carry_out(proposal, statement, proof, ProposalActors(first, second), now=now)
    return Proposal.objects.get(second__statement=statement_id)


def _carry_out(
    proposal: Proposal,
    statement: Statement,
    proof: Proof,
    actors: ProposalActors,
    *,
    now: datetime,
) -> None:
    """Everything is held before the first event is written; only then it is asked again whether
    it can be done: of two who confirm at once the later one hears that it is over.
    """
    held = _hold(proposal, now=now)
    statements.spend(statement, now=now)
    held.state, held.settled_at = ProposalState.CONFIRMED.value, now
    held.second = keep(statement, proof, now=now)
    held.save(update_fields=["state", "settled_at", "second"])
    act = PROPOSED_ACTS[ProposalKind(held.kind)]
    act.check(held.terms, now)
    act.carry_out(held, actors, now)
    _record(EventKind.PROPOSAL_SETTLED, held, actors.second, now=now)


def _require_confirmable(proposal: Proposal, actor: Actor, *, now: datetime) -> Actor:
    """Returns who proposed it; his text says what is kept."""
    hands.require_serving(actor)
    hands.require_second(proposal, actor)
    _require_waiting(proposal, now=now)
    first = hands.first_of(proposal, now=now)
    texts.require_proposes(proposal.first.statement, ProposalKind(proposal.kind), proposal.terms)
    return first


def _proposal_of(statement: Statement) -> Proposal:
    rows = Proposal.objects.select_related("first__statement")
    proposal = rows.filter(pk=statement.terms.get("proposal")).first()
    if proposal is None:
        raise StatementError
    return proposal


# --- the end without it -------------------------------------------------------------------


def refuse(*, actor: Actor, proposal: Proposal, reason: str, now: datetime) -> None:
    """An operator, who proposed it included, ends it with a reason.

    Raises `NotOperatorError`, `ReasonError`, `ProposalOverError`.
    """
    with hands.refusals(actor=actor, now=now):
        hands.require_serving(actor)
        if not reason.strip():
            raise ReasonError
        with transaction.atomic():
            held = _hold(proposal, now=now)
            held.state, held.settled_at = ProposalState.REFUSED.value, now
            held.refused_by, held.reason = actor.name[:250], reason.strip()[:REASON_LENGTH]
            held.save(update_fields=["state", "settled_at", "refused_by", "reason"])
            _record(EventKind.PROPOSAL_SETTLED, held, actor, now=now)
    proposal.refresh_from_db()


def lapse_due(*, now: datetime) -> int:
    """End what has waited too long for a second signature. Returns how many."""
    due = Proposal.objects.filter(state=ProposalState.WAITING.value, expires_at__lte=now)
    lapsed = 0
    for proposal in due.order_by("id"):
        with transaction.atomic():
            waiting = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.WAITING.value)
            if waiting.update(state=ProposalState.LAPSED.value, settled_at=now) == 1:
                proposal.state = ProposalState.LAPSED.value
                _record(EventKind.PROPOSAL_SETTLED, proposal, WORKER, now=now)
                lapsed += 1
    return lapsed


# --- parts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawn:
    """What a text for the first signature is about."""

    kind: ProposalKind
    terms: Terms

    @property
    def act(self) -> ProposedAct:
        return PROPOSED_ACTS[self.kind]

    @classmethod
    def of(cls, statement: Statement) -> "_Drawn":
        """Raises `StatementError`."""
        try:
            kind, terms = ProposalKind(statement.terms["kind"]), statement.terms["terms"]
        except (KeyError, ValueError) as error:
            raise StatementError from error
        if kind not in PROPOSED_ACTS or not isinstance(terms, dict):
            raise StatementError
        return cls(kind, terms)


def _fetch(statement_id: int, purpose: StatementPurpose, actor: Actor, now: datetime) -> Statement:
    return statements.fetch(statement_id, purpose, now=now, binding=hands.binding_of(actor))


def _hold(proposal: Proposal, *, now: datetime) -> Proposal:
    """The row until the end of the transaction. Raises `ProposalOverError`."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("first")
    held = rows.get(pk=proposal.pk)
    if held.terms != proposal.terms:
        raise ProposalOverError
    _require_waiting(held, now=now)
    return held


def _require_waiting(proposal: Proposal, *, now: datetime) -> None:
    if proposal.state != ProposalState.WAITING.value or proposal.expires_at <= now:
        raise ProposalOverError


def _record(kind: EventKind, proposal: Proposal, actor: Actor, *, now: datetime) -> None:
    facts = {
        "proposal": proposal.pk,
        "kind": proposal.kind,
        "subject": proposal.subject,
        "state": proposal.state,
        "first": proposal.first_id,
        "second": proposal.second_id,
        "reason": proposal.reason,
    }
    journal.record(kind, actor=actor, now=now, facts=facts)
