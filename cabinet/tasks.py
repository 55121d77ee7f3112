"""Celery tasks of the site: what is over is forgotten."""

from celery import shared_task
from celery.signals import worker_ready
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from renewals.services.settings_watch import note_settings_at_start


@worker_ready.connect
def note_settings_of_worker(**_sent: object) -> None:
    """The settings with which a worker starts are on record."""
    note_settings_at_start("worker", now=timezone.now())


@shared_task(name="cabinet.forget_sessions")
def forget_sessions() -> None:
    """Delete sessions whose time is over."""
    SessionStore.clear_expired()
