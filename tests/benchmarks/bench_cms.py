"""How fast a signature is verified with its path, held against OpenSSL and pyHanko.

`python -m tests.benchmarks.bench_cms`. All roads of a line run in one run, in turns. OpenSSL is a
process per signature, which is what calling it costs; an empty `openssl version` beside it tells
the process from the work.
"""

import asyncio
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from pki import certificate
from pki.chain import Usage, validate_path
from pki.cms import verify_cms
from tests.pki.factories import NOW, Cms, issuing, leaf, root, to_ber

CONTENT = ("Заявление № 2026-00000001\n" * 40).encode()
ROUNDS = 9
CALLS = {"ours": 50, "pyHanko": 3, "openssl": 3, "openssl version": 3}
Road = Callable[[], object]


def ours(data: bytes) -> None:
    """What the portal does with a signature that it never saw, without the database."""
    certificate._parse.cache_clear()
    certificate._load.cache_clear()
    facts = verify_cms(data, content=CONTENT)
    validate_path(
        facts.signer.der,
        intermediates=[issuing().der],
        anchors=[root().der],
        moment=NOW,
        usage=Usage.SIGN,
    )


def pyhanko(data: bytes, anchors: list[asn1_x509.Certificate]) -> None:
    """The same question; the context belongs to one validation."""
    context = ValidationContext(
        trust_roots=anchors[:1], other_certs=anchors[1:], allow_fetching=False, moment=NOW
    )
    signed = asn1_cms.ContentInfo.load(data)["content"]
    status = asyncio.run(
        async_validate_detached_cms(CONTENT, signed, signer_validation_context=context)
    )
    assert status.intact
    assert status.valid
    assert status.trusted


def openssl(folder: Path) -> None:
    """`openssl cms -verify` over files."""
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"]
    command += ["-in", "data", "-content", "content", "-CAfile", "chain", "-purpose", "any"]
    command += ["-attime", str(int(NOW.timestamp())), "-out", "/dev/null"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def milliseconds(road: Road, calls: int) -> float:
    """One call, on average of a round."""
    started = time.perf_counter()
    for _call in range(calls):
        road()
    return (time.perf_counter() - started) * 1000 / calls


def measure(data: bytes, folder: Path) -> dict[str, float]:
    """Medians in milliseconds, by road."""
    (folder / "data").write_bytes(data)
    (folder / "content").write_bytes(CONTENT)
    pem = [one.certificate.public_bytes(Encoding.PEM) for one in (root(), issuing())]
    (folder / "chain").write_bytes(b"".join(pem))
    anchors = [asn1_x509.Certificate.load(one.der) for one in (root(), issuing())]
    roads: dict[str, Road] = {
        "ours": lambda: ours(data),
        "pyHanko": lambda: pyhanko(data, anchors),
        "openssl": lambda: openssl(folder),
        "openssl version": lambda: subprocess.run(
            ["openssl", "version"], check=True, capture_output=True
        ),
    }
    for road in roads.values():
        road()
    rounds: dict[str, list[float]] = {name: [] for name in roads}
    for _round in range(ROUNDS):
        for name, road in roads.items():
            rounds[name].append(milliseconds(road, CALLS[name]))
    return {name: statistics.median(figures) for name, figures in rounds.items()}


def main() -> None:
    """Print one line per key and encoding: milliseconds, with the ratio to ours."""
    print(f"verify a signature with its path: ms, median of {ROUNDS} rounds (ratio to ours)")
    print(f"{'signature':<16}{'ours':>8}{'pyHanko':>18}{'openssl cms':>18}{'openssl version':>18}")
    for kind in ("RSA-2048", "P-256"):
        built = Cms(CONTENT, kind, leaf(kind)).build()
        for form, data in (("DER", built), ("BER", to_ber(built, 4))):
            with tempfile.TemporaryDirectory() as folder:
                found = measure(data, Path(folder))
            base = found.pop("ours")
            others = "".join(f"{ms:>10.2f} ({ms / base:>4.0f})" for ms in found.values())
            print(f"{kind + ' ' + form:<16}{base:>8.3f} {others}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory of this process, pyHanko included: {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
