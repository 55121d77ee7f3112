"""The event rows: appended in the transaction of what they tell, chained by hash."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection, transaction

from pki.errors import PKIError
from renewals.actor import Actor
from renewals.audit.chain import digest_of
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


def append(entries: Sequence[Entry], *, now: datetime) -> None:
    """Add rows to the chain. Writers wait for each other at its head until they commit.

    So whatever else a transaction has to hold, it takes before its first event; and it holds
    applications without their key (`no_key`), because the events of others name them.
    """
    # Without a point to go back to: an act without its event is undone as a whole.
    with transaction.atomic(savepoint=False):
        sequence, digest = _take_head()
        events = []
        for entry in entries:
            event = Event(
                sequence=sequence + 1,
                at=now.astimezone(UTC),
                kind=entry.kind.value,
                actor=entry.actor.as_json(),
                actor_iin=entry.actor.iin,
                renewal_id=entry.renewal_id,
                facts=_as_stored(entry.facts),
                previous_digest=digest,
            )
            event.digest = digest_of(event)
            sequence, digest = event.sequence, event.digest
            events.append(event)
        Event.objects.bulk_create(events)
        _leave_head(sequence, digest)


# By hand, for every act waits for it: Django takes ten times as long to write these two
# statements as the database to run them.
HEAD = "SELECT sequence, digest FROM renewals_eventhead WHERE id = 1"
NEW_HEAD = "UPDATE renewals_eventhead SET sequence = %s, digest = %s WHERE id = 1"


def _take_head() -> tuple[int, str]:
    """The newest number and digest, locked until the end of the transaction."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(HEAD + lock)
        row = cursor.fetchone()
    if row is None:  # the first event of all
        head = EventHead.objects.select_for_update().get_or_create(id=1)[0]
        return head.sequence, head.digest
    return int(row[0]), str(row[1])


def _leave_head(sequence: int, digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEW_HEAD, [sequence, digest])


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


def _as_stored(facts: Mapping[str, object]) -> dict[str, object]:
    """As they will be read again, so that the digest is of just that: names of facts are texts."""
    found: dict[str, object] = json.loads(json.dumps(dict(facts)))
    return found
