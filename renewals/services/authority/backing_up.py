"""One authority in one file: certificates, numbers, encrypted keys, and a list of digests."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from pki.issuer.file_keys import SUFFIX, write_private
from pki.models import Authority, CrossCertificate, ServiceCertificate
from pki.profiles import ServiceKind
from renewals.actor import Actor
from renewals.authority_errors import BackupError
from renewals.services.authority.creating import record_change
from renewals.services.authority.key_places import FilePlace, authority_place, place_of

FORMAT = "cabinet authority 1"
MANIFEST, ROWS = "manifest.json", "rows.json"


def back_up(authority: Authority, path: Path, *, actor: Actor, now: datetime) -> list[str]:
    """Write it; never over another file. Returns the names of keys that are not within.

    Key files stay encrypted as they are: their passphrases are kept apart. Raises `BackupError`.
    """
    rows = family(authority)
    files = {ROWS: _as_json(_describe(rows))}
    missing = []
    for row in rows:
        files[f"certificates/{row.name}.cer"] = bytes(row.certificate_der)
        for crossing in row.cross_certificates.select_related("issuer", "subject"):
            files[f"certificates/{crossing.file_name}.cer"] = bytes(crossing.certificate_der)
    for folder, place, name in _keys(rows):
        try:
            files[f"keys/{folder}/{name}{SUFFIX}"] = _read(place, name)
        except OSError:
            missing.append(name)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest: dict[str, object] = {
        "format": FORMAT,
        "authority": authority.name,
        "made_at": now.isoformat(),
        "sha256": digests,
        "keys_elsewhere": missing,
    }
    try:
        write_private(path, _pack({MANIFEST: _as_json(manifest), **files}, now))
    except OSError as error:
        raise BackupError(cause=f"it cannot be written: {os.strerror(error.errno or 0)}") from error
    with transaction.atomic():
        facts = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "without": missing}
        record_change("backed up", authority, actor=actor, now=now, facts=facts)
    return missing


def family(authority: Authority) -> list[Authority]:
    """The authority and those above it, whose keys are ours."""
    found: list[Authority] = []
    current: Authority | None = authority
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _describe(rows: list[Authority]) -> dict[str, object]:
    """What stands in rows and in no certificate."""
    services = ServiceCertificate.objects.filter(authority__in=rows).select_related("authority")
    crossings = CrossCertificate.objects.filter(subject__in=rows, issuer__in=rows)
    return {
        "authorities": [
            {
                "name": row.name,
                "parent": row.parent.name if row.parent else "",
                "key_name": row.key_name,
                "is_issuing": row.is_issuing,
                "issues_from": row.issues_from.isoformat() if row.issues_from else "",
                "retired_at": row.retired_at.isoformat() if row.retired_at else "",
                "crl_partitions": row.crl_partitions,
                "crl_number": row.crl_number,
            }
            for row in reversed(rows)
        ],
        "services": [
            {
                "authority": row.authority.name,
                "kind": row.kind,
                "key_name": row.key_name,
                "certificate": bytes(row.certificate_der).hex(),
            }
            for row in services.order_by("pk")
        ],
        "crossings": [
            {"subject": row.subject.name, "issuer": row.issuer.name, "file": row.file_name}
            for row in crossings.select_related("subject", "issuer")
        ],
    }


def _keys(rows: list[Authority]) -> Iterator[tuple[str, object, str]]:
    """Folder, place and name of every key."""
    for row in rows:
        if row.is_ours:
            yield "authority", authority_place(), row.key_name
        for service in row.service_certificates.all():
            place = place_of(ServiceKind(service.kind))
            folder = "authority" if place == authority_place() else "status"
            yield folder, place, service.key_name


def _read(place: object, name: str) -> bytes:
    """Raises `OSError` also for a key that never leaves its module."""
    if not isinstance(place, FilePlace):
        raise FileNotFoundError(name)
    return (place.directory / f"{name}{SUFFIX}").read_bytes()


def _pack(files: dict[str, bytes], now: datetime) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o600, int(now.timestamp())
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _as_json(found: dict[str, object]) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()
