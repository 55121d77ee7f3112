"""Somebody who may do everything to the database, and knows how the chain is made."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from renewals.audit.chain import digest_of
from renewals.models import Event, EventHead


@contextmanager
def guards_lifted() -> Iterator[None]:
    """As a superuser of PostgreSQL lifts them; elsewhere there are none."""
    with transaction.atomic():
        _set_role("replica")
        yield
        _set_role("origin")


def _set_role(role: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL session_replication_role = {role}")


def alter(sequence: int, **columns: object) -> None:
    """Other values in one row, whatever its digest says."""
    with guards_lifted():
        assert Event.objects.filter(sequence=sequence).update(**columns) == 1


def delete(*sequences: int) -> None:
    """Rows are gone."""
    with guards_lifted():
        Event.objects.filter(sequence__in=sequences).delete()


def renumber(sequence: int, new: int) -> None:
    """A row under another number, and nothing else of it."""
    with guards_lifted():
        assert Event.objects.filter(sequence=sequence).update(sequence=new) == 1


def set_head(sequence: int) -> None:
    """The head names that row."""
    digest = Event.objects.get(sequence=sequence).digest if sequence else "0" * 64
    with guards_lifted():
        EventHead.objects.filter(id=1).update(sequence=sequence, digest=digest)


def rewrite_from(sequence: int, **columns: object) -> None:
    """Another row, and every one behind it made anew, so that the chain holds; the head, too."""
    with guards_lifted():
        previous = ""
        for event in list(Event.objects.filter(sequence__gte=sequence).order_by("sequence")):
            if event.sequence == sequence:
                for name, value in columns.items():
                    setattr(event, name, value)
            else:
                event.previous_digest = previous
            previous = digest_of(event)
            event.digest = previous
            event.save()
        newest = Event.objects.order_by("-sequence")[0]
        EventHead.objects.filter(id=1).update(sequence=newest.sequence, digest=newest.digest)


def insert_at(sequence: int) -> None:
    """A row of one's own, well made, with all behind it moved on by one."""
    with guards_lifted():
        rows = Event.objects.filter(sequence__gte=sequence).order_by("-sequence")
        for row in list(rows):
            Event.objects.filter(pk=row.pk).update(sequence=row.sequence + 1)
        model = Event.objects.get(sequence=sequence - 1)
        forged = Event(
            sequence=sequence,
            at=model.at,
            kind="record.viewed",
            actor=model.actor,
            actor_iin=model.actor_iin,
            facts={},
            previous_digest=model.digest,
        )
        forged.digest = digest_of(forged)
        forged.save()
        EventHead.objects.filter(id=1).update(sequence=Event.objects.count())
