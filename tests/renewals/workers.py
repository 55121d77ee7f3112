"""The workers that belong to the database in use: Celery with its beat, or the loop."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.processes import CELERY_BEAT, CELERY_WORKER, ROOT, running

PATIENCE_SECONDS = 60.0
LEASE_SECONDS = 2


def database_url() -> str:
    """The test database, as another process reaches it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    user, password = found["USER"], found["PASSWORD"]
    name = f"{user}:{password}" if password else user
    return f"postgres://{name}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def environment() -> dict[str, str]:
    """Short leases and quick sweeps, so that tests do not wait."""
    return {
        "DATABASE_URL": database_url(),
        "ISSUE_LEASE_SECONDS": str(LEASE_SECONDS),
        "SWEEP_SECONDS": "1",
    }


@contextmanager
def workers(log: Path, *, with_beat: bool = True) -> Iterator[None]:
    """As `docker-compose.yml` starts them where there is a broker, as `serve` does elsewhere."""
    with ExitStack() as stack:
        if settings.REDIS_URL:
            stack.enter_context(running(CELERY_WORKER, environment(), log))
            if with_beat:
                beat = [*CELERY_BEAT[:-1], str(log.with_name("beat"))]
                stack.enter_context(running(beat, environment(), log))
        else:
            command = ["python", "manage.py", "work", "--every", "0.2"]
            stack.enter_context(running(command, environment(), log))
        yield


def die_at(point: str) -> int:
    """Run a worker that is killed there; returns its exit status."""
    command = [sys.executable, "-m", "tests.renewals.dying_worker", point]
    values = {**os.environ, **environment()}
    return subprocess.run(command, cwd=ROOT, env=values, check=False).returncode


def wait_until(condition: Callable[[], bool]) -> bool:
    """Look ten times a second, for a minute at most."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False
