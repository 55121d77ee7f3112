"""Celery tasks: thin. They take an id, call a service and leave the outcome in the row."""

from celery import shared_task
from celery.signals import worker_init
from django.utils import timezone

from renewals.services import (
    checkpointing,
    ending,
    evidencing,
    filing,
    issuing,
    proposing,
    publishing,
    reminding,
    statements,
    straying,
)
from renewals.services.authority import starting
from renewals.services.trust import inquiring, listing


@shared_task(name="renewals.issue")
def issue(renewal_ids: list[int]) -> None:
    """Issue what these applications ask for, as far as they are still due."""
    issuing.issue_due(now=timezone.now(), renewal_ids=renewal_ids)


@shared_task(name="renewals.publish")
def publish() -> None:
    """Make the lists that do not tell everything, or are due."""
    publishing.publish_due(now=timezone.now())


@shared_task(name="renewals.look_after")
def look_after() -> None:
    """Certificates of the authority's services are made in time; what is amiss is told."""
    starting.look_after(now=timezone.now())


@worker_init.connect
def start(**_: object) -> None:
    """A worker begins: open the keys and look whether everything is there."""
    starting.start_worker()


@shared_task(name="renewals.sweep")
def sweep() -> None:
    """Pick up every row whose bell was lost and close what is too old."""
    issuing.issue_due(now=timezone.now())
    ending.lapse_due(now=timezone.now())
    reminding.tell_undecided(now=timezone.now())
    evidencing.make_due(now=timezone.now())
    checkpointing.write_due(now=timezone.now())
    proposing.lapse_due(now=timezone.now())


@shared_task(name="renewals.fetch_trust")
def fetch_trust() -> None:
    """Ask other authorities what they say of their certificates."""
    inquiring.ask_due(now=timezone.now())
    listing.fetch_due(now=timezone.now())


@shared_task(name="renewals.checkpoint")
def checkpoint() -> None:
    """Sign the head of what happened, and write it to the second place."""
    checkpointing.make_due(now=timezone.now())


@shared_task(name="renewals.forget_statements")
def forget_statements() -> None:
    """Delete statements that nobody signed in time."""
    statements.forget_unsigned(now=timezone.now())
    inquiring.forget(now=timezone.now())


@shared_task(name="renewals.forget_documents")
def forget_documents() -> None:
    """Remove files whose sending or making was interrupted."""
    filing.forget_unstored(now=timezone.now())
    straying.forget_strays(now=timezone.now())
