"""`manage.py work`: the worker for those who run no broker. The same sweep, twice a second."""

import logging
import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from renewals.tasks import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Ends on SIGTERM or SIGINT, after the work in hand."""

    help = "work off what waits, until told to stop"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often to look."""
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two looks")

    def handle(self, *args: object, every: float, **options: object) -> None:
        """Sweep, wait, sweep again."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.wait(every):
            try:
                sweep()
            except OperationalError as error:  # the database is away for a moment
                logger.warning("the sweep waits for the database: %s", error)
                close_old_connections()
