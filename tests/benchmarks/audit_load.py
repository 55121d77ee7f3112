"""A chain of events, moves that write to it, and raw inserts to hold them against."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection, transaction

from renewals.actor import Actor, ActorKind
from renewals.audit.chain import Walk
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Event, EventHead, Renewal
from renewals.services import journal, moves
from renewals.services.event_rows import walk_rows
from tests.benchmarks.service_load import Load

MOVES = 300
CHAIN = 20_000
BATCH = 100
ACTOR = Actor(
    ActorKind.HOLDER,
    iin="010203300005",
    name="СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ",
    roles=("individual",),
    fingerprint="0" * 64,
)
Work = Callable[[], object]


class AuditLoad:
    """In a database of its own."""

    def __init__(self, load: Load) -> None:
        self.vendor = connection.vendor
        load._approve("P-256")
        self.renewals = list(Renewal.objects.order_by("pk"))
        self.append = journal.append

    def move(self) -> tuple[float, float]:
        """Milliseconds of one move with its event and without, medians, in turns."""
        told, silent = [], []
        for number in range(MOVES):
            renewal = self.renewals[number % len(self.renewals)]
            told.append(self._milliseconds(renewal))
            moves.journal.append = lambda entries, *, now: None  # type: ignore[attr-defined]
            try:
                silent.append(self._milliseconds(renewal))
            finally:
                moves.journal.append = self.append  # type: ignore[attr-defined]
        return statistics.median(told), statistics.median(silent)

    def _milliseconds(self, renewal: Renewal) -> float:
        Renewal.objects.filter(pk=renewal.pk).update(state="draft")
        started = time.perf_counter()
        moves.move(renewal, Action.SUBMIT, actor=ACTOR, now=_now())
        return (time.perf_counter() - started) * 1000

    def insert(self) -> float:
        """Milliseconds of one raw insert of such a row, in a transaction of its own, median."""
        found = []
        for number in range(MOVES):
            started = time.perf_counter()
            with transaction.atomic():
                Event.objects.create(
                    sequence=1_000_000 + number,
                    at=_now(),
                    kind=EventKind.RECORD_VIEWED.value,
                    actor=ACTOR.as_json(),
                    actor_iin=ACTOR.iin,
                    facts={},
                    previous_digest="0" * 64,
                    digest=f"{number:064x}",
                )
            found.append((time.perf_counter() - started) * 1000)
        with transaction.atomic(), connection.cursor() as cursor:
            if self.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            Event.objects.filter(sequence__gte=1_000_000).delete()
        return statistics.median(found)

    def append_alone(self) -> float:
        """Milliseconds of one event in a transaction of its own, median."""
        found = []
        for _turn in range(MOVES):
            started = time.perf_counter()
            journal.record(EventKind.RECORD_VIEWED, actor=ACTOR, now=_now())
            found.append((time.perf_counter() - started) * 1000)
        return statistics.median(found)

    def verify(self) -> float:
        """Events per second, over a chain of `CHAIN` or a little more."""
        entry = journal.Entry(EventKind.RECORD_VIEWED, ACTOR, None, {"number": 1})
        while EventHead.objects.get().sequence < CHAIN:
            journal.append([entry] * BATCH, now=_now())
        walk = Walk()
        started = time.perf_counter()
        broken = walk_rows(walk)
        seconds = time.perf_counter() - started
        if broken is not None:
            raise RuntimeError(f"the chain is broken: {broken}")
        return walk.sequence / seconds


def _now() -> datetime:
    return datetime.now(UTC)
