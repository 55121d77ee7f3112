"""The head gives the right to approve to people of his organisation, and takes it back."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pki.certificate import Role
from pki.models import Certificate
from renewals.actor import Actor
from renewals.errors import DaysError, DelegateError, MandateOverError, StatementError
from renewals.events import EventKind
from renewals.models import Mandate, MandateKind, Right, Statement
from renewals.organisation import signers_of
from renewals.rights import Entitlement, require_head
from renewals.services import drawing, journal, statements
from renewals.services.verification import keep
from renewals.statement import StatementPurpose, mask_identifier, show_day, speak

LONGEST = timedelta(days=366)


def candidates(actor: Actor, *, now: datetime) -> list[Certificate]:
    """To whom the head may give it: one certificate with signing right for each person."""
    rows = signers_of(actor.bin, now).exclude(iin__in=["", actor.iin]).order_by("common_name")
    found = {row.iin: row for row in rows.defer("der") if Role.SIGNING_RIGHT.value in row.roles}
    return list(found.values())


def require_days(starts_on: date, ends_on: date, *, now: datetime) -> None:
    """Both days belong to it, none is past, a year at most. Raises `DaysError`."""
    in_order = timezone.localdate(now) <= starts_on <= ends_on
    if not in_order or ends_on - starts_on > LONGEST:
        raise DaysError(most=str(LONGEST.days))


def state_delegation(
    *,
    actor: Actor,
    delegate_iin: str,
    starts_on: date,
    ends_on: date,
    language: str,
    now: datetime,
) -> Statement:
    """The text by which the head gives the right. Raises `NotHeadError`, `FormerHeadError`,
    `DelegateError`, `DaysError`.
    """
    with drawing.refusals(actor=actor, now=now):
        require_head(actor)
        require_days(starts_on, ends_on, now=now)
        delegate = _delegate(actor, delegate_iin, now=now)
    name = delegate.facts.subject.full_name
    with speak(language):
        lines = [
            *drawing.describe_actor(actor, Entitlement(Right.HEAD)),
            ("", ""),
            *_describe(_("Given to"), name, delegate.iin, starts_on, ends_on),
        ]
        closing = _(
            "I give this person the right to approve and to refuse applications of our "
            "organisation's people in my place on these days, the first and the last included. "
            "I may take it back at any time."
        )
    return drawing.draw(
        StatementPurpose.DELEGATION,
        actor=actor,
        lines=lines,
        closing=closing,
        terms={
            "iin": delegate.iin,
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
        },
        language=language,
        now=now,
    )


def _describe(
    label: str, name: str, iin: str, starts_on: date, ends_on: date
) -> list[tuple[str, str]]:
    return [
        (label, name),
        (_("IIN"), mask_identifier(iin)),
        (_("From"), show_day(starts_on)),
        (_("Until"), show_day(ends_on)),
    ]


def _delegate(actor: Actor, iin: str, *, now: datetime) -> Certificate:
    rows = signers_of(actor.bin, now).filter(iin=iin).exclude(iin__in=["", actor.iin])
    for row in rows:
        if Role.SIGNING_RIGHT.value in row.roles:
            return row
    raise DelegateError


def give(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> None:
    """Write the delegation down, by the head's signature. A repetition changes nothing.

    Raises `PKIError`, `StatementError`, `SignerError`, `NotHeadError`, `FormerHeadError`,
    `DelegateError`, `DaysError`.
    """
    with drawing.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        statement = drawing.fetch(statement_id, StatementPurpose.DELEGATION, actor=actor, now=now)
        proof, signer = drawing.verify_own(statement, cms, actor=actor, now=now)
        require_head(signer)
        iin, starts_on, ends_on = _read_terms(statement)
        delegate = _delegate(signer, iin, now=now)
        name = delegate.facts.subject.full_name
        with speak(statement.language):
            lines = _describe(_("Given to"), name, iin, starts_on, ends_on)
            drawing.require_said(statement, lines)
        # The first day may have passed while the page was open.
        require_days(max(starts_on, timezone.localdate(now)), ends_on, now=now)
        with transaction.atomic():
            statements.spend(statement, now=now)
            mandate = Mandate.objects.create(
                bin=signer.bin,
                organisation=signer.organisation,
                kind=MandateKind.DELEGATION.value,
                holder_iin=delegate.iin,
                holder_name=name,
                starts_on=starts_on,
                ends_on=ends_on,
                created_at=now,
                giver_iin=signer.iin,
                giver_name=signer.name,
                signature=keep(statement, proof, now=now),
                confirmed_at=now,
            )
            journal.record(EventKind.MANDATE_GIVEN, actor=signer, now=now, facts=facts_of(mandate))


def _read_terms(statement: Statement) -> tuple[str, date, date]:
    """To whom, from which day, until which. Raises `StatementError`."""
    terms = statement.terms
    try:
        return (
            str(terms["iin"]),
            date.fromisoformat(str(terms["starts_on"])),
            date.fromisoformat(str(terms["ends_on"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StatementError from error


def state_end(*, actor: Actor, mandate: Mandate, language: str, now: datetime) -> Statement:
    """The text by which the head takes a right back, be it given by him or by paper.

    Raises `NotHeadError`, `FormerHeadError`, `MandateOverError`.
    """
    with drawing.refusals(actor=actor, now=now):
        require_head(actor)
        _require_standing(mandate, actor)
    with speak(language):
        lines = [
            *drawing.describe_actor(actor, Entitlement(Right.HEAD)),
            ("", ""),
            *_describe_mandate(mandate),
        ]
        closing = _(
            "I take back the right of this person to approve and to refuse applications in my "
            "place. It ends at once; what was decided by it before stays."
        )
    return drawing.draw(
        StatementPurpose.END_OF_MANDATE,
        actor=actor,
        lines=lines,
        closing=closing,
        terms={"mandate": mandate.pk},
        language=language,
        now=now,
    )


def end(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> None:
    """End the right at once, by the head's signature. A repetition changes nothing.

    Raises `PKIError`, `StatementError`, `SignerError`, `NotHeadError`, `FormerHeadError`,
    `MandateOverError`.
    """
    with drawing.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        statement = drawing.fetch(
            statement_id, StatementPurpose.END_OF_MANDATE, actor=actor, now=now
        )
        proof, signer = drawing.verify_own(statement, cms, actor=actor, now=now)
        require_head(signer)
        mandate = _read_mandate(statement)
        _require_standing(mandate, signer)
        with transaction.atomic():
            statements.spend(statement, now=now)
            signature = keep(statement, proof, now=now)
            if not end_mandates([mandate], actor=signer, now=now, signature_id=signature.pk):
                raise MandateOverError


def _describe_mandate(mandate: Mandate) -> list[tuple[str, str]]:
    return _describe(
        _("Taken from"),
        mandate.holder_name,
        mandate.holder_iin,
        mandate.starts_on,
        mandate.ends_on,
    )


def _read_mandate(statement: Statement) -> Mandate:
    """The one of which the signed text speaks. Raises `StatementError`."""
    mandate = Mandate.objects.filter(pk=statement.terms.get("mandate")).first()
    if mandate is None:
        raise StatementError
    with speak(statement.language):
        drawing.require_said(statement, _describe_mandate(mandate))
    return mandate


def _require_standing(mandate: Mandate, actor: Actor) -> None:
    rows = Mandate.objects.of_organisation(actor.bin).standing()
    if not rows.filter(pk=mandate.pk).exists():
        raise MandateOverError


def end_mandates(
    mandates: list[Mandate], *, actor: Actor, now: datetime, signature_id: int | None = None
) -> int:
    """End each that still stands, with its event, inside the caller's transaction.

    Returns how many did. More than one are locked by the caller.
    """
    ended = 0
    for mandate in mandates:
        standing = Mandate.objects.standing().filter(pk=mandate.pk)
        if standing.update(ended_at=now) == 1:
            facts = {**facts_of(mandate), "signature": signature_id}
            journal.record(EventKind.MANDATE_ENDED, actor=actor, now=now, facts=facts)
            ended += 1
    return ended


def facts_of(mandate: Mandate) -> dict[str, object]:
    """What an event says of a mandate."""
    return {
        "mandate": mandate.pk,
        "kind": mandate.kind,
        "bin": mandate.bin,
        "holder_iin": mandate.holder_iin,
        "starts_on": mandate.starts_on.isoformat(),
        "ends_on": mandate.ends_on.isoformat(),
    }
