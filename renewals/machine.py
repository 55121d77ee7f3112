"""The application's states, the moves between them and who acts next: a table, no queries."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    ISSUING = "issuing"
    ISSUED = "issued"
    INSTALLED = "installed"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Party(StrEnum):
    """Who has the next action."""

    HOLDER = "holder"
    APPROVER = "approver"
    WORKER = "worker"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Action(StrEnum):
    """What can be done to an application."""

    SUBMIT = "submit"
    SUBMIT_FOR_APPROVAL = "submit_for_approval"
    APPROVE = "approve"
    CLAIM = "claim"
    ISSUE = "issue"
    FAIL = "fail"
    INSTALL = "install"
    RETRY = "retry"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Move:
    """From any of `sources` to `target`."""

    sources: frozenset[State]
    target: State


def _move(target: State, *sources: State) -> Move:
    return Move(frozenset(sources), target)


NEXT_PARTY: dict[State, Party] = {
    State.DRAFT: Party.HOLDER,
    State.AWAITING_APPROVAL: Party.APPROVER,
    State.APPROVED: Party.WORKER,
    State.ISSUING: Party.WORKER,
    State.ISSUED: Party.HOLDER,
    State.INSTALLED: Party.NOBODY,
    State.FAILED: Party.OPERATOR,
    State.REJECTED: Party.NOBODY,
    State.WITHDRAWN: Party.NOBODY,
    State.LAPSED: Party.NOBODY,
}

CLOSED = frozenset(state for state, party in NEXT_PARTY.items() if party is Party.NOBODY)
OPEN = frozenset(State) - CLOSED

MOVES: dict[Action, Move] = {
    Action.SUBMIT: _move(State.APPROVED, State.DRAFT),
    Action.SUBMIT_FOR_APPROVAL: _move(State.AWAITING_APPROVAL, State.DRAFT),
    Action.APPROVE: _move(State.APPROVED, State.AWAITING_APPROVAL),
    # Claimed again from `issuing` when the lease of the worker that held it is over.
    Action.CLAIM: _move(State.ISSUING, State.APPROVED, State.ISSUING),
    Action.ISSUE: _move(State.ISSUED, State.ISSUING),
    Action.FAIL: _move(State.FAILED, State.ISSUING),
    Action.INSTALL: _move(State.INSTALLED, State.ISSUED),
    Action.RETRY: _move(State.APPROVED, State.FAILED),
    Action.REJECT: _move(State.REJECTED, State.AWAITING_APPROVAL, State.FAILED),
    # A waiting key may be lost after the certificate exists: the holder starts again.
    Action.WITHDRAW: _move(State.WITHDRAWN, State.DRAFT, State.AWAITING_APPROVAL, State.ISSUED),
    Action.LAPSE: _move(State.LAPSED, State.DRAFT, State.AWAITING_APPROVAL),
    # The holder is dismissed: whatever is open ends, even under the hands of a worker.
    Action.CANCEL: _move(State.LAPSED, *OPEN),
}


def is_allowed(action: Action, state: State) -> bool:
    """Whether `action` may start from `state`."""
    return state in MOVES[action].sources


def allowed_actions(state: State) -> tuple[Action, ...]:
    """Every action that may start from `state`, in the table's order."""
    return tuple(action for action in Action if is_allowed(action, state))
