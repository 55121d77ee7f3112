"""Keys in encrypted files, opened at start, held in memory by the process that signs."""

import os
import stat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.authority import IssuerFacts
from pki.errors import KeyMismatchError, KeyMissingError, KeyRightsError, PassphraseError
from pki.issuer.keys import NEW_KEYS, ROOT_SUFFIX, AuthorityKey, AuthorityPublicKey, sign_with
from pki.issuer.sealing import seal

SUFFIX = ".key"
PASSPHRASE_LENGTH = 12


class FileKeys:
    """Keys from `NAME.key` files in one directory.

    The directory must be 0700, the files 0600, both owned by the running user. Keys that issue
    are opened at once, so that a wrong passphrase is known at start; a root's key, whose name
    ends in `.root`, only when it is asked for.

    Raises `issuer.key_missing`, `issuer.key_rights`, `issuer.passphrase`.
    """

    def __init__(self, directory: Path, passphrase: str) -> None:
        self._directory = directory
        self._passphrase = passphrase
        self._keys: dict[str, AuthorityKey] = {}
        self._matched: set[IssuerFacts] = set()
        require_private(directory, 0o700)
        names = sorted(path.name.removesuffix(SUFFIX) for path in directory.glob(f"*{SUFFIX}"))
        if not names:
            raise KeyMissingError(path=str(directory))
        for name in names:
            if not name.endswith(ROOT_SUFFIX):
                self._open(name)

    def __repr__(self) -> str:
        return f"FileKeys({str(self._directory)!r}, {sorted(self._keys)})"

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """A signature by the issuer's key. Raises also `issuer.key_mismatch`."""
        return sign_with(self._matching(issuer), data)

    def require_match(self, issuer: IssuerFacts) -> None:
        """Raises what `sign` would."""
        self._matching(issuer)

    def _matching(self, issuer: IssuerFacts) -> AuthorityKey:
        key = self._keys.get(issuer.key_name) or self._open(issuer.key_name)
        if issuer not in self._matched:
            _require_match(key, issuer)
            self._matched.add(issuer)
        return key

    def _open(self, name: str) -> AuthorityKey:
        self._keys[name] = read_key(self._directory, name, self._passphrase)
        return self._keys[name]


class FileMaker:
    """Makes key files in one directory, which need not be there yet."""

    def __init__(self, directory: Path, passphrase: str) -> None:
        self._directory = directory
        self._passphrase = passphrase

    def __repr__(self) -> str:
        return f"FileMaker({str(self._directory)!r})"

    def public_key(self, name: str) -> AuthorityPublicKey:
        """Of the file of that name. Raises what `read_key` raises."""
        return read_key(self._directory, name, self._passphrase).public_key()

    def make(self, name: str, kind: str) -> AuthorityPublicKey:
        """Raises what `write_key` raises."""
        key = NEW_KEYS[kind]()
        write_key(self._directory, name, key, self._passphrase)
        return key.public_key()


def read_key(directory: Path, name: str, passphrase: str) -> AuthorityKey:
    """Open one key file. Raises `issuer.key_missing`, `issuer.key_rights`, `issuer.passphrase`."""
    path = directory / f"{name}{SUFFIX}"
    if not name or path.name != f"{name}{SUFFIX}":
        raise KeyMissingError(path=name)
    require_private(directory, 0o700)
    require_private(path, 0o600)
    return open_key(path.read_bytes(), name, passphrase)


def open_key(pem: bytes, name: str, passphrase: str) -> AuthorityKey:
    """What such a file holds. Raises `issuer.passphrase`, `issuer.key_mismatch`."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode())
    except (ValueError, TypeError) as error:
        # A file that is not encrypted, or damaged, is no better than a wrong passphrase.
        raise PassphraseError(path=name) from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyMismatchError(name=name)
    return key


def write_key(directory: Path, name: str, key: AuthorityKey, passphrase: str) -> None:
    """Write a new key file; never over another one.

    Raises `FileExistsError`, and `issuer.passphrase` for one that is easy to guess.
    """
    if len(passphrase) < PASSPHRASE_LENGTH:
        raise PassphraseError(path=str(directory))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_private(directory, 0o700)
    write_private(directory / f"{name}{SUFFIX}", seal(key, passphrase))


def write_private(path: Path, data: bytes) -> None:
    """A new file for the owner alone, on disk for good. Raises `FileExistsError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def require_private(path: Path, rights: int) -> None:
    """No link, owned by whoever runs, and readable by nobody else."""
    try:
        found = path.lstat()
    except FileNotFoundError as error:
        raise KeyMissingError(path=str(path)) from error
    except PermissionError as error:
        raise KeyRightsError(path=str(path), wanted=f"{rights:04o}") from error
    is_kind = stat.S_ISDIR(found.st_mode) if rights == 0o700 else stat.S_ISREG(found.st_mode)
    if not is_kind or found.st_uid != os.geteuid() or found.st_mode & 0o777 & ~rights:
        raise KeyRightsError(path=str(path), wanted=f"{rights:04o}")


def _require_match(key: AuthorityKey, issuer: IssuerFacts) -> None:
    """The key belongs to the authority's certificate, or nothing is signed with it."""
    certified = x509.load_der_x509_certificate(issuer.certificate_der).public_key()
    if key.public_key() != certified:
        raise KeyMismatchError(name=issuer.name)
