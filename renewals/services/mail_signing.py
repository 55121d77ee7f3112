"""Signs the portal's letters, where this process holds the authority's keys. Writes no row."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings

from pki.authority import IssuerFacts
from pki.errors import PKIError
from pki.issuer.cms_writer import letter_address, sign_letter
from pki.issuer.keys import KeyBackend
from pki.models import ServiceCertificate
from pki.profiles import ServiceKind
from renewals.services import keyring

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Signer:
    """What signs."""

    facts: IssuerFacts
    authority_der: bytes
    keys: KeyBackend


def sign_mail(content: bytes, *, now: datetime) -> bytes | None:
    """A detached CMS (DER) over a MIME entity with CRLF; None where nothing can sign it.

    Then letters go out unsigned: a notice that comes late is worse than one without a signature.
    """
    signer = find_signer(int(now.timestamp()) // 60, settings.MAIL_FROM)
    if signer is None:
        return None
    try:
        return sign_letter(
            content,
            signer=signer.facts,
            authority_der=signer.authority_der,
            keys=signer.keys,
            now=now,
        )
    except PKIError as error:
        say_once(error.code)
        return None


@lru_cache(maxsize=1)
def find_signer(minute: int, mail_from: str) -> _Signer | None:
    """In force in that minute (since 1970): looked up once, not for each of 300 letters a second.

    Only one that names the sender: readers are warned of any other (RFC 8550, 3).
    """
    keys = keyring.held()
    if keys is None:
        say_once("no keys")
        return None
    sender = parseaddr(mail_from)[1]
    # Its end: one that was made just now is used at once.
    moment = datetime.fromtimestamp((minute + 1) * 60, UTC)
    rows = ServiceCertificate.objects.of_kind(ServiceKind.MAIL).current(moment).unrevoked()
    for row in rows.select_related("authority"):
        if letter_address(bytes(row.certificate_der)) == sender:
            authority_der = bytes(row.authority.certificate_der)
            return _Signer(row.signer_facts, authority_der, keys)
    say_once("no certificate for the sender: manage.py authority services makes one")
    return None


@lru_cache(maxsize=16)
def say_once(why: str) -> None:
    """Once in the life of a process: it is the same with every letter."""
    logger.warning("letters are not signed: %s", why)
