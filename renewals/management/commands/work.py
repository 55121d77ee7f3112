"""`manage.py work`: the worker for those who run no broker, by the same schedule as beat."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from renewals.services.authority import starting
from renewals.services.settings_watch import note_settings_at_start

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Ends on SIGTERM or SIGINT, after the work in hand."""

    help = "work off what waits, until told to stop"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often to look."""
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two sweeps")

    def handle(self, *args: object, every: float, **options: object) -> None:
        """Run every scheduled task when it is due, in this process."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        current_app.loader.import_default_modules()
        note_settings_at_start("worker", now=timezone.now())
        seconds = {
            # What looks for lost rings looks all the time: nobody rings here.
            entry["task"]: every
            if entry["schedule"] == settings.SWEEP_SECONDS
            else entry["schedule"]
            for entry in settings.CELERY_BEAT_SCHEDULE.values()
        }
        starting.start_worker()
        due = dict.fromkeys(seconds, time.monotonic())
        while not stopping.wait(every):
            for task, pause in seconds.items():
                if due[task] <= time.monotonic():
                    _run(task)
                    due[task] = time.monotonic() + pause


def _run(task: str) -> None:
    try:
        current_app.tasks[task]()
    except OperationalError as error:  # the database is away for a moment
        logger.warning("%s waits for the database: %s", task, error)
        close_old_connections()
