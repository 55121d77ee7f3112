"""How fast a revocation gets into the lists: from rows in PostgreSQL to files, at three sizes.

`python -m tests.benchmarks.bench_crl`. Held against the raw limit of the same process: the very
entries joined and signed, nothing read, checked or written. Whole list, changes and a part are
made each time; peak memory is of a process that does nothing else.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

# Entries and parts.
SIZES = ((10_000, 0), (100_000, 0), (1_000_000, 0), (1_000_000, 64))
ROUNDS = 5
ENTRY_LENGTH = 54


def main() -> None:
    """A database for all, a process for each size."""
    print(f"lists from database to file, median of {ROUNDS} runs (raw: join and sign)")
    print(
        f"{'entries':>9}{'parts':>7}{'seconds':>9}{'best':>8}{'raw':>8}{'ratio':>7}"
        f"{'µs/entry':>10}{'file, MB':>10}{'peak, MiB':>11}{'at start':>10}"
    )
    sys.stdout.flush()
    with servers.postgresql() as url, tempfile.TemporaryDirectory() as folder:
        for count, parts in SIZES:
            for step in ("load", "publish"):
                command = [sys.executable, "-m", "tests.benchmarks.bench_crl", step]
                subprocess.run(
                    [*command, str(count), str(parts), folder],
                    env={**os.environ, "DATABASE_URL": url},
                    check=True,
                )


def _here(step: str, count: int, parts: int, folder: Path) -> None:
    os.environ["PUBLICATION_DIRECTORY"] = str(folder / "published")
    fill(folder)
    django.setup()
    from tests.benchmarks import crl_load  # noqa: PLC0415  # needs Django

    if step == "load":
        crl_load.load(count, parts, folder / "key")
    else:
        _publish(count, parts, folder)


def _publish(count: int, parts: int, folder: Path) -> None:
    from pki.issuer.keys import sign_with  # noqa: PLC0415  # needs Django
    from pki.models import Authority, ListScope, Revocation  # noqa: PLC0415
    from renewals.services import publishing  # noqa: PLC0415
    from tests.benchmarks import crl_load  # noqa: PLC0415

    authority = Authority.objects.get(name=f"bench{count}-{parts}")
    keys = crl_load.keys_of(folder / "key")
    newest = Revocation.objects.filter(authority=authority).order_by("-pk")[:1]
    at_start = _peak_mib()

    def one_run() -> None:
        # One new revocation, as ever: the part in which it stands is made anew, the others not.
        Revocation.objects.filter(pk__in=newest.values("pk")).update(listed_number=None)
        publishing.publish_changes(authority, keys=keys, now=datetime.now(UTC))

    one_run()
    one_run()
    peak = _peak_mib()
    row = authority.lists.get(scope=ListScope.FULL.value)
    if row.entries != count:
        raise RuntimeError(f"{row.entries} entries")
    entries = [os.urandom(ENTRY_LENGTH) for _one in range(count)]
    # In turns, so that a busy machine disturbs both alike.
    turns = [
        (_seconds(one_run), _seconds(lambda: sign_with(keys.key, b"".join(entries))))
        for _round in range(ROUNDS)
    ]
    median, raw = (statistics.median(column) for column in zip(*turns, strict=True))
    best = min(seconds for seconds, _raw in turns)
    print(
        f"{count:>9}{parts:>7}{median:>9.3f}{best:>8.3f}{raw:>8.3f}{raw / median:>7.2f}"
        f"{1e6 * median / count:>10.2f}{row.size / 1e6:>10.1f}{peak:>11.0f}{at_start:>10.0f}",
        flush=True,
    )


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1:]:
        _here(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
