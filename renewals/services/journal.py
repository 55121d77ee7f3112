"""The event rows: appended in the transaction of what they tell, chained by hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from pki.errors import PKIError
from renewals.actor import Actor
from renewals.errors import RenewalError
from renewals.events import EventKind
from renewals.models import Event, EventHead, Renewal


@dataclass(frozen=True)
class Entry:
    """One event about to be written."""

    kind: EventKind
    actor: Actor
    renewal_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def digest_of(event: Event) -> str:
    """SHA-256, in hex, over the previous digest and the row's canonical JSON."""
    record = {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "renewal": event.renewal_id,
        "facts": event.facts,
    }
    canonical = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{event.previous_digest}{canonical}".encode()).hexdigest()


def append(entries: Sequence[Entry], *, now: datetime) -> None:
    """Add rows to the chain. Writers wait for each other at its head until they commit.

    So whatever else a transaction has to hold, it takes before its first event; and it holds
    applications without their key (`no_key`), because the events of others name them.
    """
    with transaction.atomic():
        head = EventHead.objects.select_for_update().get_or_create(id=1)[0]
        events = []
        for entry in entries:
            event = Event(
                sequence=head.sequence + 1,
                at=now,
                kind=entry.kind.value,
                actor=entry.actor.as_json(),
                actor_iin=entry.actor.iin,
                renewal_id=entry.renewal_id,
                facts=dict(entry.facts),
                previous_digest=head.digest,
            )
            event.digest = digest_of(event)
            head.sequence, head.digest = event.sequence, event.digest
            events.append(event)
        Event.objects.bulk_create(events)
        head.save(update_fields=["sequence", "digest"])


def record(
    kind: EventKind,
    *,
    actor: Actor,
    now: datetime,
    renewal: Renewal | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Add one row."""
    append([Entry(kind, actor, renewal.pk if renewal else None, facts or {})], now=now)


@contextmanager
def refusals(
    kind: EventKind, *, actor: Actor, now: datetime, renewal: Renewal | None = None
) -> Iterator[None]:
    """Record why something was refused, outside the transaction that the refusal undid."""
    try:
        yield
    except (PKIError, RenewalError) as error:
        record(
            kind,
            actor=actor,
            now=now,
            renewal=renewal,
            facts={"code": error.code, **error.facts},
        )
        raise


def first_broken(events: Iterable[Event]) -> int | None:
    """The sequence number of the first row that does not fit the chain; None if all do."""
    previous, expected = "0" * 64, 1
    for event in events:
        if (
            event.sequence != expected
            or event.previous_digest != previous
            or event.digest != digest_of(event)
        ):
            return expected
        previous, expected = event.digest, expected + 1
    return None
