"""How fast certificates are made, held against the plain builder with the key in memory.

`python -m tests.benchmarks.bench_issuer`. All figures of one line come from one run, in turns, so
that a busy machine disturbs them alike; ratios say more than rates.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pki.authority import IssuerFacts
from pki.certificate import Purpose, Role, Storage
from pki.issuer.authorities import certify_authority
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS, AuthorityKey, KeyBackend, signature_hash
from pki.issuer.lint import lint
from pki.issuer.pattern import key_identifier, leaf_extensions, material_of
from pki.issuer.prepare import Plan, new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.profiles import AuthorityProfile, leaf_profile
from tests.memory_keys import MemoryKeys

NOW = datetime.now(UTC)
PASSPHRASE = "a passphrase of benchmarks"
PROFILE = leaf_profile(Purpose.COMBINED, Storage.FILE, (Role.INDIVIDUAL,))
SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COMMON_NAME, "СЕЙТҚАЛИ АЙГҮЛ"),
        x509.NameAttribute(NameOID.SURNAME, "СЕЙТҚАЛИ"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, "IIN010203300005"),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        x509.NameAttribute(NameOID.GIVEN_NAME, "МАРАТҚЫЗЫ"),
    ]
)
LEAF_KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
SPKI = LEAF_KEY.public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)
ROUNDS = 7
SECONDS_PER_ROUND = 0.4


def raw(issuer: IssuerFacts, key: AuthorityKey) -> bytes:
    """The raw limit: builder and key, nothing checked, nothing kept."""
    builder = x509.CertificateBuilder(
        issuer_name=material_of(issuer).certificate.subject,
        subject_name=SUBJECT,
        public_key=LEAF_KEY,
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW,
        not_valid_after=NOW + PROFILE.term,
    )
    use = PROFILE.key_use("P-256")
    for value, is_critical in leaf_extensions(issuer, PROFILE, use, key_identifier(SPKI)):
        builder = builder.add_extension(value, is_critical)
    return builder.sign(key, signature_hash(key)).public_bytes(serialization.Encoding.DER)


def issue(issuer: IssuerFacts, keys: KeyBackend, check: Callable[[Plan], None]) -> bytes:
    """The whole road without the database."""
    plan = prepare(
        issuer=issuer,
        profile=PROFILE,
        subject_der=SUBJECT.public_bytes(),
        spki_der=SPKI,
        serial=new_serial(),
        now=NOW,
    )
    check(plan)
    certificate_der = sign(plan, keys)
    compare(plan, certificate_der)
    return certificate_der


def rate(work: Callable[[], bytes]) -> float:
    """Certificates per second over one round."""
    started, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < SECONDS_PER_ROUND:
        work()
        count += 1
    return count / elapsed


def authority(kind: str, directory: Path) -> tuple[IssuerFacts, FileKeys, AuthorityKey]:
    """An issuing key of that kind under a root on P-384."""
    profile = AuthorityProfile(
        root_key_kind="P-384",
        issuing_key_kind=kind,
        root_common_name="BENCH ROOT {name}",
        issuing_common_name="BENCH {name}",
        organisation="TEST",
    )
    name = kind.lower()
    root = IssuerFacts("root", b"", "root", "http://127.0.0.1/pki")
    key = NEW_KEYS[kind]()
    root_key = NEW_KEYS["P-384"]()
    made = certify_authority(
        profile,
        root=root,
        name=name,
        root_key=root_key.public_key(),
        issuing_key=key.public_key(),
        keys=MemoryKeys({root.key_name: root_key}),
        valid_from=NOW,
    )
    write_key(directory, name, key, PASSPHRASE)
    issuer = IssuerFacts(name, made.issuing_der, name, "http://127.0.0.1/pki")
    return issuer, FileKeys(directory, PASSPHRASE), key


def measure(kind: str) -> tuple[float, float, float]:
    """Medians: plain builder, our road without lint, our road with lint."""
    with tempfile.TemporaryDirectory() as folder:
        issuer, keys, key = authority(kind, Path(folder) / "keys")
    roads: tuple[Callable[[], bytes], ...] = (
        lambda: raw(issuer, key),
        lambda: issue(issuer, keys, lambda plan: None),
        lambda: issue(issuer, keys, lint),
    )
    for road in roads:
        road()
    rounds = [[rate(road) for road in roads] for _ in range(ROUNDS)]
    plain, unlinted, linted = (statistics.median(column) for column in zip(*rounds, strict=True))
    return plain, unlinted, linted


def main() -> None:
    """Print one line per kind of issuing key: medians, with the ratio to the raw limit."""
    print(f"certificates per second, median of {ROUNDS} rounds (ratio to the plain builder)")
    print(f"{'issuing key':<12}{'plain builder':>14}{'prepare + sign':>18}{'with lint':>16}")
    for kind in ("P-256", "RSA-2048", "RSA-4096"):
        plain, unlinted, linted = measure(kind)
        print(
            f"{kind:<12}{plain:>14.0f}{unlinted:>11.0f} ({unlinted / plain:.2f})"
            f"{linted:>9.0f} ({linted / plain:.2f})"
        )


if __name__ == "__main__":
    main()
