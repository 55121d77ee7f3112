"""How long a list of a hundred takes to approve, on SQLite and on PostgreSQL.

`python -m tests.benchmarks.bench_approval`. Each database gets a process of its own. Beside the
one signature over a hundred applications stand a hundred signatures over one each, and the bare
verification of one signature, measured in turns, so that a busy machine disturbs them alike.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

ROUNDS = 3
APPLICATIONS = 100
LONGEST_SECONDS = 1.0


def main() -> None:
    """One process per database; their lines are printed as they come."""
    print(f"milliseconds, median of {ROUNDS}; a list names {APPLICATIONS} applications")
    print(
        f"{'database':<12}{'draw list':>10}{'decide list':>13}{'each alone':>12}"
        f"{'alone/list':>12}{'one verify':>12}{'list/verify':>13}"
    )
    with tempfile.TemporaryDirectory() as folder:
        _run({"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"})
    with servers.postgresql() as url:
        _run({"DATABASE_URL": url})


def _run(database: dict[str, str]) -> None:
    sys.stdout.flush()
    command = [sys.executable, "-m", "tests.benchmarks.bench_approval", "here"]
    subprocess.run(command, env={**os.environ, **database}, check=True)


def _here() -> None:
    """Measure in this process, on its own database."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        os.environ["CA_KEY_DIRECTORY"] = f"{folder}/ca"
        django.setup()
        from tests.benchmarks.approval_load import Load  # noqa: PLC0415  # needs Django

        load = Load()
        rounds = [load.measure() for _round in range(ROUNDS)]
        draw, listed, alone, verify = (
            1000 * statistics.median(column) for column in zip(*rounds, strict=True)
        )
        print(
            f"{load.vendor:<12}{draw:>10.0f}{listed:>13.0f}{alone:>12.0f}"
            f"{alone / listed:>12.1f}{verify:>12.2f}{listed / verify:>13.0f}",
            flush=True,
        )
        if listed > 1000 * LONGEST_SECONDS:
            raise SystemExit(f"a list takes longer than {LONGEST_SECONDS} s")


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        _here()
    else:
        main()
