"""Is everything that happened still told as it was? Reads the chain, the head, the checkpoints."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import Storage

from renewals.actor import Actor
from renewals.audit.chain import Break, Fault, Walk, record_of
from renewals.audit.checkpoint import Told, read_checkpoint
from renewals.audit.errors import AuditError
from renewals.events import EventKind
from renewals.evidence.pinned import read_pinned
from renewals.models import Checkpoint, EventHead
from renewals.services import journal, second_place
from renewals.services.checkpointing import name_of_row
from renewals.services.event_rows import read_events, walk_rows


@dataclass(frozen=True)
class Verified:
    """What was looked at, and the first record that cannot be relied on, if there is one."""

    events: int
    digest: str
    checkpoints: int
    found: Break | None


@dataclass(frozen=True)
class _Signed:
    """A checkpoint that holds: its name, what it says, and whether the database has it, too."""

    name: str
    told: Told
    sha256: str
    is_recorded: bool


def verify(place: Storage) -> Verified:
    """Walk the whole chain and hold it against every checkpoint in `place` and in the rows.

    Works beside writers. Raises `CheckpointKeptError` where the place cannot be read.
    """
    signed, bad = _read_signed(place)
    before = EventHead.objects.first()
    walk = Walk()
    found = walk_rows(walk, watch=_Watch(signed).look)
    after = EventHead.objects.first()
    # Of two that are wrong, the chain's own row is named: it is the earlier one.
    found = found or _beyond(walk, signed) or _judge_head(walk, before, after) or bad
    return Verified(walk.sequence, walk.digest, len(signed), found)


class _Watch:
    """Stops where the chain passes a checkpoint with another digest than was signed."""

    def __init__(self, signed: list[_Signed]) -> None:
        self._by_sequence: dict[int, list[_Signed]] = {}
        for one in signed:
            self._by_sequence.setdefault(one.told.sequence, []).append(one)
        self._good = 0

    def look(self, walk: Walk) -> Break | None:
        here = self._by_sequence.get(walk.sequence, ())
        for one in here:
            if one.told.digest != walk.digest:
                # Somewhere after the last one that agreed: from there on nothing is certain.
                return Break(self._good + 1, Fault.FORGED, one.name)
        if here:
            self._good = walk.sequence
        return None


def _read_signed(place: Storage) -> tuple[list[_Signed], Break | None]:
    """Those that hold, in the order of time, and the first one that does not."""
    rows = {name_of_row(row): row for row in Checkpoint.objects.order_by("at")}
    kept = second_place.names(place)
    trust = read_pinned().trust
    signed: list[_Signed] = []
    bad: Break | None = None
    for name in sorted({*kept, *rows}):
        row = rows.get(name)
        recorded = bytes(row.cms_der) if row else None
        data = second_place.fetch(place, name) if name in kept else recorded or b""
        sequence = row.sequence if row else _number_in(name)
        is_gone = row is not None and row.written_at is not None and name not in kept
        if is_gone or (recorded is not None and recorded != data):
            bad = bad or Break(sequence, Fault.CHECKPOINT, name)
        try:
            told = read_checkpoint(data, name=name, trust=trust)
        except AuditError:
            bad = bad or Break(sequence, Fault.CHECKPOINT, name)
            continue
        digest = hashlib.sha256(data).hexdigest()
        if signed and not _follows(told, signed[-1]):
            bad = bad or Break(told.sequence, Fault.CHECKPOINT, name)
        signed.append(_Signed(name, told, digest, recorded == data))
    return signed, bad


def _follows(told: Told, before: _Signed) -> bool:
    """No checkpoint is missing between the two, and none goes back."""
    return told.previous == before.sha256 and told.sequence >= before.told.sequence


def _number_in(name: str) -> int:
    """A name may be anything that somebody put there."""
    digits = name.partition("-")[2].partition(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _beyond(walk: Walk, signed: list[_Signed]) -> Break | None:
    """A checkpoint tells of more than there is."""
    further = [one for one in signed if one.told.sequence > walk.sequence]
    if not further:
        return None
    fault = Fault.CUT if any(one.is_recorded for one in further) else Fault.RESTORED
    return Break(walk.sequence + 1, fault, further[0].name)


def _judge_head(walk: Walk, before: EventHead | None, after: EventHead | None) -> Break | None:
    """The head was at most where the chain ends before the walk, and at least there after it."""
    first, last = (head.sequence if head else 0 for head in (before, after))
    if first > walk.sequence:
        return Break(walk.sequence + 1, Fault.CUT)
    if last < walk.sequence:
        return Break(last + 1, Fault.HEAD)
    if after is not None and last == walk.sequence and after.digest != walk.digest:
        return Break(last, Fault.HEAD)
    return None


# --- given out ----------------------------------------------------------------------------


def export(*, actor: Actor, after: int, now: datetime) -> Iterator[bytes]:
    """Every event above that number, each one line of JSON, digests included.

    That it was asked for is recorded before the first line is given out, and is the last line.
    Whoever reads a line can verify it: see `docs/operations.md`.
    """
    journal.record(EventKind.AUDIT_EXPORTED, actor=actor, now=now, facts={"after": after})
    head = EventHead.objects.get(id=1)
    return _lines(after, head.sequence)


def _lines(after: int, until: int) -> Iterator[bytes]:
    for event in read_events(after, until):
        digests = {"previous_digest": event.previous_digest, "digest": event.digest}
        line = {**record_of(event), **digests}
        yield (json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
