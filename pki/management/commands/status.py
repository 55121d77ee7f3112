"""`manage.py status`: the process that answers the world, by granian.

It needs the database, STATUS_PASSPHRASE with STATUS_KEY_DIRECTORY, and PUBLICATION_DIRECTORY.
What opens the authority's own keys is taken from its environment before it begins: it must not
be given that, and could do nothing with it.
"""

import os
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

# Empty rather than absent, so that no file of settings fills them in again.
NOT_FOR_IT = ("CA_PASSPHRASE", "CA_PIN", "CA_PIN_FILE")


class Command(BaseCommand):
    """Gives its place to granian, so that signals reach that and nothing of this is left."""

    help = "answer what became of certificates (OCSP), and serve lists of revoked ones"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and with how many processes."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--workers", type=int, default=1)

    def handle(self, *args: object, host: str, port: int, workers: int, **options: object) -> None:
        """Does not come back."""
        given = [name for name in NOT_FOR_IT if os.environ.get(name)]
        if given:
            self.stderr.write(f"not for this process, taken away: {', '.join(given)}")
        environment = {**os.environ, **dict.fromkeys(NOT_FOR_IT, ""), "CABINET_PROCESS": "status"}
        command = granian_command(host, port, workers)
        os.chdir(settings.BASE_DIR)
        os.execve(sys.executable, command, environment)  # noqa: S606  # no shell is meant


def granian_command(host: str, port: int, workers: int) -> list[str]:
    """One thread of Python each; whoever sends nothing for five seconds is let go."""
    return [
        *[sys.executable, "-m", "granian", "pki.status.rsgi:application"],
        *["--interface", "rsgi", "--host", host, "--port", str(port), "--workers", str(workers)],
        *["--http", "1", "--no-ws", "--no-access-log", "--log-level", "warning"],
        *["--http1-header-read-timeout", "5000", "--http1-buffer-size", "65536"],
        *["--respawn-failed-workers", "--workers-kill-timeout", "3"],
    ]
