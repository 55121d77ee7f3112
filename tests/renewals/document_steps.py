"""What the tests of documents do and look at: add, read, file, count what is left."""

import resource
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from renewals.actor import Actor
from renewals.audit.chain import find_break
from renewals.documents import shelf
from renewals.errors import (
    DocumentUnknownError,
)
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Document, Event, Mandate, Renewal
from renewals.services import filing
from renewals.services.attaching import attach, read
from renewals.services.filing import forget_unstored
from tests.renewals.people import NOW, TODAY, Holder
from tests.renewals.sent_files import plain_pdf

HOUR = timedelta(hours=1)
MONTH = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where documents are kept; its own for every test."""
    storage = settings.STORAGES["documents"]
    options = {**storage["OPTIONS"], "location": str(tmp_path)}
    settings.STORAGES = {**settings.STORAGES, "documents": {**storage, "OPTIONS": options}}
    settings.DOCUMENTS_DIRECTORY = tmp_path
    return tmp_path


@pytest.fixture
def draft(employee: Holder) -> Renewal:
    """An employee's application before it is signed."""
    return employee.open()


def files(folder: Path) -> list[Path]:
    """Everything in storage."""
    return [path for path in folder.rglob("*") if path.is_file()]


def add(
    holder: Holder | Actor,
    target: Renewal | Mandate,
    data: bytes | None = None,
    *,
    kind: str = "other",
    name: str = "scan.pdf",
    now: datetime = NOW,
) -> Document:
    """One document, a PDF unless given."""
    actor = holder.actor if isinstance(holder, Holder) else holder
    return attach(
        actor=actor, target=target, kind=kind, name=name, data=data or plain_pdf(), now=now
    )


def put_in(draft: Renewal, state: str) -> Renewal:
    """As if it had gone there."""
    issued = NOW if state in {State.ISSUED.value, State.INSTALLED.value} else None
    Renewal.objects.filter(pk=draft.pk).update(
        state=state,
        reason="issuer.lint",
        issued_at=issued,
        submitted_at=NOW,
        lease_token="t",
        lease_until=NOW + HOUR,
    )
    draft.refresh_from_db()
    return draft


def codes() -> list[str]:
    """What was refused."""
    kinds = [EventKind.RENEWAL_REFUSED.value, EventKind.ORGANISATION_REFUSED.value]
    rows = Event.objects.filter(kind__in=kinds).order_by("sequence")
    return [str(event.facts["code"]) for event in rows]


def events(kind: EventKind) -> list[Event]:
    return list(Event.objects.filter(kind=kind.value).order_by("sequence"))


def assert_nothing(folder: Path) -> None:
    """Neither row nor file nor a word of success."""
    assert not Document.objects.exists()
    assert not files(folder)
    assert not events(EventKind.DOCUMENT_ADDED)


def reads(actor: Actor, row: Document, now: datetime = NOW) -> bool:
    """Whether the bytes are given out; otherwise it is as if there were none."""
    try:
        return read(actor=actor, document=row, now=now) == plain_pdf()
    except DocumentUnknownError:
        return False


def file(holder: Holder, data: bytes | None = None, **days: object) -> Mandate:
    """With its paper."""
    options = {"starts_on": TODAY, "ends_on": MONTH, **days}
    return filing.file_with_paper(
        actor=holder.actor,
        name="doverennost.pdf",
        data=data or plain_pdf(),
        now=NOW,
        **options,  # type: ignore[arg-type]
    )


def assert_swept(folder: Path, now: datetime) -> None:
    """Nothing is touched within the hour; after it nothing is left."""
    before = Document.objects.count(), len(files(folder))
    assert forget_unstored(now=now) == 0
    assert (Document.objects.count(), len(files(folder))) == before
    forget_unstored(now=now + 2 * HOUR)
    assert_nothing(folder)
    assert find_break(Event.objects.order_by("sequence")) is None


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses a file after its first hundred bytes."""
    real_put = shelf.put

    def put(name: str, data: bytes) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            real_put(name, data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(shelf, "put", put)
