"""Whose signatures in an organisation end within a month and still want something done."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from notifications.words.standings import COLUMNS, Need, standings
from pki.models import Certificate

HORIZON = timedelta(days=30)
WANTING = frozenset({Need.NEEDED, Need.BEGUN})
# So many at a time are asked about: memory stays flat for an organisation of any size.
CHUNK = 1000


def ending(bins: Collection[str], *, now: datetime) -> Iterator[Certificate]:
    """Certificates of these organisations' people, of each organisation what ends first first."""
    rows = (
        Certificate.objects.filter(bin__in=[number for number in bins if number])
        .filter(not_after__gt=now, not_after__lte=now + HORIZON)
        .only(*COLUMNS, "common_name")
        .order_by("bin", "not_after", "id")
    )
    chunk: list[Certificate] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _wanting(chunk, now=now)
            chunk = []
    yield from _wanting(chunk, now=now)


def _wanting(rows: list[Certificate], *, now: datetime) -> Iterator[Certificate]:
    needs = standings(rows, now=now)
    return (row for row in rows if needs[row.pk] in WANTING)
