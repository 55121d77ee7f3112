"""Applications that are settled, for measuring how fast their containers are made and judged."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.management import call_command
from django.utils import timezone

from pki.asic import read_container, write_container, write_manifest
from pki.certificate import Role
from pki.errors import PKIError
from pki.issuer.keys import sign_with
from pki.models import Authority
from renewals.evidence.judge import verify_evidence
from renewals.evidence.pinned import read_pinned
from renewals.form.gather import facts_of
from renewals.form.pdf import write_form
from renewals.models import Evidence, Renewal
from renewals.services import evidencing, issuing
from tests.benchmarks.bench_evidence import APPLICATIONS, LIST
from tests.pki.archives import Part, deflate_at, pack
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
                "create_authority",
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
    block = bytes(range(256)) * 80
    grown = block * (2 * 1024 * 1024 // len(block))
    packed = [
        Part(b"f%d.txt" % at, grown, method=8, packed=deflate_at(grown[:-1] + b"!", 1))
        for at in range(5)
    ]
    files = {f"f{at}.txt": bytes(1024) for at in range(61)}
    manifest = write_manifest(files)
    trust = read_pinned().trust
    for name, data in (
        ("5 MB that are no archive", bytes(5 * 1024 * 1024)),
        ("10 MB that unpack to the last file", pack(packed)),
        (
            "61 files, a list, no seal",
            write_container(files, manifest=manifest, seal=b"0" * 48_000),
        ),
        ("one byte more than is read", bytes(5 * 1024 * 1024 + 1)),
    ):
        yield name, min(milliseconds(lambda: _refuse(data, trust)) for _round in range(5))  # noqa: B023


def _refuse(data: bytes, trust: object) -> None:
    try:
        verify_evidence(data, trust=trust)  # type: ignore[arg-type]
    except PKIError:
        return
    raise RuntimeError("believed")
