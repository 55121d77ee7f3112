"""Documents are added, taken back and read; what was interrupted is cleaned away.

A row is written before its bytes are stored and says so when they are: whatever is in storage,
some row knows of it. No transaction is open while the storage or the scanner is at work.
"""

import hashlib
import logging
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from renewals.actor import Actor
from renewals.documents import shelf
from renewals.documents.apart import examine
from renewals.documents.media import Media
from renewals.documents.names import clean_name, new_storage_name
from renewals.documents.scanner import scan
from renewals.errors import (
    DocumentAlteredError,
    DocumentKindError,
    DocumentsFullError,
    DocumentStateError,
)
from renewals.events import EventKind
from renewals.models import Document, DocumentKind, Mandate, Renewal
from renewals.services import drawing, journal
from renewals.services.document_rights import (
    Target,
    require_adder,
    require_reader,
    require_remover,
    target_of,
)

MOST = 10
# A row without its bytes keeps a place for so long, and is then cleaned away.
ARRIVAL = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """A file that was judged and scanned. `name` is safe to show."""

    kind: str
    name: str
    media: Media
    data: bytes


def check(*, kind: str, name: str, data: bytes) -> Sent:
    """Judge a file before anything is written of it. Raises `DocumentError`."""
    if kind not in {one.value for one in DocumentKind}:
        raise DocumentKindError
    media = examine(data)
    scan(data, url=settings.CLAMD_URL)
    return Sent(kind, clean_name(name, media), media, data)


def attach(
    *, actor: Actor, target: Target, kind: str, name: str, data: bytes, now: datetime
) -> Document:
    """Add a file to an application or a mandate. `name` is as its sender calls it.

    Raises `DocumentError`, `NotHolderError`.
    """
    with refusals(target, actor=actor, now=now):
        require_adder(actor, target)
        return keep(
            actor=actor, target=target, sent=check(kind=kind, name=name, data=data), now=now
        )


def keep(*, actor: Actor, target: Target, sent: Sent, now: datetime) -> Document:
    """Write the row, store the bytes, say that they are there. All of it or nothing.

    Whatever stops it half-way, and be it the power cut: `forget_unstored` cleans up.
    Raises `DocumentError`, `NotHolderError`.
    """
    with ExitStack() as undoing:
        row = _reserve(actor, target, sent, now=now)
        undoing.callback(discard, row)
        shelf.put(row.storage_name, sent.data)
        _arrive(actor, target, row, now=now)
        undoing.pop_all()
    return row


def _reserve(actor: Actor, target: Target, sent: Sent, *, now: datetime) -> Document:
    with transaction.atomic():
        locked = _lock(target)
        require_adder(actor, locked)
        _require_room(locked, Q(stored_at__isnull=False) | Q(created_at__gt=now - ARRIVAL))
        return Document.objects.create(
            renewal=locked if isinstance(locked, Renewal) else None,
            mandate=locked if isinstance(locked, Mandate) else None,
            kind=sent.kind,
            name=sent.name,
            media_type=sent.media.media_type,
            size=len(sent.data),
            sha256=hashlib.sha256(sent.data).hexdigest(),
            storage_name=new_storage_name(sent.media, now),
            sender_iin=actor.iin,
            created_at=now,
        )


def _arrive(actor: Actor, target: Target, row: Document, *, now: datetime) -> None:
    """Asked again: meanwhile the application may have moved on, or others have filled it."""
    with transaction.atomic():
        locked = _lock(target)
        require_adder(actor, locked)
        _require_room(locked, Q(stored_at__isnull=False))
        if _unstored(row).update(stored_at=now) != 1:
            raise DocumentStateError
        _record(EventKind.DOCUMENT_ADDED, row, actor=actor, now=now)
    row.stored_at = now


def _lock(target: Target) -> Target:
    """The row as it is now, held until the transaction ends."""
    if isinstance(target, Renewal):
        return Renewal.objects.select_for_update(no_key=True).get(pk=target.pk)
    return Mandate.objects.select_for_update(no_key=True).get(pk=target.pk)


def _require_room(target: Target, counted: Q) -> None:
    if target.documents.filter(counted).count() >= MOST:
        raise DocumentsFullError(most=str(MOST))


def _unstored(row: Document) -> QuerySet[Document]:
    return Document.objects.filter(pk=row.pk, stored_at=None)


def discard(row: Document) -> None:
    """Remove the bytes, then the row, of what never arrived; what has arrived stays."""
    if _unstored(row).exists() and shelf.remove(row.storage_name):
        _unstored(row).delete()


def remove(*, actor: Actor, document: Document, now: datetime) -> None:
    """Take a document back. From now on it is gone for everybody; then its bytes go, too.

    Raises `DocumentUnknownError`, `DocumentStateError`.
    """
    target = target_of(document)
    with refusals(target, actor=actor, now=now):
        require_remover(actor, document, target)
        with transaction.atomic():
            require_remover(actor, document, _lock(target))
            arrived = Document.objects.arrived().filter(pk=document.pk)
            if arrived.update(stored_at=None) != 1:
                return  # a second click: it is done
            _record(EventKind.DOCUMENT_REMOVED, document, actor=actor, now=now)
    discard(document)


def read(*, actor: Actor, document: Document, now: datetime) -> bytes:
    """The bytes as they were sent. A look by others than the holder is recorded.

    Raises `DocumentUnknownError`, `DocumentGoneError`, `DocumentAlteredError`,
    `DocumentStorageError`.
    """
    target = target_of(document)
    with refusals(target, actor=actor, now=now):
        require_reader(actor, document, now=now)
        data = shelf.fetch(document.storage_name)
        if hashlib.sha256(data).hexdigest() != document.sha256:
            logger.error("%s is not what was stored under this name", document.storage_name)
            raise DocumentAlteredError
    if actor.iin != target.holder_iin:
        _record(EventKind.DOCUMENT_READ, document, actor=actor, now=now)
    return data


def _record(kind: EventKind, row: Document, *, actor: Actor, now: datetime) -> None:
    facts = {
        "document": row.pk,
        "kind": row.kind,
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "mandate": row.mandate_id,
    }
    journal.record(kind, actor=actor, now=now, renewal=row.renewal, facts=facts)


def refusals(target: Target, *, actor: Actor, now: datetime) -> AbstractContextManager[None]:
    """Record why something about its documents was refused."""
    if isinstance(target, Mandate):
        return drawing.refusals(actor=actor, now=now)
    return journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=target)
