"""`manage.py serve`: site, worker and status process, started and stopped together."""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from django.conf import settings
from django.core.management.base import BaseCommand

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
ENDS = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    """The embedded way to run. If one of the three ends, the others are ended, too."""

    help = "run the site, its worker and what answers about certificates, until Ctrl-C"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--status-port", type=int, default=0, help="without it, the next one")

    def handle(
        self, *args: object, host: str, port: int, status_port: int, **options: object
    ) -> None:
        """Start all and wait for the first that ends, or for Ctrl-C."""
        # Only the worker can open the authority's keys: nobody else is given what opens them.
        nothing = dict.fromkeys(("CA_PASSPHRASE", "CA_PIN", "CA_PIN_FILE"), "")
        site_environment = {**os.environ, **nothing, "CABINET_PROCESS": "site"}
        status_command = [*MANAGE, "status", "--host", host, "--port", str(status_port or port + 1)]
        children = [
            _start(web_command(host, port), site_environment),
            _start([*MANAGE, "work"], dict(os.environ)),
            _start(status_command, {**os.environ, **nothing}),
        ]
        # Both by name: a shell that starts us in the background has SIGINT ignored.
        for number in ENDS:
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
    # Its own group: Ctrl-C reaches us alone, and we end all in order.
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            # With what it has started itself: it leads its group.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _interrupt(*_: object) -> None:
    # Pressed again, it must not stop the stopping: a child would be left behind.
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
