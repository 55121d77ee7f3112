"""How fast the service issues: rows, leases, events and all, on SQLite and on PostgreSQL.

`python -m tests.benchmarks.bench_service`. Each database gets a process of its own; within it
the plain builder and the service take turns, so that a busy machine disturbs them alike.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

ROUNDS = 3
# In batches as the sweep takes them.
APPLICATIONS = 100
KINDS = ("P-256", "RSA-2048", "RSA-4096")


def main() -> None:
    """One process per database; their lines are printed as they come."""
    print("certificates per second through the service, median (ratio to the plain builder)")
    print(f"{'database':<12}{'key':<10}{'plain':>8}{'service':>16}{'with lint':>16}  peak memory")
    with tempfile.TemporaryDirectory() as folder:
        _run({"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"})
    with servers.postgresql() as url:
        _run({"DATABASE_URL": url})


def _run(database: dict[str, str]) -> None:
    sys.stdout.flush()
    command = [sys.executable, "-m", "tests.benchmarks.bench_service", "here"]
    subprocess.run(command, env={**os.environ, **database, "ISSUE_BATCH": "100"}, check=True)


def _here() -> None:
    """Measure in this process, on its own database."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        os.environ["CA_KEY_DIRECTORY"] = f"{folder}/ca"
        django.setup()
        from tests.benchmarks.service_load import Load  # noqa: PLC0415  # needs Django

        load = Load(Path(folder))
        for kind in KINDS:
            plain, unlinted, linted = load.measure(kind)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{load.vendor:<12}{kind:<10}{plain:>8.0f}"
                f"{unlinted:>9.0f} ({unlinted / plain:.2f})"
                f"{linted:>9.0f} ({linted / plain:.2f})  {peak} MB",
                flush=True,
            )


def median_rate(rounds: list[float]) -> float:
    """Per second, from seconds for `APPLICATIONS`."""
    return APPLICATIONS / statistics.median(rounds)


def timed(work: object) -> float:
    """Seconds for one call."""
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        _here()
    else:
        main()
