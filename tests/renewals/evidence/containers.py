"""Containers of real applications, and containers by somebody who has the seal and lies."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pki.asic import read_container, write_container, write_manifest
from pki.cades import assemble_seal, signed_attributes
from pki.issuer.cms_writer import Stamper, seal_content
from pki.issuer.keys import sign_with
from pki.models import ServiceCertificate
from renewals.evidence.judge import verify_evidence
from renewals.evidence.names import STAMPERS
from renewals.evidence.pinned import read_pinned
from renewals.evidence.report import Report
from renewals.models import Evidence, Renewal
from renewals.services import evidencing, issuing, keyring
from renewals.services.stamping import find_stamper

Files = dict[str, bytes]


def now() -> datetime:
    """The real time: seals begin when they are made."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Kept:
    """A container with what the tests need to lie about it."""

    renewal: Renewal
    # Not shown when a test fails: it is long.
    data: bytes = field(repr=False)

    @property
    def files(self) -> Files:
        return dict(read_container(self.data).files)

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files["record.json"])
        return found

    @property
    def sealed_at(self) -> datetime:
        return datetime.fromisoformat(self.record["made_at"])


def keep(renewal: Renewal) -> Kept:
    """Issue what is approved, make what is due, read what is kept."""
    issuing.issue_due(now=now(), linted=False)
    while evidencing.make_due(now=now()):
        pass
    row = Evidence.objects.get(renewal=renewal)
    renewal.refresh_from_db()
    return Kept(renewal, evidencing._fetch(row, renewal))


def files(folder: Path) -> list[Path]:
    """Everything in it."""
    return [path for path in folder.rglob("*") if path.is_file()]


def issue(renewal: Renewal) -> Renewal:
    """Its certificates, without the linter."""
    issuing.issue_due(now=now(), linted=False)
    renewal.refresh_from_db()
    assert renewal.state == "issued"
    return renewal


def judge(data: bytes) -> Report:
    """As the page does: by what is pinned, and by what is known of the seal today."""
    return verify_evidence(
        data, trust=read_pinned().trust, status_of=read_pinned().status_of(now())
    )


def seal(files: Files, at: datetime) -> bytes:
    """Sealed by the true key: what somebody within could do."""
    manifest = write_manifest(files)
    der = files.get("certificates/seal.cer", b"")
    rows = ServiceCertificate.objects.filter(kind="seal")
    sealer = next((row for row in rows if bytes(row.certificate_der) == der), rows[0])
    keys = keyring.held()
    assert keys is not None
    made = seal_content(
        manifest, sealer=sealer.signer_facts, keys=keys, now=at, stamp=stamp_for(files)
    )
    return write_container(files, manifest=manifest, seal=made)


def stamp_for(files: Files) -> Stamper | None:
    """Whoever asks our service is given a time stamp: a liar, too."""
    stamper = find_stamper(read_pinned(), now=now()) if STAMPERS in files else None
    return stamper.stamp if stamper else None


def lie(kept: Kept, changes: Files | None = None, record: dict[str, Any] | None = None) -> bytes:
    """The container with other files or another record, sealed again at the same moment."""
    files = {**kept.files, **(changes or {})}
    if record is not None:
        text = json.dumps({**kept.record, **record}, ensure_ascii=False, indent=2) + "\n"
        files["record.json"] = text.encode()
    return seal(files, kept.sealed_at)


def unpack(kept: Kept, folder: Path) -> None:
    """By somebody else's program, as the README says."""
    (folder / "container.asice").write_bytes(kept.data)
    command = [sys.executable, "-m", "zipfile", "-e", "container.asice", "."]
    subprocess.run(command, cwd=folder, check=True)


# --- forged -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forged:
    """A certificate with another key, and that key."""

    key: ec.EllipticCurvePrivateKey
    der: bytes


def forge(certificate_der: bytes, issuer: Forged | None = None) -> Forged:
    """The same names, number, term and extensions; signed by a stranger, or by itself."""
    real = x509.load_der_x509_certificate(certificate_der)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        issuer_name=real.issuer,
        subject_name=real.subject,
        public_key=key.public_key(),
        serial_number=real.serial_number,
        not_valid_before=real.not_valid_before_utc,
        not_valid_after=real.not_valid_after_utc,
        extensions=list(real.extensions),
    )
    made = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Forged(key, made.public_bytes(Encoding.DER))


def seal_by(sealer: Forged, files: Files, at: datetime) -> bytes:
    """A container with a seal of a key that is not the portal's."""
    manifest = write_manifest(files)
    attributes = signed_attributes(sealer.der, content=manifest, sealed_at=at)
    signature = sign_with(sealer.key, attributes)
    stamp = stamp_for(files)
    token = stamp(signature) if stamp else None
    made = assemble_seal(sealer.der, attributes=attributes, signature=signature, token=token)
    return write_container(files, manifest=manifest, seal=made)


def signed_moment(cms: bytes) -> datetime:
    """What a signature claims of its moment."""
    signer = asn1_cms.ContentInfo.load(cms)["content"]["signer_infos"][0]
    rows = {row["type"].native: row["values"] for row in signer["signed_attrs"]}
    found: datetime = rows["signing_time"][0].native
    return found
