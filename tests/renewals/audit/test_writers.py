"""Many at once write one chain: no fork, no gap, nothing of what was undone."""

import threading
from contextlib import suppress
from functools import partial
from itertools import pairwise

import pytest
from django.db import Error, connection, transaction

from renewals.actor import WORKER
from renewals.audit.chain import find_break
from renewals.events import EventKind
from renewals.models import Event, EventHead
from renewals.services import journal
from renewals.services.event_rows import read_events
from tests.renewals.audit.conftest import now
from tests.renewals.parallel import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]
EACH = 3


def write(number: int, *, is_undone: bool = False) -> None:
    for turn in range(EACH):
        with transaction.atomic():
            facts = {"writer": number, "turn": turn, "undone": is_undone}
            entries = [journal.Entry(EventKind.RECORD_VIEWED, WORKER, None, facts)] * (turn + 1)
            journal.append(entries, now=now())
            if is_undone:
                transaction.set_rollback(True)


def test_two_hundred_writers_make_no_fork_and_no_gap() -> None:
    """As many connections; SQLite has one writer at a time and lets the others wait."""
    count = 200 if most_connections() >= 220 else 24
    gone = {number for number in range(count) if number % 10 == 0}
    race(*(partial(write, number, is_undone=number in gone) for number in range(count)))
    rows = list(read_events())
    assert find_break(rows) is None
    lasting = count - len(gone)
    per_writer = sum(range(1, EACH + 1))
    assert len(rows) == lasting * per_writer
    assert {row.facts["writer"] for row in rows} == set(range(count)) - gone
    assert not any(row.facts["undone"] for row in rows)
    head = EventHead.objects.get()
    assert (head.sequence, head.digest) == (rows[-1].sequence, rows[-1].digest)
    # Nobody comes between the rows of one act.
    turns = [(row.facts["writer"], row.facts["turn"]) for row in rows]
    changes = sum(one != other for one, other in pairwise(turns))
    assert changes + 1 == lasting * EACH
    assert Event.objects.values("previous_digest").distinct().count() == len(rows)


def most_connections() -> int:
    """How many this database takes at once; a few are its own."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0])


def test_a_writer_that_dies_holds_nobody_up() -> None:
    """Its connection is closed in the middle of a transaction: the others go on."""
    reached = threading.Event()

    def die() -> None:
        with suppress(Error), transaction.atomic():
            journal.append([journal.Entry(EventKind.RECORD_VIEWED, WORKER)], now=now())
            connection.connection.close()
            reached.set()
        connection.close()

    thread = threading.Thread(target=die)
    thread.start()
    thread.join(30)
    assert reached.is_set()
    write(1)
    rows = list(read_events())
    assert find_break(rows) is None
    assert {row.facts["writer"] for row in rows} == {1}
