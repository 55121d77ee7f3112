"""Where time stamps of seals come from: our own service's key, or an outside service by settings.

Writes no row but a trouble, and no transaction is open meanwhile.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.x509 import ObjectIdentifier
from django.conf import settings
from django.utils import timezone

from pki import policy
from pki.cms_structures import Algorithm
from pki.errors import KeyMissingError, PKIError
from pki.issuer.file_keys import FileKeys
from pki.issuer.timestamping import make_token
from pki.models import ServiceCertificate
from pki.profiles import ServiceKind
from pki.timestamp import Query
from pki.timestamp_errors import StampAwayError
from pki.timestamp_structures import MessageImprint
from renewals.evidence.pinned import Pinned
from renewals.services import troubles
from renewals.services.authority.key_places import FilePlace, place_of
from renewals.services.outside_stamps import OutsideStamper

SUBJECT = "stamp"


class Stamper(Protocol):
    """Whoever stamps. `chain` are the certificates above the one that signs, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """For those who check the stamp without us."""

    def stamp(self, signature: bytes) -> bytes:
        """A token over the value of a signature, DER. Raises `PKIError`."""


@dataclass(frozen=True)
class OwnStamper:
    """By a service certificate of ours, whose key is held here."""

    signer: ServiceCertificate
    keys: FileKeys
    chain: tuple[bytes, ...]

    def stamp(self, signature: bytes) -> bytes:
        """By the clock: a time stamp has no other time."""
        algorithm = Algorithm(oid=ObjectIdentifier(policy.SHA256_OID), parameters=None)
        digest = hashlib.sha256(signature).digest()
        query = Query(
            imprint=MessageImprint(algorithm=algorithm, digest=digest),
            policy="",
            nonce=None,
            wants_certificate=True,
        )
        return make_token(
            query,
            signer=self.signer.signer_facts,
            keys=self.keys,
            policy=settings.TSA_POLICY,
            now=timezone.now(),
        )


@dataclass(frozen=True)
class Watched:
    """A stamper whose failures are troubles, told once and ended when it works again."""

    stamper: Stamper

    @property
    def chain(self) -> tuple[bytes, ...]:
        """As the stamper's."""
        return self.stamper.chain

    def stamp(self, signature: bytes) -> bytes:
        """Raises `StampAwayError`, whatever it was: whoever waits for it tries again."""
        try:
            token = self.stamper.stamp(signature)
        except PKIError as error:
            troubles.begin(SUBJECT, error.code, error.facts, timezone.now())
            raise StampAwayError(what=error.code) from error
        troubles.end(SUBJECT, timezone.now())
        return token


def find_stamper(pinned: Pinned, *, now: datetime) -> Watched | None:
    """Whoever the settings name; None where this process has no key for it and nobody is named.

    Raises `StampAwayError` where there should be one, and is none.
    """
    if settings.TSA_URL:
        return Watched(OutsideStamper(settings.TSA_URL, pinned.stampers))
    place = place_of(ServiceKind.TIMESTAMP)
    if not isinstance(place, FilePlace) or not place.is_open:
        return None
    try:
        return Watched(_own(place, pinned, now))
    except PKIError as error:
        troubles.begin(SUBJECT, error.code, error.facts, now)
        raise StampAwayError(what=error.code) from error


def _own(place: FilePlace, pinned: Pinned, now: datetime) -> OwnStamper:
    rows = ServiceCertificate.objects.of_kind(ServiceKind.TIMESTAMP).current(now).unrevoked()
    signer = rows.first()
    if signer is None:
        raise KeyMissingError(path="a certificate for time stamps, by manage.py authority services")
    keys = _held(place.directory, place.passphrase)
    return OwnStamper(signer, keys, pinned.path_of(signer.authority_id))


@lru_cache(maxsize=4)
def _held(directory: Path, passphrase: str) -> FileKeys:
    """Opened once; a key that is made later is opened when it is asked for."""
    return FileKeys(directory, passphrase)
