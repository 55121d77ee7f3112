"""Who signs in the name of an authority: found by itself, and again when a new one is there."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from pki.authority import IssuerFacts
from pki.errors import KeyMissingError, PKIError
from pki.issuer.file_keys import FileKeys
from pki.issuer.ocsp_writer import OCSPWriter
from pki.profiles import STATUS_SERVICES, ServiceKind
from pki.status.directory import ServedAuthority, candidates

logger = logging.getLogger(__name__)


class Signers:
    """The newest certificate of each service whose key opens. For one thread.

    An authority that has none is told to the log once, not each time that it is looked for.
    """

    def __init__(self) -> None:
        self._keys: FileKeys | None = None
        self._found: dict[tuple[int, ServiceKind], IssuerFacts] = {}
        self._writers: dict[int, OCSPWriter] = {}
        self._lacking: set[tuple[int, ServiceKind]] = set()

    @property
    def keys(self) -> FileKeys:
        """Whoever holds the keys. Raises `issuer.key_missing` before any was found."""
        if self._keys is None:
            raise KeyMissingError(path=str(settings.STATUS_KEY_DIRECTORY))
        return self._keys

    def signer(self, authority_id: int, kind: ServiceKind) -> IssuerFacts | None:
        """Who signs for that service now."""
        return self._found.get((authority_id, kind))

    def writer(self, authority_id: int) -> OCSPWriter | None:
        """Who writes answers about certificates of that authority now."""
        return self._writers.get(authority_id)

    def renew(self, authorities: Iterable[ServedAuthority], *, now: datetime) -> None:
        """Look for all of them again, with one question each."""
        found: dict[tuple[int, ServiceKind], IssuerFacts] = {}
        for authority in authorities:
            if not authority.answers:
                continue
            for kind in sorted(STATUS_SERVICES):
                facts = self._first_that_opens(authority, kind, now)
                if facts is not None:
                    found[authority.id, kind] = facts
        self._found = found
        self._writers = {
            authority_id: self._writer(authority_id, facts)
            for (authority_id, kind), facts in found.items()
            if kind is ServiceKind.OCSP
        }

    def _writer(self, authority_id: int, facts: IssuerFacts) -> OCSPWriter:
        present = self._writers.get(authority_id)
        if present is not None and present.signer == facts:
            return present
        return OCSPWriter(facts, self.keys, is_delegated=True)

    def _first_that_opens(
        self, authority: ServedAuthority, kind: ServiceKind, now: datetime
    ) -> IssuerFacts | None:
        key = (authority.id, kind)
        reason = "no certificate"
        for facts in candidates(authority.id, kind, now=now):
            try:
                self._opened().require_match(facts)
            except PKIError as error:
                reason = f"{error.code} {error.facts}"
                continue
            self._lacking.discard(key)
            return facts
        if key not in self._lacking:
            self._lacking.add(key)
            # Not every authority stamps the time.
            level = logging.CRITICAL if kind is ServiceKind.OCSP else logging.WARNING
            logger.log(level, "%s: nobody signs for %s: %s", authority.name, kind.value, reason)
        return None

    def _opened(self) -> FileKeys:
        if self._keys is None:
            self._keys = FileKeys(settings.STATUS_KEY_DIRECTORY, settings.STATUS_PASSPHRASE)
        return self._keys
