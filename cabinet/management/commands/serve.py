"""`manage.py serve`: site and worker, started and stopped together, without other servers."""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from django.conf import settings
from django.core.management.base import BaseCommand

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


class Command(BaseCommand):
    """The embedded way to run. If one of the two ends, the other is ended, too."""

    help = "run the site and its worker until Ctrl-C"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: object, host: str, port: int, **options: object) -> None:
        """Start both and wait for the first that ends, or for Ctrl-C."""
        # Only the worker can open the authority's keys: the site is not given the passphrase.
        site_environment = {**os.environ, "CA_PASSPHRASE": "", "CABINET_PROCESS": "site"}
        children = [
            _start(web_command(host, port), site_environment),
            _start([*MANAGE, "work"], dict(os.environ)),
        ]
        # Both by name: a shell that starts us in the background has SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        try:
            os.wait()
        except KeyboardInterrupt:
            self.stdout.write("stopping")
        finally:
            _stop(children)


def web_command(host: str, port: int) -> list[str]:
    """Gunicorn with threads: one process, so that SQLite has few writers."""
    return [
        *[sys.executable, "-m", "gunicorn", "cabinet.wsgi:application"],
        *["--bind", f"{host}:{port}", "--workers", "1", "--threads", "8"],
        *[
            "--worker-class",
            "gthread",
            "--log-level",
            "warning",
            "--graceful-timeout",
            "5",
            "--no-control-socket",
        ],
    ]


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # Its own group: Ctrl-C reaches us alone, and we end both in order.
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
