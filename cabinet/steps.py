"""The holder's steps through an application: which one is reached, which pages make sense now.

Reads the row it is given. It allows nothing: the services do, on every post.
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.machine import State
from renewals.models import Renewal


class Step(StrEnum):
    """A page of the journey, in order. The value is the name of its URL."""

    APPLY = "apply"
    KEY = "key"
    STATEMENT = "statement"
    STATUS = "status"
    INSTALL = "install"
    INSTALLED = "installed"


ORDER = tuple(Step)
DRAFTING = frozenset({Step.APPLY, Step.KEY, Step.STATEMENT})

# What the progress line shows; the first is done when an application exists.
LINE: tuple[tuple[Step | None, Promise], ...] = (
    (None, _("Signature")),
    (Step.APPLY, _("Data")),
    (Step.KEY, _("New key")),
    (Step.STATEMENT, _("Statement")),
    (Step.INSTALL, _("Installation")),
)

STEP_OF_STATE: dict[State, Step] = {
    State.AWAITING_APPROVAL: Step.STATUS,
    State.APPROVED: Step.STATUS,
    State.ISSUING: Step.STATUS,
    State.ISSUED: Step.INSTALL,
    State.INSTALLED: Step.INSTALLED,
    State.FAILED: Step.STATUS,
    State.REJECTED: Step.STATUS,
    State.WITHDRAWN: Step.STATUS,
    State.LAPSED: Step.STATUS,
}


def next_step(renewal: Renewal) -> Step:
    """The page on which the holder goes on."""
    step = STEP_OF_STATE.get(State(renewal.state))
    if step is not None:
        return step
    if renewal.confirmed_at is None:
        return Step.APPLY
    has_keys = not renewal.requests.filter(spki_sha256="").exists()
    return Step.STATEMENT if has_keys else Step.KEY


def detour(step: Step, renewal: Renewal) -> Step | None:
    """Where to go instead of `step`; None when that page is open.

    While an application is a draft the holder may go back. A step that is past leads to the
    status, one that is not reached yet to the step that is.
    """
    reached = next_step(renewal)
    is_earlier = ORDER.index(step) < ORDER.index(reached)
    if step is reached or (is_earlier and {step, reached} <= DRAFTING):
        return None
    return Step.STATUS if is_earlier else reached


def progress_line(current: Step) -> list[tuple[str, Promise]]:
    """Mark (`done`, `current` or `next`) and name of each step of five."""
    at = [step for step, _name in LINE].index(current)
    marks = ["done"] * at + ["current"] + ["next"] * (len(LINE) - at - 1)
    return [(mark, name) for mark, (_step, name) in zip(marks, LINE, strict=True)]
