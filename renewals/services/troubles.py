"""What is not as it must be with the authority's own services: told once, and when it is over."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from renewals.actor import WORKER
from renewals.events import EventKind
from renewals.models import Trouble
from renewals.services import journal


def begin(subject: str, code: str, facts: Mapping[str, object], now: datetime) -> bool:
    """Write a trouble down, unless one of this subject is open. Returns whether it is new.

    `subject` says with what ("keys", "list:ca:full", at most 100 characters), `code` is that of
    an error, `facts` are JSON without keys, PINs or personal data. An open trouble is left as it
    began, so that operators are told once. Joins the transaction that is open, if any.
    """
    if Trouble.objects.filter(subject=subject, ended_at=None).exists():
        return False
    try:
        with transaction.atomic():
            Trouble.objects.create(subject=subject, code=code, facts=dict(facts), began_at=now)
            journal.record(
                EventKind.TROUBLE_BEGAN,
                actor=WORKER,
                now=now,
                facts={"subject": subject, "code": code, **facts},
            )
    except IntegrityError:  # another worker was first
        return False
    return True


def end(subject: str, now: datetime) -> bool:
    """It is over. Returns whether there was one; the same again does nothing."""
    # Asked without a lock first: this is called all the time, and nearly always in vain.
    if not Trouble.objects.filter(subject=subject, ended_at=None).exists():
        return False
    with transaction.atomic():
        open_ones = Trouble.objects.filter(subject=subject, ended_at=None)
        row = open_ones.select_for_update().first()
        if row is None:
            return False
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        journal.record(
            EventKind.TROUBLE_ENDED,
            actor=WORKER,
            now=now,
            facts={"subject": subject, "code": row.code},
        )
    return True
