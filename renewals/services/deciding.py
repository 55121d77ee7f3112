"""An approver decides: one signature over a list of one to a hundred applications.

The list names each application by the digest of the bytes that its holder signed, so that the
signature is about those bytes and nothing else. Who was faster wins; the rest goes through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    ReasonError,
    RenewalError,
    StatementError,
)
from renewals.events import EventKind
from renewals.machine import Action, State
from renewals.models import Decision, Renewal, Request, Signature, Statement, Verdict
from renewals.services import drawing, journal, statements
from renewals.services.moves import move_all
from renewals.services.rights import Entitlement, entitlement_of, require_other
from renewals.services.verification import keep
from renewals.statement import StatementPurpose, group_hex

MOST = 100
NOTE_LENGTH = 400
PURPOSES = {
    Verdict.APPROVE: StatementPurpose.APPROVAL,
    Verdict.REJECT: StatementPurpose.REJECTION,
}
ACTIONS = {Verdict.APPROVE: Action.APPROVE, Verdict.REJECT: Action.REJECT}


class RejectionReason(StrEnum):
    """Why an approver refuses; more stands in his note."""

    NOT_OURS = "not_ours"
    NOT_NEEDED = "not_needed"
    WRONG_DATA = "wrong_data"
    DOCUMENTS = "documents"
    OTHER = "other"


REASONS: dict[RejectionReason, Promise] = {
    RejectionReason.NOT_OURS: gettext_lazy("Does not work for the organisation any more"),
    RejectionReason.NOT_NEEDED: gettext_lazy("Does not need an electronic signature at work"),
    RejectionReason.WRONG_DATA: gettext_lazy("The data or the role are wrong"),
    RejectionReason.DOCUMENTS: gettext_lazy("Documents are missing or wrong"),
    RejectionReason.OTHER: gettext_lazy("Another reason"),
}


@dataclass(frozen=True)
class Entry:
    """One application of a list, as its statement names it. `sha256` is of the signed text."""

    renewal_id: int
    number: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Ruling:
    """What a statement of this kind decides."""

    verdict: Verdict
    reason: str
    note: str
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, statement: Statement) -> "Ruling":
        """From the terms of a statement that was drawn here."""
        terms = statement.terms
        entries = tuple(Entry(*entry) for entry in terms["entries"])
        return cls(Verdict(terms["verdict"]), terms["reason"], terms["note"], entries)


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
        if not 1 <= len(renewals) <= MOST:
            raise ListError(most=str(MOST))
        if verdict is Verdict.REJECT:
            _require_reason(reason, note)
        for renewal in renewals:
            require_other(renewal, actor)
            _require_awaiting(renewal)
    signed = _signed_digests(renewals)
    entries = [Entry(row.pk, row.number, row.holder_name, signed[row.pk]) for row in renewals]
    with statements.speak(language):
        lines = [
            *drawing.describe_actor(actor, entitlement),
            *_describe_reason(verdict, reason, note),
            (_("Number of applications"), str(len(entries))),
        ]
        for at, entry in enumerate(entries, start=1):
            lines += [
                ("", ""),
                (_("Application %(at)d") % {"at": at}, f"№ {entry.number}, {entry.name}"),
                (_("Digest of the signed application (SHA-256)"), group_hex(entry.sha256)),
            ]
        closing = str(CLOSINGS[verdict])
    return drawing.draw(
        PURPOSES[verdict],
        actor=actor,
        lines=lines,
        closing=closing,
        terms={
            "verdict": verdict.value,
            "reason": reason,
            "note": note,
            "entries": [
                [entry.renewal_id, entry.number, entry.name, entry.sha256] for entry in entries
            ],
        },
        language=language,
        now=now,
    )


CLOSINGS: dict[Verdict, Promise] = {
    Verdict.APPROVE: gettext_lazy(
        "I approve the applications named above. These people work for the organisation, and a "
        "certificate of the organisation is to be issued to each of them."
    ),
    Verdict.REJECT: gettext_lazy(
        "I refuse the applications named above. No certificate is to be issued for them."
    ),
}


def _require_reason(reason: str, note: str) -> None:
    if reason not in {known.value for known in RejectionReason} or len(note) > NOTE_LENGTH:
        raise ReasonError
    if reason == RejectionReason.OTHER.value and not note.strip():
        raise ReasonError


def _describe_reason(verdict: Verdict, reason: str, note: str) -> list[tuple[str, str]]:
    if verdict is not Verdict.REJECT:
        return []
    words = str(REASONS[RejectionReason(reason)])
    # One line, whatever was typed: a note must not look like a line of ours.
    return [(_("Reason"), f"{words}. {' '.join(note.split())}".strip())]


def _require_awaiting(renewal: Renewal) -> None:
    if renewal.state == State.AWAITING_APPROVAL.value:
        return
    decision = Decision.objects.filter(renewal=renewal).first()
    if decision is None:
        raise NotAwaitingError(number=renewal.number)
    raise DecidedError(
        number=renewal.number,
        name=decision.approver_name,
        decided_at=decision.decided_at.isoformat(),
        verdict=decision.verdict,
    )


def _signed_digests(renewals: Sequence[Renewal]) -> dict[int, str]:
    """Of the bytes that each holder signed, by the id of the application."""
    signatures = Signature.objects.filter(
        statement__renewal__in=renewals, statement__purpose=StatementPurpose.APPLICATION.value
    )
    found = dict(signatures.values_list("statement__renewal_id", "content_sha256"))
    for renewal in renewals:
        if renewal.pk not in found:
            raise NotAwaitingError(number=renewal.number)
    return found


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
        entitlement = entitlement_of(signer, now=now)
        ruling = Ruling.of(statement)
        _require_named(statement, ruling)
        refusals: dict[int, PKIError | RenewalError] = {}
        with transaction.atomic():
            statements.spend(statement, now=now)
            standing = _lock(ruling, signer, refusals, now=now)
            if not standing:
                raise next(iter(refusals.values()))
            signature = keep(statement, proof, now=now)
            _write(ruling, standing, signer, entitlement, signature, now=now)
    _record(refusals, statement_id, actor=actor, now=now)


def _require_named(statement: Statement, ruling: Ruling) -> None:
    """What is about to be done stands in the text that was signed."""
    for entry in ruling.entries:
        if entry.number not in statement.text or group_hex(entry.sha256) not in statement.text:
            raise StatementError


def _lock(
    ruling: Ruling,
    signer: Actor,
    refusals: dict[int, PKIError | RenewalError],
    *,
    now: datetime,
) -> list[Renewal]:
    """Those that can be decided about, held until the end of the transaction.

    Why the others cannot is put into `refusals`, by id.
    """
    ids = [entry.renewal_id for entry in ruling.entries]
    rows = Renewal.objects.select_for_update().filter(pk__in=ids).order_by("id")
    renewals = {row.pk: row for row in rows}
    digests = _signed_digests(list(renewals.values()))
    troubles = _certificate_troubles(list(renewals.values()), now=now)
    found = []
    for entry in ruling.entries:
        renewal = renewals[entry.renewal_id]
        try:
            require_other(renewal, signer)
            _require_awaiting(renewal)
            if digests[renewal.pk] != entry.sha256:
                raise StatementError
            if ruling.verdict is Verdict.APPROVE and renewal.pk in troubles:
                raise troubles[renewal.pk]
        except (PKIError, RenewalError) as error:
            refusals[renewal.pk] = error
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
    changes: dict[str, object] = {}
    if ruling.verdict is Verdict.REJECT:
        changes["reason"] = ruling.reason
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
        **changes,
    )
    if ruling.verdict is Verdict.APPROVE:
        transaction.on_commit(lambda: doorbell.ring([renewal.pk for renewal in renewals]))


def _record(
    refusals: Mapping[int, PKIError | RenewalError],
    statement_id: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Why single applications of an accepted list were left as they are."""
    if not refusals:
        return
    journal.append(
        [
            journal.Entry(
                EventKind.RENEWAL_REFUSED,
                actor,
                renewal_id,
                {**error.facts, "code": error.code, "statement": statement_id},
            )
            for renewal_id, error in refusals.items()
        ],
        now=now,
    )
