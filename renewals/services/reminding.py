"""Applications that nobody decides about: told once per threshold, after a gap the nearest only."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from renewals.actor import WORKER
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Renewal
from renewals.services import journal


def tell_undecided(*, now: datetime) -> int:
    """Write an event for each application that waits too long. Returns how many."""
    told = 0
    # From the longest: who was never told, and waits for ten days, hears of ten and not of three.
    for days in sorted(settings.UNDECIDED_DAYS, reverse=True):
        waiting = Renewal.objects.awaiting().filter(
            submitted_at__lte=now - timedelta(days=days), told_days__lt=days
        )
        told += sum(_tell(renewal, days, now=now) for renewal in waiting)
    return told


def _tell(renewal: Renewal, days: int, *, now: datetime) -> bool:
    """False if another worker was faster, or somebody has decided meanwhile."""
    untold = Renewal.objects.filter(
        pk=renewal.pk, state=State.AWAITING_APPROVAL.value, told_days__lt=days
    )
    with transaction.atomic():
        if untold.update(told_days=days) != 1:
            return False
        journal.record(
            EventKind.RENEWAL_UNDECIDED,
            actor=WORKER,
            now=now,
            renewal=renewal,
            facts={"days": days, "bin": renewal.bin},
        )
    return True
