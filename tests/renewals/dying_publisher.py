"""`python -m tests.renewals.dying_publisher POINT`: makes lists, and is killed there."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from renewals.services import journal, publishing  # noqa: E402
from renewals.services.lists import files, making  # noqa: E402
from tests.renewals.dying_worker import after, before  # noqa: E402

# Where and how: the module that looks the step up, its name there.
POINTS = {
    "before-number": (publishing, "take_number", before),
    "after-number": (publishing, "take_number", after),
    "after-first-file": (making, "stage", after),
    "before-rename": (files, "put_in_place", before),
    "after-rename": (files, "put_in_place", after),
    "within-record": (journal, "record", after),
    "after-record": (publishing, "record", after),
}

if __name__ == "__main__":
    module, name, way = POINTS[sys.argv[1]]
    setattr(module, name, way(getattr(module, name)))
    publishing.publish_due(now=timezone.now())
