"""Approved applications by the hundred, for measuring how fast they are issued."""

from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from pki.authority import IssuerFacts
from pki.certificate import parse_certificate
from pki.issuer.authorities import certify_authority
from pki.issuer.file_keys import write_key
from pki.issuer.keys import NEW_KEYS, AuthorityKey
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import sign
from pki.models import Authority, Certificate
from pki.profiles import AuthorityProfile
from renewals.models import Renewal, Request
from renewals.services import issuing, keyring
from tests.benchmarks.bench_issuer import PROFILE, SPKI, SUBJECT, raw
from tests.benchmarks.bench_service import APPLICATIONS, ROUNDS, median_rate, timed
from tests.environment import environment
from tests.memory_keys import MemoryKeys


class Load:
    """Authorities of every kind in a database of its own, and the work for them."""

    def __init__(self, directory: Path) -> None:
        self.vendor = connection.vendor
        self.now = timezone.now()
        self.number = 0
        call_command("migrate", verbosity=0)
        root_key = NEW_KEYS["P-384"]()
        self.keys: dict[str, AuthorityKey] = {}
        self.rows: dict[str, Authority] = {}
        for kind in ("P-256", "RSA-2048", "RSA-4096"):
            self._make(kind, root_key, directory / "ca", environment(directory)["CA_PASSPHRASE"])

    def _make(self, kind: str, root_key: AuthorityKey, folder: Path, passphrase: str) -> None:
        name = kind.lower()
        profile = AuthorityProfile(
            root_key_kind="P-384",
            issuing_key_kind=kind,
            root_term=timedelta(days=7300),
            issuing_term=timedelta(days=3650),
            root_common_name="BENCH ROOT {name}",
            issuing_common_name="BENCH {name}",
            organisation="TEST",
        )
        key = NEW_KEYS[kind]()
        made = certify_authority(
            profile,
            root=IssuerFacts(f"{name}-root", b"", f"{name}.root", "http://127.0.0.1/pki"),
            name=name,
            root_key=root_key.public_key(),
            issuing_key=key.public_key(),
            keys=MemoryKeys({f"{name}.root": root_key}),
            valid_from=self.now - timedelta(days=400),
        )
        write_key(folder, name, key, passphrase)
        root = Authority.objects.create(name=f"{name}-root", certificate_der=made.root_der)
        self.rows[kind] = Authority.objects.create(
            name=name,
            certificate_der=made.issuing_der,
            parent=root,
            key_name=name,
            is_issuing=True,
        )
        self.keys[kind] = key

    def measure(self, kind: str) -> tuple[float, float, float]:
        """Per second: plain builder, service without lint, service with lint."""
        issuer = self.rows[kind].issuer_facts
        plain, unlinted, linted = [], [], []
        self._issue(kind, linted=True)
        for _round in range(ROUNDS):
            plain.append(
                timed(lambda: [raw(issuer, self.keys[kind]) for _one in range(APPLICATIONS)])
            )
            unlinted.append(self._issue(kind, linted=False))
            linted.append(self._issue(kind, linted=True))
        return median_rate(plain), median_rate(unlinted), median_rate(linted)

    def _issue(self, kind: str, *, linted: bool) -> float:
        self._approve(kind)
        return timed(lambda: self._issue_all(linted=linted))

    def _issue_all(self, *, linted: bool) -> None:
        issued = issuing.issue_due(now=self.now, linted=linted)
        if issued != APPLICATIONS:
            raise RuntimeError(f"issued {issued} of {APPLICATIONS}")

    def _approve(self, kind: str) -> None:
        """Applications of as many certificates, ready for the worker."""
        keys = keyring.held()
        authority = self.rows[kind]
        if keys is None:
            raise RuntimeError("no keys")
        facts = []
        for _one in range(APPLICATIONS):
            plan = prepare(
                issuer=authority.issuer_facts,
                profile=PROFILE,
                subject_der=SUBJECT.public_bytes(),
                spki_der=SPKI,
                serial=new_serial(),
                now=self.now - timedelta(days=300),
            )
            facts.append(parse_certificate(sign(plan, keys)))
        old = Certificate.objects.bulk_create(
            Certificate.from_facts(authority, one) for one in facts
        )
        renewals = Renewal.objects.bulk_create(self._application(row) for row in old)
        Request.objects.bulk_create(
            Request(
                renewal=renewal,
                purpose=row.purpose,
                old_certificate=row,
                spki_der=SPKI,
                spki_sha256=f"{renewal.pk:064x}",
                key_kind="P-256",
            )
            for renewal, row in zip(renewals, old, strict=True)
        )

    def _application(self, certificate: Certificate) -> Renewal:
        self.number += 1
        return Renewal(
            number=f"2026-{self.number:08d}",
            state="approved",
            state_since=self.now,
            opened_at=self.now,
            submitted_at=self.now,
            holder_iin=certificate.iin,
            holder_name=certificate.common_name,
            certificate=certificate,
            storage="file",
        )
