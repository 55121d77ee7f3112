"""`python -m tests.renewals.dying_upload POINT document|power ID`: an upload that is killed there.

The kill is a real SIGKILL of a real process; nothing after it runs, no `finally`, no rollback.
"""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from pki.models import Certificate  # noqa: E402
from renewals.actor import Actor, ActorKind  # noqa: E402
from renewals.documents import shelf  # noqa: E402
from renewals.models import Renewal  # noqa: E402
from renewals.services import attaching, filing  # noqa: E402
from tests.renewals.sent_files import pdf  # noqa: E402


def _die(*_args: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_half_written(name: str, data: bytes) -> None:
    """As if the disk had been slow: a part of the file is there."""
    real_put(name, data[: len(data) // 2])
    _die()


def _die_written(name: str, data: bytes) -> None:
    real_put(name, data)
    _die()


def _die_uncommitted(*args: Any, **options: Any) -> None:
    """With everything written and nothing committed."""
    real_record(*args, **options)
    _die()


real_put, real_record = shelf.put, attaching._record
POINTS = {
    "before-row": (attaching, "_reserve", _die),
    "before-save": (shelf, "put", _die),
    "within-save": (shelf, "put", _die_half_written),
    "after-save": (shelf, "put", _die_written),
    "within-commit": (attaching, "_record", _die_uncommitted),
}

if __name__ == "__main__":
    place, name, step = POINTS[sys.argv[1]]
    setattr(place, name, step)
    now = timezone.now()
    certificate = Certificate.objects.get(pk=int(sys.argv[3]))
    actor = Actor.from_certificate(certificate.facts, ActorKind.HOLDER)
    if sys.argv[2] == "document":
        attaching.attach(
            actor=actor,
            target=Renewal.objects.get(certificate=certificate),
            kind="other",
            name="scan.pdf",
            data=pdf(),
            now=now,
        )
    else:
        today = timezone.localdate(now)
        filing.file_with_paper(
            actor=actor,
            starts_on=today,
            ends_on=today + timedelta(days=30),
            name="scan.pdf",
            data=pdf(),
            now=now,
        )
