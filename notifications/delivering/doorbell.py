"""Tells the workers that something is to be sent now: somebody is waiting for a code."""

from renewals import doorbell


def ring() -> None:
    """Never raises, never waits long; a lost ring costs seconds."""
    doorbell.ring("notifications.tell")
