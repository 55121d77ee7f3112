"""What somebody asks about certificates (RFC 6960, 4.1): read strictly, nothing is decided here.

`cryptography.hazmat.asn1` is declared unstable: its version is pinned.
"""

from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from pki import der
from pki.cms_structures import read_algorithm
from pki.errors import StatusRequestError

MAX_BYTES = 8 * 1024
MOST_CERTIFICATES = 20
# RFC 9654, 2.1: a nonce of other lengths MUST be refused.
MOST_NONCE_OCTETS = 128
# As our records hold it.
MOST_SERIAL_BITS = 160
NONCE = "1.3.6.1.5.5.7.48.1.2"
# Understood in that nothing follows from them: we write basic responses, sign in one way, and
# ask no other responder (RFC 6960, 4.4.3, 4.4.6, 4.4.7).
WITHOUT_EFFECT = frozenset({"1.3.6.1.5.5.7.48.1.4", "1.3.6.1.5.5.7.48.1.7", "1.3.6.1.5.5.7.48.1.8"})


@asn1.sequence
class _Extension:
    """RFC 5280, 4.1."""

    oid: ObjectIdentifier
    is_critical: bool | None
    value: bytes


@asn1.sequence
class _CertificateId:
    """CertID of RFC 6960, 4.1.1."""

    hash_algorithm: asn1.TLV
    name_hash: bytes
    key_hash: bytes
    serial: int


@asn1.sequence
class _Request:
    """Request of RFC 6960, 4.1.1."""

    certificate: asn1.TLV
    extensions: Annotated[list[_Extension] | None, asn1.Explicit(0)]


@asn1.sequence
class _Content:
    """TBSRequest of RFC 6960, 4.1.1."""

    version: Annotated[int | None, asn1.Explicit(0)]
    # [1] EXPLICIT of one name, of whatever kind.
    requestor: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    requests: list[_Request]
    extensions: Annotated[list[_Extension] | None, asn1.Explicit(2)]


@asn1.sequence
class _OCSPRequest:
    """RFC 6960, 4.1.1. Who asks, and by which signature, changes no answer."""

    content: _Content
    signature: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]


@dataclass(frozen=True)
class CertificateId:
    """A certificate as it is asked about.

    `encoded` is the CertID, DER, to be said back to the octet; `hash_oid` is dotted;
    `serial_hex` is '' for a number that no certificate of ours can have.
    """

    encoded: bytes
    hash_oid: str
    name_hash: bytes
    key_hash: bytes
    serial_hex: str


@dataclass(frozen=True)
class StatusRequest:
    """One request: at least one certificate; `nonce` is the value of that extension, DER."""

    certificates: tuple[CertificateId, ...]
    nonce: bytes | None


def read_request(data: bytes) -> StatusRequest:
    """An OCSPRequest, DER, of at most `MAX_BYTES`. Raises `StatusRequestError` alone."""
    if len(data) > MAX_BYTES:
        raise StatusRequestError(what="size")
    try:
        content = asn1.decode_der(_OCSPRequest, data).content
        if content.version not in {None, 0}:
            raise StatusRequestError(what="version")
        if not 1 <= len(content.requests) <= MOST_CERTIFICATES:
            raise StatusRequestError(what="number of certificates")
        for one in content.requests:
            _require_known(one.extensions, frozenset())
        _require_known(content.extensions, frozenset({NONCE}))
        certificates = tuple(_read_id(one.certificate) for one in content.requests)
    except (ValueError, TypeError, OverflowError) as error:
        raise StatusRequestError(what="structure") from error
    return StatusRequest(certificates, _nonce(content.extensions))


def _read_id(element: asn1.TLV) -> CertificateId:
    encoded = der.tlv(der.SEQUENCE, bytes(element.data))
    found = asn1.decode_der(_CertificateId, encoded)
    hash_oid, parameters = read_algorithm(found.hash_algorithm)
    # It is said back: what readers of answers would stumble over is not taken in.
    if parameters is not None:
        raise StatusRequestError(what="hash algorithm")
    is_possible = found.serial > 0 and found.serial.bit_length() <= MOST_SERIAL_BITS
    length = (found.serial.bit_length() + 7) // 8
    return CertificateId(
        encoded=encoded,
        hash_oid=hash_oid,
        name_hash=found.name_hash,
        key_hash=found.key_hash,
        serial_hex=found.serial.to_bytes(length).hex() if is_possible else "",
    )


def _require_known(extensions: list[_Extension] | None, used: frozenset[str]) -> None:
    """None twice (RFC 5280, 4.2), none critical that we do not understand (RFC 6960, 4.4)."""
    seen: set[str] = set()
    for extension in extensions or ():
        oid = extension.oid.dotted_string
        if oid in seen:
            raise StatusRequestError(what="extension twice")
        if extension.is_critical and oid not in used | WITHOUT_EFFECT:
            raise StatusRequestError(what="critical extension")
        seen.add(oid)


def _nonce(extensions: list[_Extension] | None) -> bytes | None:
    """RFC 9654, 2.1: an OCTET STRING of 1 to 128 octets inside the extension's value."""
    for extension in extensions or ():
        if extension.oid.dotted_string == NONCE:
            value = extension.value
            # Looked at as DER: what is said back must be DER, too.
            is_string = der.is_one(value, der.OCTET_STRING)
            octets = der.content(value) if is_string else b""
            if (
                not 1 <= len(octets) <= MOST_NONCE_OCTETS
                or der.tlv(der.OCTET_STRING, octets) != value
            ):
                raise StatusRequestError(what="nonce")
            return value
    return None
