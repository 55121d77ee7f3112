"""Certificates of services made where they lack, and followed by others before they end."""

import logging
from collections.abc import Iterator
from datetime import datetime

from pki.errors import PKIError
from pki.issuer.keys import KeyBackend
from pki.models import Authority, ServiceCertificate
from pki.profiles import STATUS_SERVICES, ServiceKind
from renewals.actor import WORKER, Actor
from renewals.services import keyring, troubles
from renewals.services.authority.key_places import place_of
from renewals.services.authority.service_certificates import lacks_service, make_service

logger = logging.getLogger(__name__)


def certify_services(*, now: datetime) -> int:
    """Make what is due, in the worker. Returns how many were made; what fails is told once."""
    due = list(lacking(now=now))
    keys = keyring.held() if due else None
    if keys is None:
        return 0
    made = 0
    for authority, kind in due:
        subject = f"service:{authority.name}:{kind.value}"
        try:
            make_service(authority, kind, keys=keys, actor=WORKER, now=now)
        except PKIError as error:
            logger.critical("%s of %s is not certified: %s", kind, authority, error.code)
            troubles.begin(subject, error.code, error.facts, now)
        else:
            made += 1
            troubles.end(subject, now)
    return made


def complete(
    authority: Authority, *, keys: KeyBackend, actor: Actor, now: datetime
) -> list[ServiceCertificate]:
    """What one authority lacks, by hand. Raises `PKIError`."""
    return [
        make_service(row, kind, keys=keys, actor=actor, now=now)
        for row, kind in lacking(now=now)
        if row == authority
    ]


def lacking(*, now: datetime) -> Iterator[tuple[Authority, ServiceKind]]:
    """Which services of which authority lack a certificate that this process could make.

    A retired authority seals no more, but goes on answering.
    """
    for authority in Authority.objects.issuing():
        for kind in ServiceKind:
            # Where the status process's keys are is another's business if this one cannot look.
            is_elsewhere = kind in STATUS_SERVICES and not place_of(kind).is_open
            if is_elsewhere or not needs(authority, kind, now):
                continue
            if lacks_service(authority, kind, now=now):
                yield authority, kind


def needs(authority: Authority, kind: ServiceKind, now: datetime) -> bool:
    """Whether an authority has to have a certificate of this kind at `now`."""
    is_retired = authority.retired_at is not None and authority.retired_at <= now
    return kind is ServiceKind.OCSP or not is_retired
