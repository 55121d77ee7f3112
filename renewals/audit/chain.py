"""The rule of the chain of events: what a digest covers, and which row is the first bad one.

Needs rows, asks no database.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

from renewals.models import Event

START = "0" * 64
# So many rows are thought of that somebody put in or took out, renumbering those behind.
RENUMBERED = 1000


class Fault(StrEnum):
    """What is wrong at a place in the chain."""

    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    INSERTED = "inserted"
    # The newest rows are gone; or the whole database is older than a checkpoint knows.
    CUT = "cut"
    RESTORED = "restored"
    # The row that writers wait for does not name the newest one.
    HEAD = "head"
    # The chain holds by itself, but not to what was signed of it.
    FORGED = "forged"
    # A checkpoint itself is not to be trusted, or is gone.
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class Break:
    """The first record that cannot be relied on, by its number, and why. `name` of a file or ''."""

    sequence: int
    fault: Fault
    name: str = ""


def record_of(event: Event) -> dict[str, object]:
    """What a digest covers, besides the digest before it."""
    return {
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "renewal": event.renewal_id,
        "facts": event.facts,
    }


def digest_of(event: Event, *, sequence: int | None = None) -> str:
    """SHA-256, in hex, over the previous digest and the row's canonical JSON.

    `sequence` asks what it would be under another number.
    """
    record = record_of(event)
    if sequence is not None:
        record["sequence"] = sequence
    canonical = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{event.previous_digest}{canonical}".encode()).hexdigest()


class Walk:
    """Goes along the chain, from a row that is known; holds the last row and nothing else."""

    def __init__(self, sequence: int = 0, digest: str = START) -> None:
        self.sequence = sequence
        self.digest = digest
        self._row = 0

    def step(self, event: Event) -> Break | None:
        """Look at the next row. A break ends the walk."""
        expected = self.sequence + 1
        if event.sequence > expected:
            return Break(expected, Fault.MISSING)
        if event.sequence < expected:
            return Break(event.sequence, Fault.INSERTED)
        if event.digest != digest_of(event):
            return self._altered(event)
        if event.previous_digest != self.digest:
            # It holds by itself, so it is the one before that was written anew.
            return Break(max(self.sequence, 1), Fault.CHANGED)
        # What is written a second time, for searching, and the order in which rows came.
        if event.actor_iin != _iin_of(event) or event.pk <= self._row:
            return Break(expected, Fault.CHANGED)
        self.sequence, self.digest, self._row = event.sequence, event.digest, event.pk
        return None

    def _altered(self, event: Event) -> Break:
        """The digest is not of this row: of the row under another number, perhaps."""
        for distance in range(1, RENUMBERED):
            if event.digest == digest_of(event, sequence=event.sequence + distance):
                return Break(event.sequence, Fault.MOVED)
            before = event.sequence - distance
            if before > 0 and event.digest == digest_of(event, sequence=before):
                # Those from its own number up to here were put before it.
                return Break(before, Fault.INSERTED)
        return Break(event.sequence, Fault.CHANGED)


def find_break(events: Iterable[Event], walk: Walk | None = None) -> Break | None:
    """The first row that does not fit; None if all do. Rows in the order of their numbers."""
    walk = walk or Walk()
    for event in events:
        found = walk.step(event)
        if found is not None:
            return found
    return None


def _iin_of(event: Event) -> object:
    return event.actor.get("iin") if isinstance(event.actor, dict) else None
