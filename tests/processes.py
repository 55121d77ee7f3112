"""The real processes of the full way to run, as `docker-compose.yml` starts them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

CELERY_WORKER = ["celery", "--app", "cabinet", "worker", "--loglevel", "info", "--concurrency", "2"]
CELERY_BEAT = [
    "celery",
    "--app",
    "cabinet",
    "beat",
    "--loglevel",
    "info",
    "--schedule",
    "/tmp/beat",
]
GUNICORN = [
    *["gunicorn", "cabinet.wsgi:application", "--bind", "0.0.0.0:8000"],
    *["--workers", "3", "--threads", "4", "--worker-class", "gthread"],
    *["--worker-tmp-dir", "/dev/shm", "--no-control-socket"],
]
MIGRATE = ["python", "manage.py", "migrate", "--no-input"]


def own(command: Sequence[str]) -> list[str]:
    """The command with this environment's programs."""
    program = Path(sys.executable).with_name(command[0])
    return [str(program), *command[1:]]


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended with everything that it started."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            own(command),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            if process.poll() is not None:
                break
            os.killpg(process.pid, number)
            try:
                process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue
