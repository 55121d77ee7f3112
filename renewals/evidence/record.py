"""`record.json`: what the portal says of the application, for programs. Strict both ways.

Moments are ISO 8601, UTC; digests are SHA-256, hex; what is missing is ''.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TypeVar

from renewals.evidence.errors import EvidenceRecordError

VERSION = 1


@dataclass(frozen=True)
class RecordedSignature:
    """A signature, with the names of its files. `status` is of the moment when it came."""

    purpose: str
    text: str
    file: str
    certificate: str
    revocation: str
    signer: str
    serial: str
    claimed_at: str
    verified_at: str
    status: str


@dataclass(frozen=True)
class RecordedCertificate:
    """A request, and the certificate that was issued for it, if one was."""

    purpose: str
    request: str
    certificate: str
    revocation: str
    serial: str


@dataclass(frozen=True)
class RecordedDecision:
    """What was decided, and by what right."""

    verdict: str
    right: str
    reason: str
    note: str
    decided_at: str
    giver: str
    ends_on: str


@dataclass(frozen=True)
class RecordedEvent:
    """One link of the portal's chain of events."""

    sequence: int
    at: str
    kind: str
    actor: str
    digest: str


@dataclass(frozen=True)
class Record:
    """The whole of it. `iin` is masked; `application_sha256` is of the signed text."""

    version: int
    portal: str
    number: str
    state: str
    made_at: str
    holder: str
    iin: str
    organisation: str
    bin: str
    application_sha256: str
    form_sha256: str
    seal_revocation: str
    authorities: tuple[str, ...]
    signatures: tuple[RecordedSignature, ...]
    certificates: tuple[RecordedCertificate, ...]
    events: tuple[RecordedEvent, ...]
    decision: RecordedDecision | None


Part = TypeVar("Part", RecordedSignature, RecordedCertificate, RecordedDecision, RecordedEvent)


def write_record(record: Record) -> bytes:
    """JSON, for eyes as well."""
    return (json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n").encode()


def read_record(data: bytes) -> Record:
    """Exactly what `write_record` writes. Raises `EvidenceRecordError`."""
    try:
        found = json.loads(data)
        record = _read(found)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise EvidenceRecordError(field="JSON") from error
    # Written again it is the same: no key twice, none too many, no number in another form.
    if record.version != VERSION or write_record(record) != data:
        raise EvidenceRecordError(field="version")
    return record


def _read(found: Mapping[str, object]) -> Record:
    types = {field.name: field.type for field in fields(Record)}
    plain = {name: found[name] for name, wanted in types.items() if wanted in {int, str}}
    if any(type(value) is not types[name] for name, value in plain.items()):
        raise EvidenceRecordError(field="type")
    decision = found["decision"]
    return Record(
        **plain,  # type: ignore[arg-type]  # each compared with its type
        authorities=tuple(_texts(found["authorities"])),
        signatures=_parts(RecordedSignature, found["signatures"]),
        certificates=_parts(RecordedCertificate, found["certificates"]),
        events=_parts(RecordedEvent, found["events"]),
        decision=_part(RecordedDecision, decision) if decision is not None else None,
    )


def _texts(found: object) -> Iterable[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise EvidenceRecordError(field="list")
    return found


def _parts(kind: type[Part], found: object) -> tuple[Part, ...]:
    if not isinstance(found, list):
        raise EvidenceRecordError(field=kind.__name__)
    return tuple(_part(kind, one) for one in found)


def _part(kind: type[Part], found: object) -> Part:
    names = {field.name: field.type for field in fields(kind)}
    if not isinstance(found, dict) or found.keys() != names.keys():
        raise EvidenceRecordError(field=kind.__name__)
    for name, wanted in names.items():
        if type(found[name]) is not wanted:
            raise EvidenceRecordError(field=name)
    return kind(**found)


def show_moment(moment: datetime | None) -> str:
    """ISO 8601 in UTC; '' for none."""
    return moment.astimezone(UTC).isoformat() if moment else ""


def read_moment(text: str) -> datetime:
    """Aware, UTC. Raises `EvidenceRecordError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise EvidenceRecordError(field="moment") from error
    if moment.tzinfo is None:
        raise EvidenceRecordError(field="moment")
    return moment.astimezone(UTC)
