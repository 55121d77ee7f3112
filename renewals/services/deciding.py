"""An approver decides: one signature over a list of one to a hundred applications.

The list names each application by the digest of the bytes that its holder signed, so that the
signature is about those bytes and nothing else. Who was faster wins; the rest goes through.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from pki.chain import require_term
from pki.errors import PKIError
from pki.records import revocations_of_rows
from pki.revocation import require_good
from renewals import doorbell
from renewals.actor import Actor
from renewals.errors import (
    DecidedError,
    ListError,
    NotAwaitingError,
    RenewalError,
    StatementError,
)
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Decision, Renewal, Request, Signature, Statement, Verdict
from renewals.rights import Entitlement, entitlement_of, require_other
from renewals.services import drawing, journal, statements
from renewals.services.moves import move_all
from renewals.services.ruling import (
    ACTIONS,
    CLOSINGS,
    MOST,
    PURPOSES,
    Entry,
    Ruling,
    read_reason,
)
from renewals.services.verification import keep
from renewals.statement import StatementPurpose, speak

Refusals = dict[int, PKIError | RenewalError]


# --- drawing ------------------------------------------------------------------------------


def state_decision(
    *,
    actor: Actor,
    renewals: Sequence[Renewal],
    verdict: Verdict,
    reason: str = "",
    note: str = "",
    language: str,
    now: datetime,
) -> Statement:
    """The list that the approver reads and signs, every application in it still undecided.

    Raises `NoRightError` and its kinds, `ListError`, `ReasonError`, `NotAwaitingError`,
    `DecidedError`, `OtherOrganisationError`, `OwnApplicationError`.
    """
    with drawing.refusals(actor=actor, now=now):
        entitlement = entitlement_of(actor, now=now)
        ruling = Ruling(
            verdict, *read_reason(verdict, reason, note), _draw_entries(renewals, actor)
        )
    with speak(language):
        return drawing.draw(
            PURPOSES[verdict],
            actor=actor,
            lines=[*drawing.describe_actor(actor, entitlement), *ruling.describe()],
            closing=str(CLOSINGS[verdict]),
            terms=ruling.terms,
            language=language,
            now=now,
        )


def _draw_entries(renewals: Sequence[Renewal], actor: Actor) -> tuple[Entry, ...]:
    """Each application once, in the order in which they are given."""
    once = list({row.pk: row for row in renewals}.values())
    if not 1 <= len(once) <= MOST:
        raise ListError(most=str(MOST))
    decisions, digests = _decisions_about(once), _signed_digests(once)
    for renewal in once:
        require_other(renewal, actor)
        _require_awaiting(renewal, decisions)
        if renewal.pk not in digests:
            raise NotAwaitingError(number=renewal.number)
    return tuple(Entry(row.pk, row.number, row.holder_name, digests[row.pk]) for row in once)


def _require_awaiting(renewal: Renewal, decisions: Mapping[int, Decision]) -> None:
    if renewal.state == State.AWAITING_APPROVAL.value:
        return
    decision = decisions.get(renewal.pk)
    if decision is None:
        raise NotAwaitingError(number=renewal.number)
    raise DecidedError(
        number=renewal.number,
        name=decision.approver_name,
        decided_at=decision.decided_at.isoformat(),
        verdict=decision.verdict,
    )


def _decisions_about(renewals: Sequence[Renewal]) -> dict[int, Decision]:
    return {row.renewal_id: row for row in Decision.objects.filter(renewal__in=renewals)}


def _signed_digests(renewals: Sequence[Renewal]) -> dict[int, str]:
    """Of the bytes that each holder signed, by the id of the application."""
    signatures = Signature.objects.filter(
        statement__renewal__in=renewals, statement__purpose=StatementPurpose.APPLICATION.value
    )
    return dict(signatures.values_list("statement__renewal_id", "content_sha256"))


# --- deciding -----------------------------------------------------------------------------


def decide(*, actor: Actor, verdict: Verdict, statement_id: int, cms: bytes, now: datetime) -> None:
    """Take the approver's signature; every application of the list that still waits moves.

    The rest is left as it is, each refusal recorded with its reason. When none moves, the
    first reason is raised and the statement is not spent. A repetition changes nothing.
    Raises `PKIError`, `StatementError`, `SignerError`, `NoRightError` and its kinds,
    `DecidedError`, `NotAwaitingError`.
    """
    with drawing.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        statement = drawing.fetch(statement_id, PURPOSES[verdict], actor=actor, now=now)
        proof, signer = drawing.verify_own(statement, cms, actor=actor, now=now)
        ruling = _read_ruling(statement, verdict)
        refused: Refusals = {}
        try:
            with transaction.atomic():
                statements.spend(statement, now=now)
                entitlement = entitlement_of(signer, now=now)
                standing = _hold(ruling, signer, refused, now=now)
                if not standing:
                    raise next(iter(refused.values()))
                signature = keep(statement, proof, now=now)
                _write(ruling, standing, signer, entitlement, signature, now=now)
                _record(refused, statement_id, actor=signer, now=now)
        except (PKIError, RenewalError):
            # Undone with the rest of the transaction, and written down all the same.
            _record(refused, statement_id, actor=signer, now=now)
            raise


def _read_ruling(statement: Statement, verdict: Verdict) -> Ruling:
    """What is about to be done, which stands in the text that was signed."""
    ruling = Ruling.of(statement)
    if ruling.verdict is not verdict:
        raise StatementError
    with speak(statement.language):
        drawing.require_said(statement, ruling.describe())
    return ruling


def _hold(ruling: Ruling, signer: Actor, refused: Refusals, *, now: datetime) -> list[Renewal]:
    """Those that can be decided about, held until the end of the transaction.

    Why the others cannot is put into `refused`, by id.
    """
    ids = [entry.renewal_id for entry in ruling.entries]
    # Not against events that name them: their writer would wait for us, and we for him.
    rows = Renewal.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("id")
    renewals = {row.pk: row for row in rows}
    if len(renewals) != len(ids):
        raise StatementError
    held = list(renewals.values())
    decisions, digests = _decisions_about(held), _signed_digests(held)
    troubles = _certificate_troubles(held, now=now) if ruling.verdict is Verdict.APPROVE else {}
    found = []
    for entry in ruling.entries:
        renewal = renewals[entry.renewal_id]
        try:
            require_other(renewal, signer)
            _require_awaiting(renewal, decisions)
            if digests.get(renewal.pk) != entry.sha256:
                raise StatementError
            if renewal.pk in troubles:
                raise troubles[renewal.pk]
        except (PKIError, RenewalError) as error:
            refused[renewal.pk] = error
        else:
            found.append(renewal)
    return found


def _certificate_troubles(renewals: Sequence[Renewal], *, now: datetime) -> dict[int, PKIError]:
    """What is wrong today with the certificates that are to be renewed, by application."""
    requests = list(
        Request.objects.filter(renewal__in=renewals).select_related("old_certificate__authority")
    )
    facts = revocations_of_rows([row.old_certificate for row in requests], now=now)
    found: dict[int, PKIError] = {}
    for row in requests:
        try:
            require_term(row.old_certificate.not_before, row.old_certificate.not_after, now)
            require_good(facts[row.old_certificate_id])
        except PKIError as error:
            found[row.renewal_id] = error
    return found


def _write(
    ruling: Ruling,
    renewals: Sequence[Renewal],
    signer: Actor,
    entitlement: Entitlement,
    signature: Signature,
    *,
    now: datetime,
) -> None:
    digests = {entry.renewal_id: entry.sha256 for entry in ruling.entries}
    Decision.objects.bulk_create(
        Decision(
            renewal=renewal,
            verdict=ruling.verdict.value,
            holder_iin=renewal.holder_iin,
            approver_iin=signer.iin,
            approver_name=signer.name,
            right=entitlement.right.value,
            mandate=entitlement.mandate,
            reason=ruling.reason,
            note=ruling.note,
            signature=signature,
            application_sha256=digests[renewal.pk],
            decided_at=now,
        )
        for renewal in renewals
    )
    facts: Mapping[str, object] = {
        "signature": signature.pk,
        "right": entitlement.right.value,
        "reason": ruling.reason,
    }
    move_all(
        renewals,
        ACTIONS[ruling.verdict],
        actor=signer,
        now=now,
        facts={
            renewal.pk: {**facts, "application_sha256": digests[renewal.pk]} for renewal in renewals
        },
        reason=ruling.reason,
    )
    if ruling.verdict is Verdict.APPROVE:
        ids = [renewal.pk for renewal in renewals]
        transaction.on_commit(lambda: doorbell.ring("renewals.issue", ids))


def _record(refused: Refusals, statement_id: int, *, actor: Actor, now: datetime) -> None:
    """Why single applications of a list were left as they are."""
    if not refused:
        return
    journal.append(
        [
            journal.Entry(
                EventKind.RENEWAL_REFUSED,
                actor,
                renewal_id,
                {**error.facts, "code": error.code, "statement": statement_id},
            )
            for renewal_id, error in refused.items()
        ],
        now=now,
    )
