"""How fast a head gets his page: ten thousand employees on PostgreSQL, held against ten.

`python -m tests.benchmarks.bench_organisation`. The whole answer is measured: session, rights,
questions, template. Big and small take turns, so that a busy machine disturbs them alike.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

ROUNDS = 40
EMPLOYEES, FEW = 10_000, 10
OTHERS = (3, 1_000)
MOST_MS = 300
BIG, SMALL = "100000000001", "100000000002"
# What is asked for, by what the reader does.
PAGES = {
    "first page": "",
    "page 100": "?page=100",
    "last page": "?page=9999",
    "search": "?q=айгүл+сейт",
    "ends within 30 days": "?group=soon",
    "expired": "?group=expired",
    "revoked": "?group=revoked",
}


def main() -> None:
    """In a process of its own, with a database of its own."""
    print(f"organisation page with {EMPLOYEES} employees, ms (ratio to one with {FEW})")
    print(f"{'page':<22}{'p50':>6}{'p95':>8}{'ratio of p50':>15}")
    sys.stdout.flush()
    with servers.postgresql() as url:
        command = [sys.executable, "-m", "tests.benchmarks.bench_organisation", "here"]
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)


def _here() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        os.environ["CA_KEY_DIRECTORY"] = f"{folder}/ca"
        os.environ["STATIC_ROOT"] = f"{folder}/static"
        django.setup()
        _measure()


def _measure() -> None:
    from django.db import connection  # noqa: PLC0415  # needs Django
    from django.test import Client  # noqa: PLC0415

    from tests.benchmarks.organisation_load import Load  # noqa: PLC0415

    load = Load()
    big, small = load.add_organisation(BIG, EMPLOYEES), load.add_organisation(SMALL, FEW)
    for at in range(OTHERS[0]):
        load.add_organisation(f"2000000000{at:02d}", OTHERS[1])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself after so many rows

    def ask(client: Client, query: str) -> Callable[[], object]:
        def work() -> None:
            reply = client.get(f"/organisation/{query}")
            if reply.status_code != 200 or b"/organisation/people/" not in reply.content:
                raise RuntimeError(f"{query}: {reply.status_code}")

        return work

    slow = False
    for label, query in PAGES.items():
        few, many = [], []
        for _round in range(ROUNDS):
            few.append(_milliseconds(ask(small, "")))
            many.append(_milliseconds(ask(big, query)))
        p50, p95 = statistics.median(many), statistics.quantiles(many, n=20)[18]
        ratio = p50 / statistics.median(few)
        print(f"{label:<22}{p50:>6.0f}{p95:>8.0f}{ratio:>15.1f}", flush=True)
        slow = slow or p95 > MOST_MS
    print(f"small organisation: p50 {statistics.median(few):.0f} ms")

    def export() -> None:
        reply = big.get("/organisation/people.csv")
        if len(reply.getvalue().splitlines()) < EMPLOYEES:
            raise RuntimeError("rows are missing")

    print(f"table of all (CSV): {_milliseconds(export):.0f} ms")
    print(f"p95 of every page at most {MOST_MS} ms: {'no' if slow else 'yes'}")


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        _here()
    else:
        main()
