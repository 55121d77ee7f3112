"""How fast answers about certificates are signed, and given out over HTTP.

`python -m tests.benchmarks.bench_ocsp`. In process: held against the same key's raw signatures, in
turns. Over HTTP: `manage.py status` with two workers over PostgreSQL with `BENCH_OCSP_ROWS`
certificates (10,000,000 unless told otherwise, a few minutes to make), asked by another process
on `CONNECTIONS` kept connections, each with its next question as soon as it has its answer.
Server, database and clients share the cores of this machine.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pki.authority import IssuerFacts
from pki.issuer.file_keys import FileKeys, read_key
from pki.issuer.ocsp_writer import OCSPWriter, SingleAnswer
from pki.revocation import Reason, RevocationFacts, Status
from tests import servers
from tests.benchmarks.ocsp_clients import report
from tests.environment import fill
from tests.pki.issuer.conftest import PASSPHRASE, make_authority

ROUNDS = 7
SECONDS_PER_ROUND = 0.4
ROWS = int(os.environ.get("BENCH_OCSP_ROWS", "10000000"))
REQUESTS = int(os.environ.get("BENCH_OCSP_REQUESTS", "60000"))
CONNECTIONS = 32
# How many certificates are asked about again and again: less than are kept in memory.
ASKED = 5000


def main() -> None:
    """Both; the second in a process that has its database in the environment."""
    _sign()
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder, servers.postgresql() as url:
        command = [sys.executable, "-m", "tests.benchmarks.bench_ocsp", folder]
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)


def _sign() -> None:
    print("answers signed in process, per second, median (ratio to raw P-256 signatures)")
    with tempfile.TemporaryDirectory() as folder:
        made = make_authority("ec", Path(folder), datetime.now(UTC) - timedelta(days=30))
        key = read_key(Path(folder) / "keys", "ec", PASSPHRASE)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        works = {"raw": lambda: key.sign(bytes(200), ec.ECDSA(hashes.SHA256()))}
        works |= _answers(made.issuer, made.keys)
        rates: dict[str, list[float]] = {name: [] for name in works}
        for _round in range(ROUNDS):
            for name, work in works.items():
                rates[name].append(_rate(work))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in medians.items():
        print(f"  {name:<24}{rate:>8.0f} ({rate / medians['raw']:.2f})")


def _answers(issuer: IssuerFacts, keys: FileKeys) -> dict[str, Callable[[], bytes]]:
    """By the writer, with the certificate of the signer in each."""
    writer = OCSPWriter(issuer, keys, is_delegated=True)
    now = datetime.now(UTC)
    until = now + timedelta(hours=12)
    certificate_id = bytes.fromhex("3056") + bytes(86)
    good = SingleAnswer(certificate_id, RevocationFacts(Status.GOOD, "records", now))
    revoked = SingleAnswer(
        certificate_id, RevocationFacts(Status.REVOKED, "records", now, now, Reason.SUPERSEDED)
    )
    nonce = bytes.fromhex("0420") + bytes(32)
    return {
        "good": lambda: writer.write([good], now=now, next_update=until),
        "revoked": lambda: writer.write([revoked], now=now, next_update=until),
        "good, with a nonce": lambda: writer.write([good], now=now, next_update=until, nonce=nonce),
    }


def _rate(work: Callable[[], bytes]) -> float:
    count, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < SECONDS_PER_ROUND:
        for _one in range(50):
            work()
        count += 50
    return count / spent


def busy(seconds: float = 3.0) -> float:
    """How many cores others use: what they take is missing in all rates."""
    before = _ticks()
    time.sleep(seconds)
    return (_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def _ticks() -> int:
    """All but idle and waiting, of all cores."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(one) for one in fields) - int(fields[3]) - int(fields[4])


def _serve(folder: Path) -> None:
    """Over HTTP, in this process's database."""
    fill(folder)
    django.setup()
    from tests.benchmarks.ocsp_load import Load  # noqa: PLC0415  # needs Django

    load = Load(folder, ROWS)
    print(
        f"over HTTP: {ROWS:,} certificates in {load.megabytes:,} MB of PostgreSQL"
        f" ({load.seconds:.0f} s to make), {CONNECTIONS} connections, {os.cpu_count()} cores,"
        f" {busy():.1f} of them busy with something else",
        flush=True,
    )
    with load.server() as server:
        kept = load.requests(ASKED)
        runs = (
            ("first time each", kept, ASKED),
            ("kept answers", kept, REQUESTS),
            ("any of all, made anew", load.requests(REQUESTS // 3), REQUESTS // 3),
            ("with a nonce", load.requests(ASKED, nonce=bytes(16)), REQUESTS // 3),
        )
        for name, requests, count in runs:
            print(f"  {name:<24}{report(server.port, requests, count, CONNECTIONS)}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        _serve(Path(sys.argv[1]))
    else:
        main()
