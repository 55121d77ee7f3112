"""PostgreSQL itself refuses what nobody may do, and lets through what has to be done."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from pki.models import Authority, Revocation
from renewals.models import Checkpoint, Event
from tests.renewals.audit.conftest import happen, now
from tests.renewals.audit.superuser import guards_lifted

pytestmark = [pytest.mark.django_db, pytest.mark.data]
Work = Callable[[], object]


@pytest.fixture(autouse=True)
def _postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has neither roles nor guards")


def refused(work: Work) -> None:
    with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
        work()


def checkpoint() -> Checkpoint:
    return Checkpoint.objects.create(
        sequence=1, digest="0" * 64, count=1, at=now().replace(microsecond=0), cms_der=b"x"
    )


def test_an_event_is_neither_changed_nor_deleted() -> None:
    happen(1)
    refused(lambda: Event.objects.update(kind="sign_in.ended"))
    refused(lambda: Event.objects.update(actor_iin=""))
    refused(lambda: Event.objects.all().delete())
    with guards_lifted():
        assert Event.objects.update(actor_iin="") == 1


def test_a_checkpoint_is_written_once_and_otherwise_stays() -> None:
    row = checkpoint()
    rows = Checkpoint.objects.filter(pk=row.pk)
    refused(lambda: rows.update(digest="1" * 64))
    refused(lambda: rows.update(name="x"))
    refused(lambda: rows.update(name="x", written_at=now(), cms_der=b"y"))
    assert rows.update(name="x", written_at=now()) == 1
    refused(lambda: rows.update(name="y", written_at=now()))
    refused(lambda: rows.update(name="", written_at=None))
    refused(rows.delete)


@pytest.mark.parametrize("reason", ["keyCompromise", "superseded", "removeFromCRL"])
def test_a_revocation_is_never_taken_back(authority: Authority, reason: str) -> None:
    row = revoked(authority, "superseded")
    rows = Revocation.objects.filter(pk=row.pk)
    refused(rows.delete)
    if reason != "superseded":
        refused(lambda: rows.update(reason=reason))
    refused(lambda: rows.update(revoked_at=now()))
    refused(lambda: rows.update(serial_hex="0f"))
    # What whoever makes the lists writes.
    assert rows.update(listed_number=3, entry_der=b"x", partition=1, expires_at=now()) == 1


def test_a_hold_is_released_or_becomes_a_revocation(authority: Authority) -> None:
    row = revoked(authority, "certificateHold")
    refused(lambda: Revocation.objects.filter(pk=row.pk).update(revoked_at=now()))
    assert Revocation.objects.filter(pk=row.pk).delete()[0] == 1
    row = revoked(authority, "certificateHold")
    rows = Revocation.objects.filter(pk=row.pk)
    assert rows.update(reason="keyCompromise", listed_number=None) == 1
    refused(lambda: rows.update(reason="certificateHold"))
    refused(rows.delete)


def revoked(authority: Authority, reason: str) -> Revocation:
    return Revocation.objects.create(
        authority=authority, serial_hex="0a", revoked_at=now(), reason=reason
    )
