"""Applications that are settled, for measuring how fast their containers are made and judged."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.utils import timezone

from pki.archive import LIMITS
from pki.asic import (
    MANIFEST_NAME,
    MEDIA_TYPE,
    SEAL_NAME,
    TYPE_NAME,
    read_container,
    write_manifest,
)
from pki.cades import assemble_seal, signed_attributes
from pki.certificate import Role
from pki.container_errors import SealError
from pki.issuer.keys import sign_with
from pki.models import Authority
from renewals.evidence.judge import verify_evidence
from renewals.evidence.pinned import read_pinned
from renewals.evidence.trust import Trust
from renewals.form.gather import facts_of
from renewals.form.pdf import write_form
from renewals.models import Evidence, Renewal
from renewals.services import evidencing, issuing
from tests.benchmarks.bench_evidence import APPLICATIONS, LIST
from tests.pki.archives import Part, pack
from tests.renewals.people import NOW, Key, enrol_employee, enrol_holder, iin_of

KINDS = {"ec": "P-256", "rsa": "RSA-2048"}


def new_key(authority: str) -> Key:
    """As the authority signs with."""
    if authority == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Found:
    """Milliseconds of each application; `count` signatures of ours and `size` bytes in one.

    `busy` is of the processor alone, without the waits for others and for the disk.
    """

    count: int = 0
    size: int = 0
    busy: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    form: list[float] = field(default_factory=list)
    judged: list[float] = field(default_factory=list)


def milliseconds(work: Callable[[], object]) -> float:
    """One call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


class Load:
    """Two authorities with their seals, and the work for them."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        for name in KINDS:
            call_command(
                "authority",
                "create",
                profile=name,
                name=name,
                valid_from=(NOW - timedelta(days=900)).isoformat(),
                stdout=StringIO(),
            )

    def measure(self) -> Iterator[tuple[str, str, Found]]:
        """By kind of key: individuals, then employees approved by one list."""
        for number, (name, kind) in enumerate(KINDS.items()):
            authority = Authority.objects.get(name=name)
            key = new_key(name)
            own = self._individuals(authority, first=500 * number)
            yield kind, "of an individual", self._measure(own, key)
            listed = self._employees(authority, number)
            yield kind, f"on a list of {LIST}", self._measure(listed[:APPLICATIONS], key)

    def _individuals(self, authority: Authority, first: int) -> list[Renewal]:
        renewals = [
            enrol_holder(authority, iin=iin_of(first + at)).submit() for at in range(APPLICATIONS)
        ]
        issuing.issue_due(now=timezone.now(), linted=False)
        return renewals

    def _employees(self, authority: Authority, number: int) -> list[Renewal]:
        organisation = (f"ТОО «Өлшем {number}»", f"26014000{number:04d}")
        head = enrol_employee(authority, Role.HEAD, iin=iin_of(900), organisation=organisation)
        renewals = [
            enrol_employee(
                authority,
                Role.EMPLOYEE,
                iin=iin_of(100 + 400 * number + at),
                days_left=timedelta(days=12),
                organisation=organisation,
            ).submit()
            for at in range(LIST)
        ]
        head.approve(*renewals)
        while issuing.issue_due(now=timezone.now(), linted=False):
            pass
        return renewals

    def _measure(self, renewals: list[Renewal], key: Key) -> Found:
        found = Found()
        for renewal in renewals:
            now = timezone.now()
            busy = time.process_time()
            found.made.append(milliseconds(lambda: self._make(renewal)))  # noqa: B023
            found.busy.append((time.process_time() - busy) * 1000)
            row = Evidence.objects.get(renewal=renewal)
            data = evidencing._fetch(row, renewal)
            found.size = row.size
            # One answer for every certificate, and the seal.
            found.count = self._count(data)
            found.bare.append(
                milliseconds(lambda: [sign_with(key, data) for _one in range(found.count)])  # noqa: B023
            )
            found.form.append(milliseconds(lambda: write_form(facts_of(renewal))))  # noqa: B023
            trust, status_of = read_pinned().trust, read_pinned().status_of(now)
            found.judged.append(
                milliseconds(lambda: verify_evidence(data, trust=trust, status_of=status_of))  # noqa: B023
            )
        return found

    def _make(self, renewal: Renewal) -> None:
        """What a sweep does for one application, row, event and file included."""
        if not evidencing.make_one(renewal.pk, now=timezone.now()):
            raise RuntimeError(renewal.number)

    def _count(self, data: bytes) -> int:
        files = read_container(data).files
        return sum(name.endswith(".ocsp") for name in files) + 1


def worst_files() -> Iterator[tuple[str, float]]:
    """What costs most before it is refused: as much as fits, as late as can be."""
    trust = read_pinned().trust
    # Half of it is chance, so that it shrinks to half: 10 MB unpack from 5.
    half = LIMITS.entry // 2 - 4096
    files = {f"f{at}.txt": secrets.token_bytes(half) + bytes(half) for at in range(4)}
    files |= {f"g{at}.txt": bytes([at]) * 10 for at in range(LIMITS.entries - 7)}
    manifest = write_manifest(files)
    for name, seal in (("no seal", b""), ("a seal by a key of 16384 bits", _heavy_seal(manifest))):
        own = [
            Part(TYPE_NAME.encode(), MEDIA_TYPE.encode()),
            Part(MANIFEST_NAME.encode(), manifest, method=8),
            Part(SEAL_NAME.encode(), seal),
        ]
        data = pack([*own, *(Part(row.encode(), files[row], method=8) for row in sorted(files))])
        took = min(_seconds_to_refuse(data, trust) for _round in range(5))
        unpacked = sum(map(len, files.values())) / 1024 / 1024
        words = f"{len(data) / 1024 / 1024:.1f} MB, {unpacked:.1f} unpacked, {name}"
        yield words, took * 1000


def _heavy_seal(manifest: bytes) -> bytes:
    """In the right encoding, by a certificate whose key takes as long as any that is read."""
    modulus = secrets.randbits(16384) | 1 << 16383 | 1
    key = rsa.RSAPublicNumbers(2**64 - 59, modulus).public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hostile")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    der = certificate.public_bytes(Encoding.DER)
    attributes = signed_attributes(der, content=manifest, sealed_at=NOW)
    return assemble_seal(der, attributes=attributes, signature=b"\x01" * 2048)


def _seconds_to_refuse(data: bytes, trust: Trust) -> float:
    started = time.process_time()
    try:
        verify_evidence(data, trust=trust)
    except SealError:
        return time.process_time() - started
    raise RuntimeError("believed, or refused too early")
