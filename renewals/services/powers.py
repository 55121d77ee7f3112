"""Powers of attorney: filed with their paper by who holds them, checked by an operator."""

from datetime import date, datetime

from django.db import transaction

from renewals.actor import Actor
from renewals.errors import IncompleteError, MandateOverError, NoRightError, ReasonError
from renewals.events import EventKind
from renewals.models import Document, Mandate, MandateKind
from renewals.rights import require_operator
from renewals.services import drawing, journal
from renewals.services.delegating import end_mandates, facts_of, require_days


def file_power(*, actor: Actor, starts_on: date, ends_on: date, now: datetime) -> Mandate:
    """Write down that somebody of the organisation says he holds one; its paper comes next.

    It counts only when an operator has checked it. Raises `NoRightError` for a certificate of
    no organisation, `DaysError`.
    """
    with drawing.refusals(actor=actor, now=now):
        if not actor.bin or not actor.iin:
            raise NoRightError
        require_days(starts_on, ends_on, now=now)
    with transaction.atomic():
        mandate = Mandate.objects.create(
            bin=actor.bin,
            organisation=actor.organisation,
            kind=MandateKind.POWER_OF_ATTORNEY.value,
            holder_iin=actor.iin,
            holder_name=actor.name,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=now,
        )
        journal.record(EventKind.MANDATE_FILED, actor=actor, now=now, facts=facts_of(mandate))
    return mandate


def confirm(*, actor: Actor, mandate: Mandate, now: datetime) -> None:
    """The operator has seen the paper and it is right.

    Raises `NotOperatorError`, `NoRightError` for his own, `MandateOverError`, `IncompleteError`.
    """
    with drawing.refusals(actor=actor, now=now):
        require_operator(actor)
        _settle(mandate, actor, EventKind.MANDATE_CONFIRMED, now=now, confirmed_at=now)


def refuse(*, actor: Actor, mandate: Mandate, reason: str, now: datetime) -> None:
    """The paper does not prove it; the holder reads why. Raises also `ReasonError`."""
    with drawing.refusals(actor=actor, now=now):
        require_operator(actor)
        if not reason.strip():
            raise ReasonError
        text = reason.strip()[:500]
        _settle(mandate, actor, EventKind.MANDATE_REFUSED, now=now, refused_at=now, reason=text)


def _settle(
    mandate: Mandate, actor: Actor, kind: EventKind, *, now: datetime, **changes: object
) -> None:
    if actor.iin == mandate.holder_iin:
        raise NoRightError
    with transaction.atomic():
        if Mandate.objects.unchecked().filter(pk=mandate.pk).update(**changes) != 1:
            raise MandateOverError
        if not Document.objects.arrived().filter(mandate=mandate).exists():
            raise IncompleteError  # nobody has seen a paper yet
        facts = {**facts_of(mandate), "reason": str(changes.get("reason", ""))}
        journal.record(kind, actor=actor, now=now, facts=facts)
    mandate.refresh_from_db()


def give_up(*, actor: Actor, mandate: Mandate, now: datetime) -> None:
    """Its holder or an operator ends it. Raises `NoRightError`, `MandateOverError`."""
    with drawing.refusals(actor=actor, now=now):
        if actor.iin != mandate.holder_iin:
            require_operator(actor)
        with transaction.atomic():
            if not end_mandates([mandate], actor=actor, now=now):
                raise MandateOverError
    mandate.refresh_from_db()
