"""Documents are taken back and read by those concerned; looks are recorded."""

from pathlib import Path

import pytest

from pki.certificate import Role
from renewals.actor import NOBODY, WORKER, Actor, ActorKind
from renewals.documents import shelf
from renewals.errors import (
    DocumentAlteredError,
    DocumentGoneError,
    DocumentStateError,
    DocumentUnknownError,
)
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Document, Renewal
from renewals.services.attaching import read, remove
from renewals.services.filing import forget_unstored
from tests.renewals.document_steps import (
    HOUR,
    add,
    codes,
    draft,
    events,
    files,
    folder,
    put_in,
    reads,
)
from tests.renewals.firm import OPERATOR, Firm
from tests.renewals.people import NOW, Holder, enrol_employee, iin_of
from tests.renewals.people import OTHER_ORGANISATION as OTHER
from tests.renewals.sent_files import pdf, plain_pdf

__all__ = ["draft", "folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]


# --- taking back ----------------------------------------------------------------------------


def test_a_document_is_taken_back_with_its_bytes(
    employee: Holder, draft: Renewal, folder: Path
) -> None:
    row = add(employee, draft)
    remove(actor=employee.actor, document=row, now=NOW)
    assert not Document.objects.exists()
    assert not files(folder)
    (event,) = events(EventKind.DOCUMENT_REMOVED)
    assert event.facts["sha256"] == row.sha256


def test_a_second_click_takes_nothing_back(employee: Holder, draft: Renewal) -> None:
    row = add(employee, draft)
    again = Document.objects.get(pk=row.pk)
    remove(actor=employee.actor, document=row, now=NOW)
    remove(actor=employee.actor, document=again, now=NOW)
    assert len(events(EventKind.DOCUMENT_REMOVED)) == 1


def test_a_storage_that_is_away_does_not_bring_it_back(
    employee: Holder, draft: Renewal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(employee, draft)
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "remove", lambda _name: False)
        remove(actor=employee.actor, document=row, now=NOW)
    assert not draft.documents.arrived().exists()
    row.refresh_from_db()
    with pytest.raises(DocumentUnknownError):
        read(actor=employee.actor, document=row, now=NOW)
    forget_unstored(now=NOW + 2 * HOUR)
    assert not Document.objects.exists()
    assert not files(folder)


def test_nobody_else_takes_it_back(
    employee: Holder, draft: Renewal, head: Holder, stranger: Holder
) -> None:
    row = add(employee, draft)
    for actor in (head.actor, stranger.actor, OPERATOR, NOBODY):
        with pytest.raises(DocumentUnknownError):
            remove(actor=actor, document=row, now=NOW)
    assert draft.documents.arrived().count() == 1


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_what_was_sent_with_the_application_stays(
    employee: Holder, draft: Renewal, state: State
) -> None:
    row = add(employee, draft)
    put_in(draft, state.value)
    row.refresh_from_db()
    with pytest.raises(DocumentStateError):
        remove(actor=employee.actor, document=row, now=NOW)
    assert draft.documents.arrived().count() == 1


# --- reading --------------------------------------------------------------------------------


def test_those_concerned_read_it_and_nobody_else(
    employee: Holder, firm: Firm, hr: Holder, deputy: Holder, stranger: Holder
) -> None:
    renewal = employee.open()
    row = add(employee, renewal)
    other_head = enrol_employee(firm.authority, Role.HEAD, iin=iin_of(70), organisation=OTHER)
    private = Actor(kind=ActorKind.HOLDER, iin=firm.head.iin)
    approvers = (firm.head.actor, hr.actor)
    others = (deputy.actor, stranger.actor, other_head.actor, private, NOBODY, WORKER)
    assert reads(employee.actor, row)
    assert reads(OPERATOR, row)
    # Before it is sent it is nobody's business but his.
    assert not any(reads(actor, row) for actor in (*approvers, *others))
    employee.prepare(renewal)
    put_in(renewal, State.AWAITING_APPROVAL.value)
    row.refresh_from_db()
    assert all(reads(actor, row) for actor in approvers)
    assert not any(reads(actor, row) for actor in others)
    mandate = firm.head.delegate(deputy)
    assert reads(deputy.actor, row)
    firm.head.end(mandate)
    assert not reads(deputy.actor, row)
    firm.succeed()
    assert not reads(firm.head.actor, row)


def test_a_look_by_others_is_recorded_and_ones_own_is_not(
    employee: Holder, firm: Firm, renewal: Renewal
) -> None:
    row = add(employee, renewal)
    read(actor=employee.actor, document=row, now=NOW)
    assert not events(EventKind.DOCUMENT_READ)
    for actor in (firm.head.actor, OPERATOR):
        read(actor=actor, document=row, now=NOW)
    looks = events(EventKind.DOCUMENT_READ)
    assert [event.actor_iin for event in looks] == [firm.head.iin, OPERATOR.iin]
    assert {event.renewal_id for event in looks} == {renewal.pk}
    assert {event.facts["document"] for event in looks} == {row.pk}


@pytest.mark.parametrize("change", ["replace", "append", "empty"])
def test_altered_bytes_are_not_given_out(
    employee: Holder,
    draft: Renewal,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    change: str,
) -> None:
    row = add(employee, draft)
    path = folder / row.storage_name
    path.write_bytes({"replace": pdf(), "append": plain_pdf() + b" ", "empty": b""}[change])
    with pytest.raises(DocumentAlteredError):
        read(actor=OPERATOR, document=row, now=NOW)
    assert row.storage_name in caplog.text
    assert codes() == ["document.altered"]
    assert not events(EventKind.DOCUMENT_READ)


def test_missing_bytes_are_told_as_such(
    employee: Holder, draft: Renewal, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    row = add(employee, draft)
    (folder / row.storage_name).unlink()
    with pytest.raises(DocumentGoneError):
        read(actor=employee.actor, document=row, now=NOW)
    assert row.storage_name in caplog.text
    assert codes() == ["document.gone"]
