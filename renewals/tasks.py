"""Celery tasks: thin. They take an id, call a service and leave the outcome in the row."""

from celery import shared_task
from django.utils import timezone

from renewals.services import (
    ending,
    evidencing,
    filing,
    issuing,
    reminding,
    statements,
    straying,
)


@shared_task(name="renewals.issue")
def issue(renewal_ids: list[int]) -> None:
    """Issue what these applications ask for, as far as they are still due."""
    issuing.issue_due(now=timezone.now(), renewal_ids=renewal_ids)


@shared_task(name="renewals.sweep")
def sweep() -> None:
    """Pick up every row whose bell was lost and close what is too old."""
    issuing.issue_due(now=timezone.now())
    ending.lapse_due(now=timezone.now())
    reminding.tell_undecided(now=timezone.now())
    evidencing.make_due(now=timezone.now())


@shared_task(name="renewals.forget_statements")
def forget_statements() -> None:
    """Delete statements that nobody signed in time."""
    statements.forget_unsigned(now=timezone.now())


@shared_task(name="renewals.forget_documents")
def forget_documents() -> None:
    """Remove files whose sending or making was interrupted."""
    filing.forget_unstored(now=timezone.now())
    straying.forget_strays(now=timezone.now())
