"""Whom a document concerns: who may add one, take it back, read it. Asked on every door."""

from datetime import datetime

from renewals.actor import Actor, ActorKind
from renewals.errors import DocumentStateError, DocumentUnknownError, NoRightError
from renewals.machine import State
from renewals.models import Document, Mandate, MandateKind, Renewal
from renewals.rights import may_read, require_head, require_holder

Target = Renewal | Mandate
ADDING_STATES = frozenset({State.DRAFT.value, State.AWAITING_APPROVAL.value})


def can_add(target: Target) -> bool:
    """Whether its holder may add documents now."""
    if isinstance(target, Renewal):
        return bool(target.bin) and target.state in ADDING_STATES
    is_open = target.confirmed_at is target.refused_at is target.ended_at is None
    return target.kind == MandateKind.POWER_OF_ATTORNEY.value and is_open


def can_remove(target: Target) -> bool:
    """Whether its holder may take back what he added: nobody has seen it yet."""
    return isinstance(target, Renewal) and target.state == State.DRAFT.value


def require_adder(actor: Actor, target: Target) -> None:
    """Its holder, while it is not decided about.

    Raises `NotHolderError`, `DocumentUnknownError`, `DocumentStateError`.
    """
    if isinstance(target, Renewal):
        require_holder(target, actor)
    elif not actor.iin or actor.iin != target.holder_iin:
        raise DocumentUnknownError
    if not can_add(target):
        raise DocumentStateError


def require_remover(actor: Actor, document: Document, target: Target) -> None:
    """Whoever added it. Raises `DocumentUnknownError`, `DocumentStateError`."""
    if not actor.iin or actor.iin != document.sender_iin:
        raise DocumentUnknownError
    if not can_remove(target):
        raise DocumentStateError


def require_reader(actor: Actor, document: Document, *, now: datetime) -> None:
    """The holder, who decides about it, operators. Raises `DocumentUnknownError`.

    Who decides for the organisation sees what was filed, not what is being prepared. A power of
    attorney is for the head's eyes: it was given in his name.
    """
    if document.stored_at is None:
        raise DocumentUnknownError
    target = target_of(document)
    if isinstance(target, Renewal):
        allowed = may_read(target, actor, now=now)
    else:
        allowed = _may_read_power(target, actor)
    if not allowed:
        raise DocumentUnknownError


def _may_read_power(mandate: Mandate, actor: Actor) -> bool:
    if not actor.iin:
        return False
    if actor.iin == mandate.holder_iin or actor.kind is ActorKind.OPERATOR:
        return True
    try:
        require_head(actor)
    except NoRightError:
        return False
    return actor.bin == mandate.bin


def target_of(document: Document) -> Target:
    """The application or the mandate to which it belongs."""
    target = document.renewal or document.mandate
    assert target is not None, "a constraint of the database"
    return target
