"""Tells the workers that there is work. A lost ring costs seconds: the sweep finds the row."""

import logging
from collections.abc import Sequence

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(renewal_ids: Sequence[int]) -> None:
    """Send the ids of applications that a worker may take up. Never raises, never waits long."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task("renewals.issue", args=[list(renewal_ids)])
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the broker did not take applications %s: %s", renewal_ids, error)
