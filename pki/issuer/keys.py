"""The authority's keys: which kinds there are, how they sign, and who may hold them.

Nothing here decides what is signed. Keys are in files or in a hardware module.
"""

from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pki.authority import IssuerFacts

AuthorityKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
AuthorityPublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

# Ends the names of keys of roots: they are opened only when they are asked for.
ROOT_SUFFIX = ".root"

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


class KeyHolder(KeyBackend, Protocol):
    """A back end that can say beforehand whether it could sign."""

    def require_match(self, issuer: IssuerFacts) -> None:
        """The key is there and belongs to the issuer's certificate. Raises `issuer.*` errors."""


class KeyMaker(Protocol):
    """Where ceremonies find and make keys, each under a name. Of what comes out nothing signs."""

    def public_key(self, name: str) -> AuthorityPublicKey:
        """Raises `issuer.key_missing` where there is none, and other `issuer.*` errors."""

    def make(self, name: str, kind: str) -> AuthorityPublicKey:
        """A new key, never over another one. `kind` is one of `NEW_KEYS`."""


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
