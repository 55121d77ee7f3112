"""A certificate on hold is released: it is good again. Nothing else is ever un-revoked."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from pki.models import Certificate, HoldRelease, Revocation
from pki.revocation import Reason
from renewals import doorbell
from renewals.actor import Actor
from renewals.errors import NotHeldError
from renewals.events import EventKind
from renewals.services import journal


def is_held(certificate: Certificate) -> bool:
    """Whether it is revoked by a hold, and by nothing else."""
    return _holds(certificate).exists()


def release(
    certificate: Certificate, *, actor: Actor, now: datetime, facts: dict[str, object]
) -> None:
    """Take the hold away, write down that there was one, and tell the lists. Raises `NotHeldError`.

    For whoever has made sure that two operators want it: see `proposals.release`.
    """
    with transaction.atomic():
        held = _holds(certificate).select_for_update().first()
        if held is None:
            raise NotHeldError
        HoldRelease.objects.create(
            authority_id=held.authority_id,
            serial_hex=held.serial_hex,
            held_at=held.revoked_at,
            released_at=now,
        )
        held.delete()
        journal.record(
            EventKind.CERTIFICATE_RELEASED,
            actor=actor,
            now=now,
            facts={
                "certificate": certificate.pk,
                "serial": certificate.serial_hex,
                "held_at": held.revoked_at.isoformat(),
                **facts,
            },
        )
        transaction.on_commit(lambda: doorbell.ring("renewals.publish"))


def _holds(certificate: Certificate) -> QuerySet[Revocation]:
    return Revocation.objects.filter(
        authority_id=certificate.authority_id,
        serial_hex=certificate.serial_hex,
        reason=Reason.CERTIFICATE_HOLD.value,
    )
