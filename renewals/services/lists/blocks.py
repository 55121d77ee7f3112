"""Stored entries, joined by the database: a million rows are never rows here."""

import struct
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import Aggregate, BinaryField, Count, Max, Min, QuerySet

from pki.models import Revocation

# Rows that are joined at once: of some sizes the quickest, and no more than a megabyte.
BLOCK_ROWS = 1 << 14
# The binary format of COPY: signature, flags and the length of an extension that nobody uses.
COPY_HEAD = b"PGCOPY\n\xff\r\n\0"
COPY_HEAD_LENGTH = len(COPY_HEAD) + 8
COPY_END = -1


class Block(NamedTuple):
    """`size` entries of one part, one behind the other."""

    partition: int
    size: int
    entries: bytes


class Joined(Aggregate):
    """All values of a group as one."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


def read_blocks(rows: QuerySet[Revocation]) -> Iterator[Block]:
    """The entries of these rows, in blocks that each belong to one part."""
    if connection.vendor == "postgresql":
        return _joined_by_server(rows)
    return _joined_here(rows)


def _joined_here(rows: QuerySet[Revocation]) -> Iterator[Block]:
    found: dict[int, list[bytes]] = defaultdict(list)
    pairs = rows.order_by().values_list("partition", "entry_der")
    for partition, entry in pairs.iterator(chunk_size=2000):
        found[partition or 0].append(bytes(entry or b""))
    for partition, entries in found.items():
        yield Block(partition, len(entries), b"".join(entries))


def _joined_by_server(rows: QuerySet[Revocation]) -> Iterator[Block]:
    """By COPY in binary: as hexadecimal digits it would be twice as much.

    Some rows after the other, by their ids: all groups at once do not fit into the memory that
    the server has for one question, and go by its disk.
    """
    ends = Revocation.objects.aggregate(first=Min("id"), last=Max("id"))
    groups = (
        rows.order_by().values("partition").annotate(size=Count("id"), entries=Joined("entry_der"))
    ).values_list("partition", "size", "entries")
    # Put together once; the two ids stand last.
    sql, params = groups.filter(id__gte=0, id__lt=0).query.sql_with_params()
    with connection.cursor() as cursor:
        for start in range(ends["first"] or 1, (ends["last"] or 0) + 1, BLOCK_ROWS):
            some = (*params[:-2], start, start + BLOCK_ROWS)
            query = cursor.mogrify(sql, some).decode()
            sink = _Sink()
            cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
            yield from sink.blocks


class _Sink:
    """Takes what COPY sends: messages that each end where a row ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def write(self, data: bytes) -> None:
        """One message: perhaps the head, then rows, or the end."""
        position = COPY_HEAD_LENGTH if data.startswith(COPY_HEAD) else 0
        while position < len(data):
            (fields,) = struct.unpack_from(">h", data, position)
            position += 2
            if fields == COPY_END:
                return
            values = []
            for _field in range(fields):
                (length,) = struct.unpack_from(">i", data, position)
                values.append(data[position + 4 : position + 4 + length])
                position += 4 + length
            partition, count, entries = values
            self.blocks.append(Block(int.from_bytes(partition), int.from_bytes(count), entries))
