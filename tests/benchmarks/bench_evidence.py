"""How fast a container is made and judged, held against the bare signatures that are in it.

`python -m tests.benchmarks.bench_evidence`. Real applications in a database of its own; the last
line is how long the worst files take that anybody may send to the public page.
"""

import os
import statistics
import tempfile
from pathlib import Path

import django

from tests.environment import fill

MOST_MS = 100.0
APPLICATIONS = 12
LIST = 100


def main() -> None:
    """One line per kind of key and of application: medians in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["CA_KEY_DIRECTORY"] = f"{folder}/ca"
        os.environ["DOCUMENTS_DIRECTORY"] = f"{folder}/documents"
        fill(Path(folder))
        django.setup()
        from tests.benchmarks.evidence_load import Load, worst_files  # noqa: PLC0415  # needs Django

        print(f"a container, ms, median of {APPLICATIONS} (ratio to its bare signatures)")
        print(
            f"{'key':<10}{'application':<20}{'signatures':>12}{'made':>14}{'processor':>11}"
            f"{'form alone':>12}{'judged':>8}{'kB':>6}"
        )
        load = Load()
        slowest = busiest = 0.0
        for kind, name, found in load.measure():
            made = statistics.median(found.made)
            bare = statistics.median(found.bare)
            busy, form = statistics.median(found.busy), statistics.median(found.form)
            judged = statistics.median(found.judged)
            print(
                f"{kind:<10}{name:<20}{bare:>9.1f} ({found.count})"
                f"{made:>8.1f} ({made / bare:>3.0f})"
                f"{busy:>11.1f}{form:>12.1f}{judged:>8.1f}{found.size / 1024:>6.0f}"
            )
            slowest, busiest = max(slowest, made), max(busiest, busy)
        verdict = "met" if slowest <= MOST_MS else "missed"
        print(
            f"slowest median {slowest:.0f} ms, {busiest:.0f} ms of the processor: "
            f"the limit of {MOST_MS:.0f} ms is {verdict}"
        )
        for name, milliseconds in worst_files():
            print(f"hostile: {name:<60}{milliseconds:>8.1f} ms")


if __name__ == "__main__":
    main()
