"""A back-up is put back: key files that are missing, rows that are missing, nothing else."""

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography import x509
from django.db import transaction

from pki.certificate import parse_certificate
from pki.errors import KeyMismatchError
from pki.issuer.file_keys import SUFFIX, open_key, require_private, write_private
from pki.models import Authority, CrossCertificate, ServiceCertificate
from pki.profiles import ServiceKind
from renewals.actor import Actor
from renewals.authority_errors import BackupError
from renewals.services import keyring
from renewals.services.authority.backing_up import FORMAT, MANIFEST, ROWS
from renewals.services.authority.creating import record_change
from renewals.services.authority.key_places import FilePlace, authority_place, place_of

LARGEST = 4 * 1024 * 1024
# Lists that were numbered after the back-up was made are out there: theirs are not given twice.
NUMBERS_AHEAD = 100_000


@dataclass(frozen=True)
class Backup:
    """Files by name, and what was written about the rows."""

    authority: str
    files: dict[str, bytes]
    rows: dict[str, Any]


def read_backup(path: Path) -> Backup:
    """Every file, compared with its digest; nothing is unpacked. Raises `BackupError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BackupError(cause="it cannot be read") from error
    files = _unpack(data)
    try:
        manifest = json.loads(files.pop(MANIFEST))
        rows = json.loads(files[ROWS])
        wanted, authority = manifest["sha256"], str(manifest["authority"])
        is_ours = manifest["format"] == FORMAT
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(cause="it is not one of ours") from error
    if not is_ours:
        raise BackupError(cause="it is of another format")
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if found != wanted:
        differing = sorted(set(found.items()) ^ set(wanted.items()))[0][0]
        raise BackupError(cause=f"{differing} is not what was backed up")
    return Backup(authority, files, rows)


def restore(backup: Backup, *, actor: Actor, now: datetime) -> list[str]:
    """Put back what is missing. Says what was done; what is there stays as it is.

    Keys are opened and compared with their certificates before anything is written. Raises
    `BackupError`, `issuer.passphrase`, `issuer.key_mismatch`.
    """
    wanted = _missing_keys(backup)
    done = []
    for path, data in wanted:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_private(path.parent, 0o700)
        write_private(path, data)
        done.append(f"key {path.name}")
    keyring.forget()
    with transaction.atomic():
        done += _restore_rows(backup, now=now)
        row = Authority.objects.get(name=backup.authority)
        if done:
            record_change("restored", row, actor=actor, now=now, facts={"done": done})
    return done


def _unpack(data: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                member = archive.extractfile(entry) if entry.isreg() else None
                if member is None or entry.size > LARGEST or entry.name in files:
                    raise BackupError(cause="it holds something else than files")
                files[entry.name] = member.read()
    except tarfile.TarError as error:
        raise BackupError(cause="it is not one of ours") from error
    return files


def _missing_keys(backup: Backup) -> list[tuple[Path, bytes]]:
    """Where each key file goes that is not there. Raises before anything is written."""
    certified = _certified_keys(backup)
    found = []
    for name, data in backup.files.items():
        parts = PurePosixPath(name).parts
        if parts[0] != "keys":
            continue
        key_name = parts[-1].removesuffix(SUFFIX)
        if len(parts) != 3 or key_name not in certified:
            raise BackupError(cause=f"{name} is no key of this authority")
        place = authority_place() if parts[1] == "authority" else place_of(ServiceKind.OCSP)
        if not isinstance(place, FilePlace):
            raise BackupError(cause="its keys are files, and keys are in a token now")
        path = place.directory / f"{key_name}{SUFFIX}"
        if path.exists():
            if path.read_bytes() != data:
                raise BackupError(cause=f"{path} is there and differs")
            continue
        key = open_key(data, key_name, place.passphrase)
        if key.public_key() != certified[key_name]:
            raise KeyMismatchError(name=key_name)
        found.append((path, data))
    return found


def _certified_keys(backup: Backup) -> dict[str, object]:
    """Public keys by the names of their keys, as the certificates within say."""
    found: dict[str, object] = {}
    try:
        for row in backup.rows["authorities"]:
            der = backup.files[f"certificates/{row['name']}.cer"]
            found[row["key_name"]] = x509.load_der_x509_certificate(der).public_key()
        for row in backup.rows["services"]:
            der = bytes.fromhex(row["certificate"])
            found[row["key_name"]] = x509.load_der_x509_certificate(der).public_key()
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(cause="it is damaged") from error
    return found


def _restore_rows(backup: Backup, *, now: datetime) -> list[str]:
    done = []
    for given in backup.rows["authorities"]:
        der = backup.files[f"certificates/{given['name']}.cer"]
        row = Authority.objects.filter(name=given["name"]).first()
        if row is None:
            _create_authority(given, der)
            done.append(f"authority {given['name']}")
        elif bytes(row.certificate_der) != der:
            raise BackupError(cause=f"another authority is named {given['name']}")
    for given in backup.rows["services"]:
        if not ServiceCertificate.objects.filter(key_name=given["key_name"]).exists():
            _create_service(given)
            done.append(f"service {given['key_name']}")
    for given in backup.rows["crossings"]:
        done += _create_crossing(given, backup.files[f"certificates/{given['file']}.cer"])
    return done


def _create_authority(given: dict[str, Any], der: bytes) -> None:
    Authority.objects.create(
        name=given["name"],
        certificate_der=der,
        parent=Authority.objects.filter(name=given["parent"]).first(),
        key_name=given["key_name"],
        is_issuing=given["is_issuing"],
        issues_from=datetime.fromisoformat(given["issues_from"]) if given["issues_from"] else None,
        retired_at=datetime.fromisoformat(given["retired_at"]) if given["retired_at"] else None,
        crl_partitions=given["crl_partitions"],
        crl_number=given["crl_number"] + NUMBERS_AHEAD,
    )


def _create_service(given: dict[str, Any]) -> None:
    facts = parse_certificate(bytes.fromhex(given["certificate"]))
    ServiceCertificate.objects.create(
        authority=Authority.objects.get(name=given["authority"]),
        kind=ServiceKind(given["kind"]).value,
        serial_hex=facts.serial_hex,
        certificate_der=facts.der,
        key_name=given["key_name"],
        not_before=facts.not_before,
        not_after=facts.not_after,
    )


def _create_crossing(given: dict[str, Any], der: bytes) -> list[str]:
    certificate = x509.load_der_x509_certificate(der)
    _row, is_new = CrossCertificate.objects.get_or_create(
        subject=Authority.objects.get(name=given["subject"]),
        issuer=Authority.objects.get(name=given["issuer"]),
        defaults={
            "certificate_der": der,
            "not_before": certificate.not_valid_before_utc,
            "not_after": certificate.not_valid_after_utc,
        },
    )
    return [f"cross certificate {given['file']}"] if is_new else []
