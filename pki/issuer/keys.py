"""The authority's keys: encrypted files, opened at start, held in memory by the process that signs.

Nothing here decides what is signed. A hardware token comes behind the same protocol.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pki.authority import IssuerFacts
from pki.errors import KeyMismatchError, KeyMissingError, KeyRightsError, PassphraseError
from pki.issuer.sealing import seal

AuthorityKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
AuthorityPublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

SUFFIX = ".key"
ROOT_SUFFIX = ".root"
PASSPHRASE_LENGTH = 12

CURVES = {ec.SECP256R1.name: "P-256", ec.SECP384R1.name: "P-384"}
NEW_KEYS: dict[str, Callable[[], AuthorityKey]] = {
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "RSA-4096": lambda: rsa.generate_private_key(65537, 4096),
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


class KeyBackend(Protocol):
    """Whoever holds keys of authorities. The keys themselves never come out."""

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """A signature over `data`, as `signature_hash` says. Raises `issuer.*` errors."""


def key_kind(key: object) -> str:
    """`RSA-2048`, `P-256`, ... or the name of a kind that we never certify."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return CURVES.get(key.curve.name, key.curve.name)
    return type(key).__name__


def signature_hash(key: AuthorityKey | AuthorityPublicKey) -> hashes.SHA256 | hashes.SHA384:
    """SHA-384 with P-384, SHA-256 with everything else: as strong as the key, no stronger."""
    is_384 = isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and (
        key.curve.name == ec.SECP384R1.name
    )
    return hashes.SHA384() if is_384 else hashes.SHA256()


def sign_with(key: AuthorityKey, data: bytes) -> bytes:
    """PKCS#1 v1.5 for RSA, a DER pair for ECDSA: what X.509 carries (RFC 4055, RFC 5758)."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), signature_hash(key))
    return key.sign(data, ec.ECDSA(signature_hash(key)))


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
        _require_private(directory, 0o700)
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
        key = self._keys.get(issuer.key_name) or self._open(issuer.key_name)
        if issuer not in self._matched:
            _require_match(key, issuer)
            self._matched.add(issuer)
        return sign_with(key, data)

    def _open(self, name: str) -> AuthorityKey:
        self._keys[name] = read_key(self._directory, name, self._passphrase)
        return self._keys[name]


def read_key(directory: Path, name: str, passphrase: str) -> AuthorityKey:
    """Open one key file. Raises `issuer.key_missing`, `issuer.key_rights`, `issuer.passphrase`."""
    path = directory / f"{name}{SUFFIX}"
    if not name or path.name != f"{name}{SUFFIX}":
        raise KeyMissingError(path=name)
    _require_private(directory, 0o700)
    _require_private(path, 0o600)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (ValueError, TypeError) as error:
        # A file that is not encrypted, or damaged, is no better than a wrong passphrase.
        raise PassphraseError(path=str(path)) from error
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
    _require_private(directory, 0o700)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(directory / f"{name}{SUFFIX}", flags, 0o600), "wb") as file:
        file.write(seal(key, passphrase))
        file.flush()
        os.fsync(file.fileno())


def _require_private(path: Path, rights: int) -> None:
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
