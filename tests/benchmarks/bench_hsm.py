"""Issuing by a hardware module against the raw rate of its key, in the same run (SoftHSM).

Each round measures all, one after the other; told are medians. Raw is a signature over content
of a certificate's size; call is the module's function alone, over a ready digest. Issuing is
prepare, sign, compare; lint, which needs no key, is told apart.
"""

import hashlib
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pkcs11 import KeyType, Mechanism, ObjectClass

from pki.authority import IssuerFacts
from pki.issuer.authorities import certify_authority
from pki.issuer.hardware_keys import DIGEST_INFO, HardwareKeys
from pki.issuer.lint import lint
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.profiles import AuthorityProfile
from tests.benchmarks.bench_issuer import NOW, PROFILE, ROUNDS, SPKI, SUBJECT, issue, rate
from tests.softhsm import MISSING, MODULE, TOOL, make_store, make_token

SUBJECT_DER = SUBJECT.public_bytes()
# As `ISSUE_BATCH` is by default.
BATCH = 50
BASE_URL = "http://127.0.0.1/pki"


def main() -> None:
    """One line for each kind of key."""
    if not Path(MODULE).exists() or not shutil.which(TOOL):
        print(MISSING)
        return
    with tempfile.TemporaryDirectory(prefix="cabinet-hsm-") as folder:
        token = make_token(make_store(Path(folder)))
        keys = HardwareKeys(MODULE, token.label, lambda: token.pin)
        print("key       call, /s  raw, /s  issue, /s  of raw  of call  with lint, /s")
        for kind in ("P-256", "RSA-2048"):
            _measure(kind, keys)


def _measure(kind: str, keys: HardwareKeys) -> None:
    issuer = _authority(kind, keys)
    content = issuer.certificate_der
    keys.sign(issuer, content)
    acts: dict[str, Callable[[], bytes]] = {
        "call": _call(issuer.key_name, keys),
        "raw": lambda: keys.sign(issuer, content),
        "issue": lambda: _issue_batch(issuer, keys),
        "linted": lambda: issue(issuer, keys, lint),
    }
    rounds: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            rounds[name].append(rate(act))
    found = {name: statistics.median(rates) for name, rates in rounds.items()}
    found["issue"] *= BATCH
    print(
        f"{kind:9}{found['call']:9.0f}{found['raw']:9.0f}{found['issue']:11.0f}"
        f"{found['issue'] / found['raw']:8.2f}{found['issue'] / found['call']:9.2f}"
        f"{found['linted']:15.0f}"
    )


def _issue_batch(issuer: IssuerFacts, keys: HardwareKeys) -> bytes:
    """As the worker does: all are prepared, all signed, all compared."""
    plans = [
        prepare(
            issuer=issuer,
            profile=PROFILE,
            subject_der=SUBJECT_DER,
            spki_der=SPKI,
            serial=new_serial(),
            now=NOW,
        )
        for _ in range(BATCH)
    ]
    signed = [(plan, sign(plan, keys)) for plan in plans]
    for plan, certificate_der in signed:
        compare(plan, certificate_der)
    return b""


def _call(name: str, keys: HardwareKeys) -> Callable[[], bytes]:
    """The module's own function over a digest that is ready."""
    session = keys._session
    assert session is not None
    key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=name)
    digest = hashlib.sha256(b"content").digest()
    if key.key_type == KeyType.RSA:
        content = DIGEST_INFO["sha256"] + digest
        return lambda: key.sign(content, mechanism=Mechanism.RSA_PKCS)
    return lambda: key.sign(digest, mechanism=Mechanism.ECDSA)


def _authority(kind: str, keys: HardwareKeys) -> IssuerFacts:
    """An issuing key of that kind under a root on P-384, both in the token."""
    profile = AuthorityProfile(
        root_key_kind="P-384",
        issuing_key_kind=kind,
        root_common_name="BENCH ROOT {name}",
        issuing_common_name="BENCH {name}",
        organisation="TEST",
    )
    name = kind.lower()
    root = IssuerFacts(f"{name}-root", b"", f"{name}.root", BASE_URL)
    made = certify_authority(
        profile,
        root=root,
        name=name,
        root_key=keys.make(root.key_name, "P-384"),
        issuing_key=keys.make(name, kind),
        keys=keys,
        valid_from=NOW,
    )
    return IssuerFacts(name, made.issuing_der, name, BASE_URL)


if __name__ == "__main__":
    main()
