"""The Celery app: a doorbell, never the truth. Messages carry JSON ids only."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cabinet.settings")
TRANSPORT_ALIASES["redis"] = "cabinet.broker:Transport"

app = Celery("cabinet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
