"""What a superuser of the database does to what happened, and which record is named for it."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import transaction

from renewals.audit.chain import Break, Fault, digest_of
from renewals.models import Checkpoint, Event, EventHead
from renewals.services import auditing, second_place
from tests.renewals.audit.conftest import happen, sign
from tests.renewals.audit.superuser import (
    alter,
    delete,
    guards_lifted,
    insert_at,
    renumber,
    rewrite_from,
    set_head,
)
from tests.renewals.people import OTHER_IIN, Holder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]


def found() -> Break | None:
    """What the command says, beginning with all that there is."""
    return auditing.verify(second_place.configured()).found


def named(found: Break | None) -> tuple[int, Fault]:
    assert found is not None
    return found.sequence, found.fault


def newest() -> int:
    return Event.objects.order_by("-sequence")[0].sequence


def test_a_chain_that_nobody_touched_is_whole(chain: Checkpoint) -> None:
    seen = auditing.verify(second_place.configured())
    assert seen.found is None
    assert (seen.events, seen.checkpoints) == (newest(), 1)
    assert seen.digest == EventHead.objects.get().digest


def changed_columns(row: Event) -> dict[str, object]:
    return {
        "at": row.at.replace(microsecond=(row.at.microsecond + 1) % 1_000_000),
        "kind": "sign_in.ended",
        "actor": {**row.actor, "name": row.actor["name"] + " "},
        "actor_iin": OTHER_IIN,
        "facts": {**row.facts, "number": 9},
        "previous_digest": row.digest,
        "digest": "0" * 63 + "1",
        "id": 1_000_000,
    }


def test_a_changed_value_of_any_column_is_found(chain: Checkpoint) -> None:
    row = Event.objects.get(sequence=newest() - 4)
    changes = changed_columns(row)
    # The others: the number is changed in tests of their own, the application below.
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - changes.keys() == {"sequence", "renewal_id"}
    for name, value in changes.items():
        with transaction.atomic():
            if name == "id":
                alter(row.sequence, id=value)
                # Rows have come in the order of their ids: the next one cannot be younger.
                assert named(found()) == (row.sequence + 1, Fault.CHANGED)
            else:
                alter(row.sequence, **{name: value})
                assert named(found()) == (row.sequence, Fault.CHANGED), name
            transaction.set_rollback(True)
    assert found() is None


def test_another_application_is_found(chain: Checkpoint, holder: Holder) -> None:
    renewal = holder.open()
    opened = Event.objects.get(kind="renewal.opened")
    alter(opened.sequence, renewal=None)
    assert named(found()) == (opened.sequence, Fault.CHANGED)
    alter(opened.sequence, renewal=renewal)
    assert found() is None
    alter(2, renewal=renewal)
    assert named(found()) == (2, Fault.CHANGED)


def test_a_changed_row_with_a_digest_to_it_is_named_itself(chain: Checkpoint) -> None:
    row = Event.objects.get(sequence=5)
    row.facts = {"other": 1}
    alter(5, facts=row.facts, digest=digest_of(row))
    assert named(found()) == (5, Fault.CHANGED)


@pytest.mark.parametrize("at", [1, 2, 7])
def test_a_deleted_row_is_found(chain: Checkpoint, at: int) -> None:
    delete(at)
    assert named(found()) == (at, Fault.MISSING)


def test_a_deleted_row_is_found_though_the_others_are_numbered_anew(chain: Checkpoint) -> None:
    delete(6)
    for sequence in range(7, newest() + 1):
        renumber(sequence, sequence - 1)
    with guards_lifted():
        EventHead.objects.update(sequence=newest())
    assert named(found()) == (6, Fault.MOVED)


def test_a_cut_tail_is_found_by_the_head(chain: Checkpoint) -> None:
    last = newest()
    delete(last - 1, last)
    assert named(found()) == (last - 1, Fault.CUT)


def test_a_cut_tail_with_its_head_is_found_by_the_checkpoint_alone(chain: Checkpoint) -> None:
    signed = chain.sequence
    delete(*range(signed + 1, newest() + 1))
    set_head(signed)
    # What came after the last checkpoint leaves no trace but the next one.
    assert found() is None
    delete(signed - 1, signed)
    set_head(signed - 2)
    broken = found()
    assert broken == Break(signed - 1, Fault.CUT, chain.name)


@pytest.mark.parametrize("at", [2, 6])
def test_an_inserted_row_is_found(chain: Checkpoint, at: int) -> None:
    insert_at(at)
    assert named(found()) == (at, Fault.INSERTED)


def test_a_row_before_the_first_one_is_found(chain: Checkpoint) -> None:
    row = Event.objects.get(sequence=1)
    row.pk, row.sequence, row.digest = None, 0, "a" * 64
    row.save(force_insert=True)
    assert named(found()) == (0, Fault.INSERTED)


def test_a_row_behind_the_head_is_found(chain: Checkpoint) -> None:
    last = newest()
    insert_at(last + 1)
    with guards_lifted():
        EventHead.objects.update(sequence=last)
    assert named(found()) == (last + 1, Fault.HEAD)


@pytest.mark.parametrize(("first", "second"), [(4, 5), (3, 9)])
def test_two_swapped_rows_are_found(chain: Checkpoint, first: int, second: int) -> None:
    renumber(first, 10_000)
    renumber(second, first)
    renumber(10_000, second)
    assert named(found()) == (first, Fault.MOVED)


def test_the_contents_of_two_rows_swapped_are_found(chain: Checkpoint) -> None:
    one, other = (Event.objects.get(sequence=number) for number in (4, 8))
    assert one.facts != other.facts
    alter(4, facts=other.facts)
    alter(8, facts=one.facts)
    assert named(found()) == (4, Fault.CHANGED)


def test_a_restored_backup_is_found_and_told_from_a_cut_tail(chain: Checkpoint) -> None:
    """The database of before: events, head and checkpoints, all as they were then."""
    before = newest()
    happen(3)
    later = sign(hours=1)
    assert found() is None
    delete(*range(before + 1, newest() + 1))
    set_head(before)
    with guards_lifted():
        Checkpoint.objects.filter(pk=later.pk).delete()
    assert found() == Break(before + 1, Fault.RESTORED, later.name)


def test_a_restored_backup_that_went_on_is_found(chain: Checkpoint) -> None:
    before = newest()
    happen(3)
    later = sign(hours=1)
    delete(*range(before + 1, newest() + 1))
    set_head(before)
    with guards_lifted():
        Checkpoint.objects.filter(pk=later.pk).delete()
    happen(5)
    # The last one that agrees was signed before: from the next record on nothing is certain.
    assert found() == Break(chain.sequence + 1, Fault.FORGED, later.name)


def test_a_chain_forged_from_some_row_on_is_found_by_the_checkpoints_alone(
    chain: Checkpoint, tmp_path: Path
) -> None:
    happen(4)
    second = sign(hours=1)
    happen(1)
    rewrite_from(chain.sequence + 2, facts={"nothing": "happened"})
    assert found() == Break(chain.sequence + 1, Fault.FORGED, second.name)
    # Without a second place, and with the rows of the checkpoints gone, nothing shows it.
    with guards_lifted():
        Checkpoint.objects.all().delete()
    assert auditing.verify(FileSystemStorage(tmp_path / "nothing")).found is None
    assert found() == Break(chain.sequence + 1, Fault.FORGED, second.name)


def test_a_chain_forged_from_the_first_row_on_is_found(chain: Checkpoint) -> None:
    rewrite_from(1, facts={})
    assert found() == Break(1, Fault.FORGED, chain.name)


def test_a_head_that_was_moved_back_is_found(chain: Checkpoint) -> None:
    last = newest()
    set_head(last - 3)
    assert named(found()) == (last - 2, Fault.HEAD)


def test_a_head_with_another_digest_is_found(chain: Checkpoint) -> None:
    EventHead.objects.update(digest="a" * 64)
    assert named(found()) == (newest(), Fault.HEAD)


def test_writing_goes_on_while_it_is_verified(chain: Checkpoint) -> None:
    class Slow(FileSystemStorage):
        """Something happens while the checkpoints are read."""

        def open(self, name: str, mode: str = "rb") -> object:  # type: ignore[override]
            happen(2)
            return super().open(name, mode)

    location = second_place.configured().path("")
    assert auditing.verify(Slow(location)).found is None
