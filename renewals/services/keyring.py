"""The authority's keys, held in memory by the process that signs, and by no other.

What keeps them away is told once, and tried again every few seconds: until then nothing is
claimed, applications wait, none of them fails.
"""

import logging
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from pki.authority import IssuerFacts
from pki.errors import (
    KeyMismatchError,
    KeyMissingError,
    KeyRightsError,
    PassphraseError,
    PKIError,
)
from pki.hardware_errors import KeyModuleError, TokenAbsentError, TokenPinError
from pki.issuer.keys import KeyBackend, KeyHolder
from renewals.services import troubles
from renewals.services.authority.key_places import HARDWARE, authority_place

logger = logging.getLogger(__name__)

# Nothing can be signed at all.
MODULE_AWAY = (TokenAbsentError, TokenPinError, KeyModuleError)
# Nothing can be signed by one key.
KEYS_AWAY = (
    *(KeyMissingError, KeyRightsError, KeyMismatchError, PassphraseError),
    *MODULE_AWAY,
)
RETRY_SECONDS = 5.0
SUBJECT = "keys"


class HeldKeys:
    """Signs, and pauses all signing of this process when that fails for want of the module."""

    def __init__(self, keys: KeyHolder) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return f"HeldKeys({self._keys!r})"

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """As `KeyBackend` says."""
        _ring.require_no_pause()
        try:
            made = self._keys.sign(issuer, data)
        except KEYS_AWAY as error:
            if isinstance(error, MODULE_AWAY):
                _ring.pause(error)
            _begin(_subject(error, issuer.key_name), error)
            raise
        _end(f"{SUBJECT}:{issuer.key_name}")
        return made

    def require_match(self, issuer: IssuerFacts) -> None:
        """As `KeyHolder` says."""
        _ring.require_no_pause()
        self._keys.require_match(issuer)


class _Ring:
    """What this process holds, and why it holds nothing."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held: HeldKeys | None = None
        self._opened_by: object = None
        self._error: PKIError | None = None
        self._retry_at = 0.0

    def find(self) -> HeldKeys | None:
        """Open them, if they are not open or other settings hold by now."""
        with self._lock:
            if (given := _given()) != self._opened_by:
                self._held, self._error, self._opened_by = None, None, given
            if self._error is not None and time.monotonic() < self._retry_at:
                return None
            if self._held is None or self._error is not None:
                self._open()
            return self._held

    def _open(self) -> None:
        try:
            self._held = HeldKeys(authority_place().holder())
        except PKIError as error:
            self.pause(error)
            self._held = None
            _begin(SUBJECT, error)
        else:
            self._error = None
            _end(SUBJECT)

    def pause(self, error: PKIError) -> None:
        """Nothing is tried for a while."""
        with self._lock:
            self._error, self._retry_at = error, time.monotonic() + RETRY_SECONDS

    def require_no_pause(self) -> None:
        """Raises what has begun the pause."""
        if self._error is not None:
            raise type(self._error)(**self._error.facts)

    def failure(self) -> str:
        """Its code, or ''."""
        return self._error.code if self._error else ""

    def forget(self) -> None:
        """Open them again when they are asked for."""
        with self._lock:
            self._held, self._error, self._opened_by = None, None, None


_ring = _Ring()
_told: set[str] = set()


def held() -> KeyBackend | None:
    """The keys, or None where this process must not sign or cannot.

    Without keys nothing is claimed: applications wait, none of them fails.
    """
    return _ring.find() if authority_place().is_open else None


def holder() -> HeldKeys | None:
    """The same, for those who look whether everything is there."""
    return _ring.find() if authority_place().is_open else None


def failure() -> str:
    """The code of what keeps the keys away just now, or ''."""
    return _ring.failure()


def forget() -> None:
    """After keys were made or moved: what is held is opened again."""
    _ring.forget()
    _told.clear()


def _given() -> object:
    """What keys are opened by; another value means that they are opened again."""
    if settings.CA_KEYS != HARDWARE:
        return (settings.CA_KEY_DIRECTORY, hash(settings.CA_PASSPHRASE))
    try:
        changed_at = Path(settings.CA_PIN_FILE).stat().st_mtime_ns if settings.CA_PIN_FILE else 0
    except OSError:
        changed_at = 0
    token = (settings.CA_PKCS11_MODULE, settings.CA_PKCS11_TOKEN)
    return (*token, settings.CA_PIN_FILE, changed_at, hash(settings.CA_PIN))


def _subject(error: PKIError, key_name: str) -> str:
    return SUBJECT if isinstance(error, MODULE_AWAY) else f"{SUBJECT}:{key_name}"


def _begin(subject: str, error: PKIError) -> None:
    """Told once until it works again, in the log and to the operators."""
    if subject in _told:
        return
    _told.add(subject)
    logger.critical("issuing is paused: %s %s", error.code, error.facts)
    try:
        # By the clock: what a process can open has no other time.
        troubles.begin(subject, error.code, error.facts, timezone.now())
    except DatabaseError:
        logger.exception("a trouble with keys could not be written down")


def _end(subject: str) -> None:
    if subject not in _told:
        return
    _told.discard(subject)
    logger.warning("keys work again: %s", subject)
    try:
        troubles.end(subject, timezone.now())
    except DatabaseError:
        logger.exception("the end of a trouble with keys could not be written down")
