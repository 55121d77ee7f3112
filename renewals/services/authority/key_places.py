"""Where keys are, by settings: the authority's in files or in a hardware module, and the others."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from pki.errors import KeyMismatchError, KeyMissingError
from pki.issuer.file_keys import FileKeys, FileMaker
from pki.issuer.hardware_keys import HardwareKeys
from pki.issuer.keys import AuthorityPublicKey, KeyHolder, KeyMaker, key_kind
from pki.profiles import STATUS_SERVICES, ServiceKind

HARDWARE = "pkcs11"


@dataclass(frozen=True)
class FilePlace:
    """A directory of key files, and what opens them."""

    directory: Path
    passphrase: str
    opened_by = "CA_PASSPHRASE"

    def __str__(self) -> str:
        return f"keys in {self.directory}"

    def __repr__(self) -> str:
        return f"FilePlace({str(self.directory)!r})"

    @property
    def is_open(self) -> bool:
        """Whether this process may make and use keys there."""
        return bool(self.passphrase)

    def maker(self) -> KeyMaker:
        """Who makes keys there."""
        return FileMaker(self.directory, self.passphrase)

    def holder(self) -> KeyHolder:
        """Who signs with them. Raises what `FileKeys` raises."""
        return FileKeys(self.directory, self.passphrase)


@dataclass(frozen=True)
class TokenPlace:
    """A token of a hardware module. Its PIN stands in the environment, or in a file."""

    module: str
    token: str
    opened_by = "CA_PIN or CA_PIN_FILE"

    def __str__(self) -> str:
        return f"keys in the token {self.token}"

    @property
    def is_open(self) -> bool:
        """Whether this process was given a PIN."""
        return bool(settings.CA_PIN or settings.CA_PIN_FILE)

    def maker(self) -> KeyMaker:
        """Who makes keys there."""
        return _hardware(self.module, self.token)

    def holder(self) -> KeyHolder:
        """Who signs with them, logged in. Raises what `HardwareKeys` raises."""
        keys = _hardware(self.module, self.token)
        keys.open()
        return keys


KeyPlace = FilePlace | TokenPlace


def authority_place() -> KeyPlace:
    """Where the authority's own keys are: for the process that issues."""
    if settings.CA_KEYS == HARDWARE:
        return TokenPlace(settings.CA_PKCS11_MODULE, settings.CA_PKCS11_TOKEN)
    return FilePlace(settings.CA_KEY_DIRECTORY, settings.CA_PASSPHRASE)


def place_of(kind: ServiceKind) -> KeyPlace:
    """Where the key of a service is: apart, if another process signs with it."""
    if kind in STATUS_SERVICES:
        return FilePlace(settings.STATUS_KEY_DIRECTORY, settings.STATUS_PASSPHRASE)
    return authority_place()


def find_key(name: str, kind: str, place: KeyPlace) -> AuthorityPublicKey:
    """A new key, already kept; or the one that an interrupted run has left there.

    No key is ever written over: it may be the only copy of one in use. Raises
    `KeyMismatchError` for one of another kind, and what the place raises.
    """
    maker = place.maker()
    try:
        key = maker.public_key(name)
    except KeyMissingError:
        key = maker.make(name, kind)
    if key_kind(key) != kind:
        raise KeyMismatchError(name=name)
    return key


@lru_cache(maxsize=4)
def _hardware(module: str, token: str) -> HardwareKeys:
    """One for the whole process: logging in twice is refused."""
    return HardwareKeys(module, token, _read_pin)


def _read_pin() -> str:
    """Read again each time, so that a new PIN is taken up without a restart; '' for none."""
    if not settings.CA_PIN_FILE:
        return str(settings.CA_PIN)
    try:
        return Path(settings.CA_PIN_FILE).read_text().strip()
    except OSError:
        return ""
