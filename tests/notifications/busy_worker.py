"""`python -m tests.notifications.busy_worker`: works until nothing is due; says its peak memory.

Prints MiB and how many letters were sent, for the test that compares few and many.
"""

import resource

import django

django.setup()

from django.utils import timezone  # noqa: E402  # models need Django to be set up

from notifications import tasks  # noqa: E402
from notifications.models import Delivery  # noqa: E402

if __name__ == "__main__":
    tasks.remind()
    while Delivery.objects.due(timezone.now()).exists():
        tasks.tell()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak_mib:.1f} {Delivery.objects.filter(state='sent').count()}")
