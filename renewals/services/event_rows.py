"""Rows of the chain in the order of their numbers, so many at a time. Reads, never writes."""

from collections.abc import Callable, Iterator

from renewals.audit.chain import Break, Walk
from renewals.models import Event

BATCH = 2000
Watch = Callable[[Walk], Break | None]


def read_events(after: int = -1, until: int | None = None) -> Iterator[Event]:
    """Those with a number above `after`, up to and with `until`; also such as come meanwhile.

    By number, not by an open cursor: one that is held open copies the whole table first.
    """
    last = after
    while True:
        rows = Event.objects.order_by("sequence")
        # The first batch begins wherever the table does.
        rows = rows.filter(sequence__gt=last) if last >= 0 else rows
        rows = rows.filter(sequence__lte=until) if until is not None else rows
        batch = list(rows[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].sequence


def walk_rows(walk: Walk, *, until: int | None = None, watch: Watch | None = None) -> Break | None:
    """Go along from where `walk` stands; the first row that does not fit, None if all do.

    `watch` is asked after each row, and may know better.
    """
    for event in read_events(walk.sequence or -1, until):
        found = walk.step(event) or (watch(walk) if watch is not None else None)
        if found is not None:
            return found
    return None
