"""`python -m tests.notifications.dying_notices POINT`: a worker of notices that is killed there.

The kill is a real SIGKILL of a real process, as in `tests.renewals.dying_worker`.
"""

import sys
from types import ModuleType

import django

django.setup()

from notifications import tasks  # noqa: E402
from notifications.delivering import claiming, delivery, returning  # noqa: E402
from notifications.telling import events, reminding  # noqa: E402
from tests.renewals.dying_worker import Step, after, before  # noqa: E402

# Module, what it calls by this name, and whether that is still done.
POINTS: dict[str, tuple[ModuleType, str, bool]] = {
    "within-fan-out": (events, "tell", True),
    "before-reminding": (reminding, "tell", False),
    "within-reminding": (reminding, "tell", True),
    "before-commit": (reminding, "_save", True),
    "after-claim": (delivery, "gather", False),
    "after-send": (claiming, "write_sent", False),
    "after-record": (claiming, "write_sent", True),
    "within-fall-back": (returning, "_fall_back", True),
}


def _dying(step: Step, *, is_done: bool) -> Step:
    return after(step) if is_done else before(step)


if __name__ == "__main__":
    module, name, is_done = POINTS[sys.argv[1]]
    setattr(module, name, _dying(getattr(module, name), is_done=is_done))
    tasks.remind()
    tasks.tell()
