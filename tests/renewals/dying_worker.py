"""`python -m tests.renewals.dying_worker POINT`: a worker that is killed there.

The kill is a real SIGKILL of a real process; nothing after it runs, no `finally`, no rollback.
"""

import os
import signal
import sys
from collections.abc import Callable

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from renewals.machine import Action  # noqa: E402
from renewals.services import issuing  # noqa: E402

Step = Callable[..., object]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(step: Step) -> Step:
    """Die instead of doing it."""
    return lambda *_args, **_options: _die()


def after(step: Step) -> Step:
    """Do it and die."""

    def done(*args: object, **options: object) -> None:
        step(*args, **options)
        _die()

    return done


def within_store(step: Step) -> Step:
    """Die with everything written and nothing committed."""

    def done(renewals: object, action: Action, **options: object) -> None:
        step(renewals, action, **options)
        if action is Action.ISSUE:
            _die()

    return done


POINTS: dict[str, tuple[str, Callable[[Step], Step]]] = {
    "after-claim": ("_check", before),
    "before-sign": ("sign", before),
    "after-sign": ("sign", after),
    "before-store": ("_store", before),
    "within-store": ("move_all", within_store),
    "after-store": ("_store", after),
}

if __name__ == "__main__":
    name, way = POINTS[sys.argv[1]]
    setattr(issuing, name, way(getattr(issuing, name)))
    issuing.issue_due(now=timezone.now())
