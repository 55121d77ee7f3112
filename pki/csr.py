"""PKCS#10 requests (RFC 2986): proof that somebody holds a key, and nothing else from them.

What is not one request is refused by what it is; a key store or private key is not kept.
"""

import base64
import binascii
import hashlib
import re
import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.ber import ber_to_der
from pki.certificate import CURVES, UNREADABLE, load_public_key
from pki.chain import SIGNATURES, WEAK_SIGNATURES
from pki.errors import (
    CMSMalformedError,
    KeyStoreSentError,
    KeyTypeError,
    PrivateKeySentError,
    RequestMalformedError,
    RequestSignatureError,
    RequestTooLargeError,
    RequestWeakHashError,
)
from pki.policy import DEFAULT_KEYS, KeyPolicy
from pki.weak_keys import require_sound_key

MAX_BYTES = 16 * 1024
PEM = re.compile(
    rb"\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)"
    rb"-----END (NEW )?CERTIFICATE REQUEST-----\s*\Z"
)
INTEGER, SEQUENCE, OCTETS, OID = 0x02, 0x30, 0x04, 0x06


@dataclass(frozen=True)
class RequestFacts:
    """The key of a request. `der` is the request, kept as evidence."""

    der: bytes
    spki_der: bytes
    spki_sha256: str
    key_kind: str


def parse_request(data: bytes, *, policy: KeyPolicy = DEFAULT_KEYS) -> RequestFacts:
    """One request in DER or PEM, at most 16 kB, signed by a key that we would certify.

    Raises the `request.*` and `key.*` errors.
    """
    if b"PRIVATE KEY-----" in data:
        raise PrivateKeySentError
    if len(data) > MAX_BYTES:
        _require_no_key(data)
        raise RequestTooLargeError
    der = _from_pem(data) if data.lstrip().startswith(b"-----BEGIN") else data
    request = _load(der)
    _require_hash(request)
    key = _load_key(request)
    spki_der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    require_sound_key(key, spki_der, policy)
    if not _is_signed_by_its_key(request):
        raise RequestSignatureError
    return RequestFacts(
        der=der,
        spki_der=spki_der,
        spki_sha256=hashlib.sha256(spki_der).hexdigest(),
        key_kind=_kind(key),
    )


def _from_pem(data: bytes) -> bytes:
    match = PEM.match(data)
    if match is None:
        raise RequestMalformedError
    try:
        return base64.b64decode(b"".join(match[2].split()), validate=True)
    except binascii.Error as error:
        raise RequestMalformedError from error


def _load(der: bytes) -> x509.CertificateSigningRequest:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            request = x509.load_der_x509_csr(der)
            # Extensions are never copied; one that cannot be read is no request of ours.
            list(request.extensions)
            list(request.attributes)
    except UNREADABLE as error:
        _require_no_key(der)
        raise RequestMalformedError from error
    return request


def _require_hash(request: x509.CertificateSigningRequest) -> None:
    oid = request.signature_algorithm_oid.dotted_string
    if oid in WEAK_SIGNATURES:
        raise RequestWeakHashError
    if oid not in SIGNATURES:
        raise KeyTypeError


def _load_key(
    request: x509.CertificateSigningRequest,
) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    try:
        # The library's stubs leave out the attribute that says which kind it is.
        key = load_public_key(request)  # type: ignore[arg-type]
    except UnsupportedAlgorithm as error:
        raise KeyTypeError from error
    except ValueError as error:
        raise RequestMalformedError from error
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise KeyTypeError
    return key


def _is_signed_by_its_key(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _kind(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    return CURVES[key.curve.name]


def _require_no_key(data: bytes) -> None:
    """Recognise by shape what must not have been sent, without opening it."""
    try:
        der = ber_to_der(data)
    except CMSMalformedError:
        der = data
    body = _skip_header(der, SEQUENCE)
    version = _element(body, INTEGER)
    if version is None:
        if body[:1] == bytes((SEQUENCE,)) and _looks_encrypted(body):
            raise PrivateKeySentError
        return
    rest = body[2 + len(version) :]
    # PFX: INTEGER 3, then a ContentInfo that begins with an OID (RFC 7292, 4).
    if version == b"\x03" and rest[:1] == bytes((SEQUENCE,)):
        raise KeyStoreSentError
    # PKCS#8 (RFC 5958): version, algorithm, octets. PKCS#1: version and eight integers.
    # SEC 1: INTEGER 1, octets.
    if version in {b"\x00", b"\x01"} and _is_private(rest):
        raise PrivateKeySentError


def _is_private(rest: bytes) -> bool:
    if rest[:1] in {bytes((INTEGER,)), bytes((OCTETS,))}:
        return True
    return _skip_header(rest, SEQUENCE)[:1] == bytes((OID,))


def _looks_encrypted(body: bytes) -> bool:
    """EncryptedPrivateKeyInfo: an algorithm of PKCS#5 or PKCS#12, then octets (RFC 5958, 3)."""
    inner = _skip_header(body, SEQUENCE)
    oid = _element(inner, OID)
    return oid is not None and oid.startswith(
        (bytes.fromhex("2a864886f70d0105"), bytes.fromhex("2a864886f70d010c"))
    )


def _element(data: bytes, tag: int) -> bytes | None:
    """The content of a short element with this tag at the beginning, or None."""
    if len(data) < 2 or data[0] != tag or data[1] >= 0x80:
        return None
    return data[2 : 2 + data[1]]


def _skip_header(data: bytes, tag: int) -> bytes:
    """What comes behind tag and length; nothing where another tag stands."""
    if len(data) < 2 or data[0] != tag:
        return b""
    return data[2:] if data[1] < 0x80 else data[2 + (data[1] & 0x7F) :]
