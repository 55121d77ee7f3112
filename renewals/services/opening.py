"""An application begins: for one certificate or for a pair. Asking twice opens one."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from pki.certificate import Purpose, Role
from pki.chain import Usage
from pki.models import Certificate
from renewals.actor import Actor
from renewals.errors import FormerHeadError, NotRenewableError
from renewals.events import EventKind
from renewals.models import Renewal, Request
from renewals.organisation import head_of
from renewals.services import journal
from renewals.services.verification import judge

RENEWABLE = (Purpose.AUTH, Purpose.SIGN, Purpose.COMBINED)
# The two of a pair are made in one go; a half that was revoked must not be matched with the
# half of the next pair.
PAIRED_WITHIN = timedelta(days=1)


def open_renewal(*, actor: Actor, certificate: Certificate, now: datetime) -> Renewal:
    """The open application for this certificate, made if there is none.

    Raises `NotRenewableError`, `FormerHeadError`, and `PKIError` for a certificate that is
    not trusted now.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now):
        certificates = partners_of(certificate, now=now)
        _require_renewable(certificates, actor=actor, now=now)
    try:
        with transaction.atomic():
            return _existing(certificates) or _create(certificates, actor=actor, now=now)
    except IntegrityError:
        # Another request of the same person was faster: the database lets only one open.
        existing = _existing(certificates)
        if existing is None:
            raise
        return existing


def partners_of(certificate: Certificate, *, now: datetime) -> list[Certificate]:
    """The certificate with its other half, the one for signing first.

    A pair is the nearest in time of the same holder, issuer and storage. A certificate that
    serves both purposes stands alone.
    """
    other = {Purpose.AUTH: Purpose.SIGN, Purpose.SIGN: Purpose.AUTH}.get(
        Purpose(certificate.purpose)
    )
    if other is None:
        return [certificate]
    candidates = Certificate.objects.filter(
        authority=certificate.authority_id,
        iin=certificate.iin,
        bin=certificate.bin,
        storage=certificate.storage,
        purpose=other.value,
        not_before__lte=now,
        not_after__gte=now,
        not_before__range=(
            certificate.not_before - PAIRED_WITHIN,
            certificate.not_before + PAIRED_WITHIN,
        ),
    ).unrevoked()
    found = min(
        candidates, key=lambda row: abs(row.not_before - certificate.not_before), default=None
    )
    pair = [certificate, found] if found else [certificate]
    return sorted(pair, key=lambda row: row.purpose != Purpose.SIGN.value)


def _require_renewable(certificates: Sequence[Certificate], *, actor: Actor, now: datetime) -> None:
    for certificate in certificates:
        if not actor.iin or certificate.iin != actor.iin:
            raise NotRenewableError
        if Purpose(certificate.purpose) not in RENEWABLE:
            raise NotRenewableError
        require_role(certificate)
        judge(certificate.facts, usage=Usage.ANY, now=now)


def require_role(certificate: Certificate) -> None:
    """The role goes into the new certificate, so it must still be true.

    Raises `NotRenewableError` for one that names no role, `FormerHeadError`.
    """
    if not certificate.bin:
        return
    if not certificate.company_role:
        raise NotRenewableError
    if certificate.company_role == Role.HEAD.value:
        head = head_of(certificate.bin)
        if head is None or head.iin != certificate.iin:
            raise FormerHeadError(name=head.common_name if head else "")


def _existing(certificates: Sequence[Certificate]) -> Renewal | None:
    return (
        Renewal.objects.open()
        .filter(requests__old_certificate__in=certificates, requests__is_open=True)
        .first()
    )


def _create(certificates: Sequence[Certificate], *, actor: Actor, now: datetime) -> Renewal:
    renewal = Renewal.objects.create(
        number=_free_number(now),
        state_since=now,
        opened_at=now,
        holder_iin=actor.iin,
        holder_name=certificates[0].facts.subject.full_name,
        bin=certificates[0].bin,
        organisation=certificates[0].organisation,
        certificate=certificates[0],
    )
    Request.objects.bulk_create(
        Request(renewal=renewal, purpose=row.purpose, old_certificate=row) for row in certificates
    )
    journal.record(EventKind.RENEWAL_OPENED, actor=actor, now=now, renewal=renewal)
    return renewal


def _free_number(now: datetime) -> str:
    """`2026-48170233`: the year and eight random digits, so that it tells nothing of others."""
    while True:
        number = f"{now.year}-{secrets.randbelow(10**8):08d}"
        if not Renewal.objects.filter(number=number).exists():
            return number
