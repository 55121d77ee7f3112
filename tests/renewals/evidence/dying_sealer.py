"""`python -m tests.renewals.evidence.dying_sealer POINT`: a worker killed while it makes evidence.

The kill is a real SIGKILL of a real process; nothing after it runs, no `finally`, no rollback.
"""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from renewals.documents import shelf  # noqa: E402
from renewals.services import evidencing, journal  # noqa: E402
from tests.renewals.dying_worker import after, before  # noqa: E402

POINTS = {
    "before-build": (evidencing, "build", before),
    "after-build": (evidencing, "build", after),
    "before-store": (shelf, "put", before),
    "after-store": (shelf, "put", after),
    # The row is written and not committed.
    "within-row": (journal, "record", after),
    "after-row": (evidencing, "_keep", after),
}

if __name__ == "__main__":
    module, name, way = POINTS[sys.argv[1]]
    setattr(module, name, way(getattr(module, name)))
    evidencing.make_due(now=timezone.now())
