"""What the event of a move costs, and how fast the chain is verified.

`python -m tests.benchmarks.bench_audit`. Each database gets a process of its own; within it moves
with and without their event take turns, so that a busy machine disturbs them alike.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

MOST_MS = 1.0


def main() -> None:
    """One line per database."""
    print("milliseconds, medians: a move without and with its event, what is added; one event and")
    print("one raw insert, each in a transaction of its own; then events verified per second")
    with tempfile.TemporaryDirectory() as folder:
        _run({"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"})
    with servers.postgresql() as url:
        _run({"DATABASE_URL": url})


def _run(database: dict[str, str]) -> None:
    sys.stdout.flush()
    command = [sys.executable, "-m", "tests.benchmarks.bench_audit", "here"]
    subprocess.run(command, env={**os.environ, **database}, check=True)


def _here() -> None:
    """Measure in this process, on its own database."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        os.environ["CA_KEY_DIRECTORY"] = f"{folder}/ca"
        django.setup()
        from tests.benchmarks.audit_load import AuditLoad  # noqa: PLC0415  # needs Django
        from tests.benchmarks.service_load import Load  # noqa: PLC0415  # needs Django

        load = AuditLoad(Load(Path(folder)))
        told, silent = load.move()
        alone, raw = load.append_alone(), load.insert()
        added = told - silent
        verdict = "met" if added <= MOST_MS else "missed"
        print(
            f"{load.vendor:<12}move {silent:.2f} + {added:.2f} = {told:.2f} "
            f"(limit of {MOST_MS:.0f} added: {verdict}); "
            f"event {alone:.2f}, insert {raw:.2f} (ratio {alone / raw:.1f}); "
            f"verify {load.verify():,.0f}/s",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        _here()
    else:
        main()
