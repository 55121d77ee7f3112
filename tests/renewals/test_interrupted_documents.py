"""Whatever stops a document half-way, be it SIGKILL: nothing is left of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from renewals.documents import shelf
from renewals.errors import (
    DocumentStorageError,
    RenewalError,
)
from renewals.events import EventKind
from renewals.models import Document, Mandate, Renewal
from renewals.services import attaching, powers
from renewals.services.attaching import read
from renewals.services.filing import forget_unstored
from tests.processes import ROOT
from tests.renewals.document_steps import (
    HOUR,
    add,
    assert_nothing,
    assert_swept,
    codes,
    draft,
    events,
    files,
    folder,
    full_disk,
)
from tests.renewals.dying_upload import POINTS
from tests.renewals.firm import OPERATOR
from tests.renewals.people import NOW, Holder
from tests.renewals.sent_files import plain_pdf
from tests.renewals.workers import environment

__all__ = ["draft", "folder", "full_disk"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_nothing(employee: Holder, draft: Renewal, folder: Path) -> None:
    with pytest.raises(DocumentStorageError):
        add(employee, draft)
    assert_nothing(folder)
    assert codes() == ["document.storage_away"]


def test_a_storage_that_is_away_leaves_nothing_for_long(
    employee: Holder, draft: Renewal, folder: Path
) -> None:
    (folder / "documents").write_text("no folder")
    with pytest.raises(DocumentStorageError):
        add(employee, draft)
    # It could not be asked whether something had been written.
    assert Document.objects.filter(stored_at=None).count() == 1
    (folder / "documents").unlink()
    assert_swept(folder, NOW)


@pytest.mark.parametrize("step", ["_arrive", "_record"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MemoryError])
def test_whatever_is_raised_at_the_end_leaves_nothing(
    employee: Holder,
    draft: Renewal,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    step: str,
    error: type[BaseException],
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(attaching, step, fail)
    with pytest.raises(error):
        add(employee, draft)
    assert_nothing(folder)


def die_at(point: str, what: str, holder: Holder, folder: Path) -> None:
    """Send a document from another process that is killed there."""
    (certificate,) = holder.certificates.values()
    command = [sys.executable, "-m", "tests.renewals.dying_upload", point, what]
    values = {**os.environ, **environment(), "DOCUMENTS_DIRECTORY": str(folder)}
    ended = subprocess.run(
        [*command, str(certificate.pk)], cwd=ROOT, env=values, check=False, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_process_killed_anywhere_leaves_nothing_for_long(
    employee: Holder, draft: Renewal, folder: Path, point: str
) -> None:
    die_at(point, "document", employee, folder)
    assert not draft.documents.arrived().exists()
    assert not events(EventKind.DOCUMENT_ADDED)
    assert len(files(folder)) == (point in {"within-save", "after-save", "within-commit"})
    assert_swept(folder, NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_power_killed_anywhere_leaves_nothing_for_long(
    employee: Holder, folder: Path, point: str
) -> None:
    die_at(point, "power", employee, folder)
    assert not events(EventKind.DOCUMENT_ADDED)
    with pytest.raises(RenewalError):
        powers.confirm(actor=OPERATOR, mandate=Mandate.objects.get(), now=NOW)
    assert_swept(folder, NOW)
    assert not Mandate.objects.exists()
    assert len(events(EventKind.MANDATE_FILED)) == len(events(EventKind.MANDATE_ENDED)) == 1


def test_what_has_arrived_is_not_swept(employee: Holder, draft: Renewal, folder: Path) -> None:
    row = add(employee, draft)
    assert forget_unstored(now=NOW + 1000 * HOUR) == 0
    assert read(actor=employee.actor, document=row, now=NOW) == plain_pdf()


def test_what_the_storage_keeps_is_swept_the_next_time(
    employee: Holder, draft: Renewal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(employee, draft)
    Document.objects.filter(pk=row.pk).update(stored_at=None)
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "remove", lambda _name: False)
        assert forget_unstored(now=NOW + 2 * HOUR) == 1
    assert Document.objects.filter(pk=row.pk).exists()
    assert forget_unstored(now=NOW + 3 * HOUR) == 1
    assert not Document.objects.exists()
    assert not files(folder)


def test_the_schedule_sweeps_every_hour() -> None:
    entries = {entry["task"]: entry for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert entries["renewals.forget_documents"]["schedule"] == 3600.0
