"""How an application ends without a new certificate in use: withdrawn, lapsed, rejected."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from pki.models import Certificate, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER, Actor
from renewals.errors import MoveRefusedError, ReasonError
from renewals.events import EventKind
from renewals.machine import MOVES, Action, State
from renewals.models import Renewal
from renewals.rights import require_holder, require_operator
from renewals.services import journal
from renewals.services.moves import move
from renewals.services.revoking import revoke


def withdraw(*, actor: Actor, renewal: Renewal, now: datetime) -> None:
    """The holder takes the application back, or starts again because the waiting key is lost.

    A certificate that was issued but never proved installed is revoked with it: nobody can
    show that its key is in the right hands. Raises `MoveRefusedError`, `NotHolderError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        with transaction.atomic():
            move(renewal, Action.WITHDRAW, actor=actor, now=now)
            issued = Certificate.objects.filter(renewal_request__renewal=renewal)
            revoke(
                issued,
                reason=Reason.CESSATION_OF_OPERATION,
                actor=actor,
                now=now,
                renewal=renewal,
            )


def lapse_due(*, now: datetime) -> int:
    """Close what waited too long or whose old certificate ended. Returns how many."""
    revoked = Revocation.objects.values("serial_hex")
    stale = Renewal.objects.filter(
        state__in=[state.value for state in MOVES[Action.LAPSE].sources]
    ).filter(
        Q(state=State.DRAFT.value, opened_at__lte=now - settings.APPLICATION_LIFETIME)
        | Q(
            state=State.AWAITING_APPROVAL.value,
            submitted_at__lte=now - settings.APPLICATION_LIFETIME,
        )
        | Q(certificate__not_after__lte=now)
        | Q(certificate__serial_hex__in=revoked)
    )
    lapsed = 0
    for renewal in stale:
        try:
            move(renewal, Action.LAPSE, actor=WORKER, now=now)
            lapsed += 1
        except MoveRefusedError:
            continue  # moved on in the meantime
    return lapsed


def retry(*, actor: Actor, renewal: Renewal, now: datetime) -> None:
    """An operator sends a failed application to the worker again."""
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_operator(actor)
        move(renewal, Action.RETRY, actor=actor, now=now, attempts=0, due_at=None, reason="")


def reject(*, actor: Actor, renewal: Renewal, reason: str, now: datetime) -> None:
    """An operator ends a failed application, with a reason that the holder reads."""
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_operator(actor)
        if not reason.strip():
            raise ReasonError
        if renewal.state != State.FAILED.value:
            # What waits for an approver is his to refuse, by his signature.
            raise MoveRefusedError(action=Action.REJECT.value, state=renewal.state)
        move(renewal, Action.REJECT, actor=actor, now=now, reason=reason.strip()[:500])
