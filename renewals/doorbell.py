"""Tells the workers that there is work. A lost ring costs seconds: the sweep finds the row."""

import logging

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(renewal_id: int) -> None:
    """Send the id of an application that a worker may take up. Never raises, never waits long."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task("renewals.issue", args=[renewal_id])
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the broker did not take application %s: %s", renewal_id, error)
