"""A certificate of the authority's own is revoked: of a service, or of an issuing authority."""

from datetime import datetime

from django.db import transaction

from pki.certificate import parse_certificate
from pki.models import Authority, Revocation, ServiceCertificate
from pki.revocation import Reason
from renewals import doorbell
from renewals.actor import Actor
from renewals.errors import RevocationError
from renewals.services.authority.creating import record_change

# What an auditor expects to read of such a certificate (RFC 5280, 5.3.1); none can be taken back.
REASONS = (
    Reason.KEY_COMPROMISE,
    Reason.CA_COMPROMISE,
    Reason.SUPERSEDED,
    Reason.CESSATION_OF_OPERATION,
)


def revoke_own(serial_hex: str, *, reason: Reason, actor: Actor, now: datetime) -> Authority:
    """Revoke it for good. An authority that is revoked issues no more, and nothing under it counts.

    A service gets a new key and certificate with the next look; of an authority the root's list
    tells, which is made when the root's key is at hand. Returns its issuer. Raises
    `RevocationError` for a number that is none of ours, or is revoked already.
    """
    issuer, below = _find(serial_hex)
    with transaction.atomic():
        _row, is_new = Revocation.objects.get_or_create(
            authority=issuer,
            serial_hex=serial_hex,
            defaults={"revoked_at": now, "reason": reason.value},
        )
        if not is_new:
            raise RevocationError
        if below is not None and below.retired_at is None:
            below.retired_at = now
            below.save(update_fields=["retired_at"])
        record_change(
            "revoked",
            below or issuer,
            actor=actor,
            now=now,
            facts={"serial": serial_hex, "reason": reason.value},
        )
        transaction.on_commit(lambda: doorbell.ring("renewals.publish"))
    return issuer


def _find(serial_hex: str) -> tuple[Authority, Authority | None]:
    """Its issuer; and the authority, where it is one's own certificate."""
    service = ServiceCertificate.objects.filter(serial_hex=serial_hex).first()
    if service is not None:
        return service.authority, None
    for row in Authority.objects.ours().exclude(parent=None).select_related("parent"):
        facts = parse_certificate(bytes(row.certificate_der))
        if facts.serial_hex == serial_hex and row.parent is not None and row.parent.is_ours:
            return row.parent, row
    raise RevocationError
