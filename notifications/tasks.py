"""Celery tasks: thin. The rows say what is to be done; nothing is passed in a message."""

from celery import shared_task
from django.utils import timezone

from notifications.delivering.delivery import deliver_due
from notifications.delivering.forgetting import blank_bodies
from notifications.telling.digest import tell_digests
from notifications.telling.events import tell_events
from notifications.telling.reminding import remind as remind_due
from notifications.telling.turns import Budget

# Less than the pause between two sweeps, so that they do not pile up.
SECONDS = 20


@shared_task(name="notifications.tell")
def tell() -> None:
    """Read on in the chain of events and send what is due."""
    budget = Budget(SECONDS)
    while budget.is_left and tell_events(now=timezone.now()):
        pass
    deliver_due(clock=timezone.now, budget=budget)


@shared_task(name="notifications.remind")
def remind() -> None:
    """Tell of ends that have come near."""
    budget = Budget(SECONDS)
    remind_due(now=timezone.now(), budget=budget)
    tell_digests(now=timezone.now(), budget=budget)


@shared_task(name="notifications.forget_bodies")
def forget_bodies() -> None:
    """Blank the words of what was sent long ago."""
    blank_bodies(now=timezone.now())
