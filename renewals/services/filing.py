"""A power of attorney and its paper come together: both are kept, or neither is.

And what was interrupted between the two is cleaned away.
"""

from contextlib import ExitStack
from datetime import date, datetime

from django.db import transaction

from renewals.actor import WORKER, Actor
from renewals.events import EventKind
from renewals.models import Document, DocumentKind, Mandate, MandateKind
from renewals.services import drawing, journal, powers
from renewals.services.attaching import FORGOTTEN_AFTER, check, discard, keep
from renewals.services.delegating import facts_of

KIND = DocumentKind.POWER_OF_ATTORNEY.value
POWER = MandateKind.POWER_OF_ATTORNEY.value


def file_with_paper(
    *, actor: Actor, starts_on: date, ends_on: date, name: str, data: bytes, now: datetime
) -> Mandate:
    """Judge the paper, then write down the power of attorney and keep the paper with it.

    Raises `DocumentError`, `NoRightError`, `DaysError`.
    """
    with drawing.refusals(actor=actor, now=now):
        sent = check(kind=KIND, name=name, data=data)
    with ExitStack() as undoing:
        mandate = powers.file_power(actor=actor, starts_on=starts_on, ends_on=ends_on, now=now)
        undoing.callback(_unfile, mandate, actor=actor, now=now)
        with drawing.refusals(actor=actor, now=now):
            keep(actor=actor, target=mandate, sent=sent, now=now)
        undoing.pop_all()
    return mandate


def _unfile(mandate: Mandate, *, actor: Actor, now: datetime) -> None:
    """Nothing was filed after all. With any paper, wholly stored or not, it stays."""
    with transaction.atomic():
        found = Mandate.objects.unchecked().select_for_update().filter(pk=mandate.pk).first()
        if found is not None and not found.documents.exists():
            journal.record(EventKind.MANDATE_ENDED, actor=actor, now=now, facts=facts_of(found))
            found.delete()


def forget_unstored(*, now: datetime) -> int:
    """Remove what was interrupted an hour ago, with every byte of it. Returns how many documents.

    What the storage does not remove now is tried again the next time. A power of attorney whose
    paper never came goes, too.
    """
    longest = now - FORGOTTEN_AFTER
    rows = list(Document.objects.filter(stored_at=None, created_at__lt=longest))
    for row in rows:
        discard(row)
    paperless = Mandate.objects.unchecked().filter(kind=POWER, documents=None)
    for mandate in paperless.filter(created_at__lt=longest):
        _unfile(mandate, actor=WORKER, now=now)
    return len(rows)
