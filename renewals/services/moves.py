"""The one way an application changes its state: by the table, once, with its event."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from renewals.actor import Actor
from renewals.errors import MoveRefusedError
from renewals.events import EventKind
from renewals.machine import MOVES, OPEN, Action
from renewals.models import Renewal, Request
from renewals.services import journal

EVENT_OF: dict[Action, EventKind] = {
    Action.SUBMIT: EventKind.RENEWAL_SUBMITTED,
    Action.SUBMIT_FOR_APPROVAL: EventKind.RENEWAL_SUBMITTED,
    Action.APPROVE: EventKind.RENEWAL_APPROVED,
    Action.CLAIM: EventKind.RENEWAL_CLAIMED,
    Action.ISSUE: EventKind.RENEWAL_ISSUED,
    Action.FAIL: EventKind.RENEWAL_FAILED,
    Action.INSTALL: EventKind.RENEWAL_INSTALLED,
    Action.RETRY: EventKind.RENEWAL_RETRIED,
    Action.REJECT: EventKind.RENEWAL_REJECTED,
    Action.WITHDRAW: EventKind.RENEWAL_WITHDRAWN,
    Action.LAPSE: EventKind.RENEWAL_LAPSED,
    Action.CANCEL: EventKind.RENEWAL_CANCELLED,
}


def move_all(
    renewals: Sequence[Renewal],
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[int, Mapping[str, object]] | None = None,
    held_by: str | None = None,
    **changes: object,
) -> None:
    """Move every one of `renewals` by `action`, or raise `MoveRefusedError` and move none.

    The update is conditional on the table's source states (and, for a worker, on its own
    lease, `held_by`), so that of any number of callers exactly one gets through. `changes` are
    columns written in the same statement; `facts` go into the event of the application with
    that id.
    """
    rule = MOVES[action]
    candidates = Renewal.objects.filter(
        pk__in=[renewal.pk for renewal in renewals],
        state__in=[state.value for state in rule.sources],
    )
    if held_by is not None:
        candidates = candidates.filter(lease_token=held_by)
    changes |= {"state": rule.target.value, "state_since": now}
    with transaction.atomic():
        if candidates.update(**changes) != len(renewals):
            raise MoveRefusedError(action=action.value, state=_states(renewals))
        if rule.target not in OPEN:
            Request.objects.filter(renewal__in=renewals).update(is_open=False)
        journal.append(
            [
                journal.Entry(
                    EVENT_OF[action], actor, renewal.pk, (facts or {}).get(renewal.pk, {})
                )
                for renewal in renewals
            ],
            now=now,
        )
    for renewal in renewals:
        for name, value in changes.items():
            setattr(renewal, name, value)


def move(
    renewal: Renewal,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    held_by: str | None = None,
    **changes: object,
) -> None:
    """Move one application; see `move_all`."""
    move_all(
        [renewal],
        action,
        actor=actor,
        now=now,
        facts={renewal.pk: facts or {}},
        held_by=held_by,
        **changes,
    )


def _states(renewals: Sequence[Renewal]) -> str:
    """The states in which the applications really are, for the error."""
    found = Renewal.objects.filter(pk__in=[renewal.pk for renewal in renewals])
    return ", ".join(sorted(set(found.values_list("state", flat=True))))
