"""Celery tasks of the site: what is over is forgotten."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(name="cabinet.forget_sessions")
def forget_sessions() -> None:
    """Delete sessions whose time is over."""
    SessionStore.clear_expired()
