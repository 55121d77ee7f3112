"""Entries, written beside their revocations: many rows with one question."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from pki.models import Revocation

# Both databases call the columns of VALUES so. Rows are changed or they are gone: none comes back.
WRITE = """
UPDATE {table} SET {entry} = given.column2, {partition} = given.column3, {end} = {ends}
FROM (VALUES {rows}) AS given WHERE {table}.id = given.column1
"""


def store_entries(rows: Sequence[Revocation]) -> None:
    """Write `entry_der`, `partition` and `expires_at` of each row, and nothing else."""
    # Apart, because a column of nothing but NULL has no type.
    _store([row for row in rows if row.expires_at is not None], "given.column4")
    _store([row for row in rows if row.expires_at is None], "NULL")


def _store(rows: Sequence[Revocation], ends: str) -> None:
    if not rows:
        return
    values: list[Any] = []
    for row in rows:
        values += (row.pk, row.entry_der, row.partition)
        if row.expires_at is not None:
            values.append(connection.ops.adapt_datetimefield_value(row.expires_at))
    quote = connection.ops.quote_name
    width = len(values) // len(rows)
    sql = WRITE.format(
        table=quote(Revocation._meta.db_table),  # Django's public way to it
        entry=quote("entry_der"),
        partition=quote("partition"),
        end=quote("expires_at"),
        ends=ends,
        rows=", ".join([f"({', '.join(['%s'] * width)})"] * len(rows)),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
