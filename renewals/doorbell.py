"""Tells the workers that there is work. A lost ring costs seconds: the sweep finds the row."""

import logging

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(task: str, *ids: list[int]) -> None:
    """Send a task with nothing but ids. Never raises, never waits long."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task(task, args=list(ids))
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the broker did not take %s %s: %s", task, list(ids), error)
