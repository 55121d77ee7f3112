"""Documents are added by the services: who, when, how many; the scanner is asked."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from pki.certificate import Role
from renewals.actor import NOBODY, WORKER
from renewals.audit.chain import find_break
from renewals.documents import shelf
from renewals.errors import (
    DocumentBrokenError,
    DocumentError,
    DocumentKindError,
    DocumentsFullError,
    DocumentStateError,
    DocumentTypeError,
    InfectedError,
    NotHolderError,
    ScannerAwayError,
)
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Document, DocumentKind, Event, Renewal
from renewals.services.attaching import MOST, remove
from tests.renewals.clamd import EICAR, clamd
from tests.renewals.document_steps import (
    add,
    assert_nothing,
    codes,
    draft,
    events,
    files,
    folder,
    put_in,
)
from tests.renewals.firm import OPERATOR, Firm
from tests.renewals.parallel import race
from tests.renewals.people import NOW, Holder
from tests.renewals.sent_files import jpeg, pdf, plain_pdf, png, stream

__all__ = ["draft", "folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.data]


# --- adding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "media_type", "kept_as"),
    [
        (pdf(), "Доверенность № 5.pdf", "application/pdf", "Доверенность № 5.pdf"),
        (jpeg(), "IMG_2041.JPG", "image/jpeg", "IMG_2041.JPG"),
        (png(), "C:\\fakepath\\screen", "image/png", "screen.png"),
    ],
)
def test_a_document_is_kept_with_its_hash_under_a_name_of_our_own(
    employee: Holder,
    draft: Renewal,
    folder: Path,
    *,
    data: bytes,
    name: str,
    media_type: str,
    kept_as: str,
) -> None:
    row = add(employee, draft, data, kind="identity_card", name=name)
    row.refresh_from_db()
    digest = hashlib.sha256(data).hexdigest()
    assert (row.renewal, row.mandate, row.kind) == (draft, None, "identity_card")
    assert (row.name, row.media_type, row.size) == (kept_as, media_type, len(data))
    assert (row.sha256, row.stored_at, row.sender_iin) == (digest, NOW, employee.iin)
    assert row.storage_name.startswith(f"documents/{NOW.year}/")
    assert "scan" not in row.storage_name
    assert (folder / row.storage_name).read_bytes() == data
    (event,) = events(EventKind.DOCUMENT_ADDED)
    assert (event.renewal, event.actor_iin) == (draft, employee.iin)
    assert (event.facts["sha256"], event.facts["document"]) == (digest, row.pk)


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_is_taken(employee: Holder, draft: Renewal, kind: DocumentKind) -> None:
    assert add(employee, draft, kind=kind.value).kind == kind.value


@pytest.mark.parametrize("kind", ["", "passport", "OTHER", "other\x00"])
def test_another_kind_is_none(employee: Holder, draft: Renewal, kind: str, folder: Path) -> None:
    with pytest.raises(DocumentKindError):
        add(employee, draft, kind=kind)
    assert_nothing(folder)


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"MZ" * 99, DocumentTypeError), (pdf()[:-40], DocumentBrokenError)],
)
def test_a_refused_file_leaves_nothing_but_the_refusal(
    employee: Holder, draft: Renewal, folder: Path, data: bytes, error: type[DocumentError]
) -> None:
    with pytest.raises(error):
        add(employee, draft, data)
    assert_nothing(folder)
    assert codes() == [error.code]


def test_only_the_holder_adds(
    firm: Firm, draft: Renewal, hr: Holder, stranger: Holder, folder: Path
) -> None:
    for actor in (firm.head.actor, hr.actor, stranger.actor, OPERATOR, WORKER, NOBODY):
        with pytest.raises(NotHolderError):
            add(actor, draft)
    assert_nothing(folder)
    assert set(codes()) == {"renewal.not_holder"}


@pytest.mark.parametrize("state", State)
def test_documents_are_added_until_somebody_has_decided(
    employee: Holder, draft: Renewal, state: State
) -> None:
    put_in(draft, state.value)
    if state in {State.DRAFT, State.AWAITING_APPROVAL}:
        assert add(employee, draft).stored_at == NOW
    else:
        with pytest.raises(DocumentStateError):
            add(employee, draft)
        assert codes() == ["document.state"]


def test_an_individual_adds_none(holder: Holder, folder: Path) -> None:
    with pytest.raises(DocumentStateError):
        add(holder, holder.open())
    assert_nothing(folder)


def test_what_the_page_knows_may_be_old(employee: Holder, draft: Renewal, folder: Path) -> None:
    stale = Renewal.objects.get(pk=draft.pk)
    put_in(draft, State.APPROVED.value)
    with pytest.raises(DocumentStateError):
        add(employee, stale)
    assert_nothing(folder)


def test_who_decides_meanwhile_is_faster(
    employee: Holder, draft: Renewal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_put = shelf.put

    def put(name: str, data: bytes) -> None:
        real_put(name, data)
        put_in(draft, State.APPROVED.value)

    monkeypatch.setattr(shelf, "put", put)
    with pytest.raises(DocumentStateError):
        add(employee, draft)
    assert_nothing(folder)


def test_there_are_ten_and_no_more(employee: Holder, draft: Renewal, folder: Path) -> None:
    for _number in range(MOST):
        add(employee, draft)
    with pytest.raises(DocumentsFullError) as caught:
        add(employee, draft)
    assert caught.value.facts == {"most": "10"}
    assert len(files(folder)) == Document.objects.count() == MOST
    remove(actor=employee.actor, document=draft.documents.first(), now=NOW)  # type: ignore[arg-type]
    add(employee, draft)


def test_each_application_has_room_of_its_own(employee: Holder, draft: Renewal, firm: Firm) -> None:
    other = firm.hire(Role.EMPLOYEE)
    for _number in range(MOST):
        add(employee, draft)
    assert add(other, other.open()).stored_at == NOW


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_exceed_the_limit(
    employee: Holder, draft: Renewal, folder: Path
) -> None:
    errors = race(*[lambda: add(employee, draft)] * 16)
    refused = [error for error in errors if error is not None]
    assert len(refused) == 6
    assert all(isinstance(error, DocumentsFullError) for error in refused)
    assert Document.objects.arrived().count() == Document.objects.count() == MOST
    assert len(files(folder)) == MOST
    assert len(events(EventKind.DOCUMENT_ADDED)) == MOST
    assert find_break(Event.objects.order_by("sequence")) is None


def test_what_is_still_arriving_keeps_its_place(employee: Holder, draft: Renewal) -> None:
    for _number in range(MOST):
        row = add(employee, draft)
    Document.objects.filter(pk=row.pk).update(stored_at=None)
    with pytest.raises(DocumentsFullError):
        add(employee, draft)
    assert add(employee, draft, now=NOW + timedelta(minutes=11)).stored_at


# --- the scanner ----------------------------------------------------------------------------


def test_an_infected_file_is_not_kept(
    employee: Holder, draft: Renewal, folder: Path, settings: Settings
) -> None:
    infected = plain_pdf(stream(EICAR))
    with clamd() as server:
        settings.CLAMD_URL = server.url
        with pytest.raises(InfectedError):
            add(employee, draft, infected)
        assert_nothing(folder)
        assert add(employee, draft).stored_at == NOW
    assert server.received == [infected, plain_pdf()]
    assert codes() == ["document.infected"]


def test_without_the_scanner_that_is_set_nothing_is_taken(
    employee: Holder, draft: Renewal, folder: Path, settings: Settings
) -> None:
    with clamd() as server:
        settings.CLAMD_URL = server.url
    with pytest.raises(ScannerAwayError):
        add(employee, draft)
    assert_nothing(folder)
    assert codes() == ["document.scanner_away"]
