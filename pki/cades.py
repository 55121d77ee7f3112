"""The seal: a CAdES-BES or CAdES-T signature in exactly one encoding (EN 319 122-1, RFC 5652).

A seal is a function of its certificate, the content's digest, the time, the signature's value and
the time stamp over it. Whoever reads one writes it again from these and compares, so that no byte
of it can be another. Holds no key: who signs brings the value.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from pki.ber import encode
from pki.certificate import (
    DOCUMENT_SIGNING,
    UNREADABLE,
    CertificateFacts,
    load_certificate,
    load_public_key,
    parse_certificate,
)
from pki.cms import MAX_BYTES, verify_cms
from pki.cms_structures import ContentInfo, SignerInfo, decode_der
from pki.container_errors import SealerError, SealError
from pki.errors import PKIError

INTEGER, OCTETS, SEQUENCE, SET, UTC_TIME = b"\x02", b"\x04", b"\x30", b"\x31", b"\x17"
GENERALIZED_TIME = b"\x18"
TAGGED_0, TAGGED_1 = b"\xa0", b"\xa1"
# RFC 5280, 4.1.2.5 and RFC 5652, 11.3: dates through 2049 are UTCTime.
GENERALIZED_FROM_YEAR = 2050

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
SIGNATURE_TIME_STAMP = bytes.fromhex("060b2a864886f70d010910020e")
# RFC 5754, 2: without parameters. RFC 4055, 5: with NULL. RFC 5758, 3.2: without.
SHA256 = encode(SEQUENCE, bytes.fromhex("0609608648016503040201"))
RSA_SHA256 = encode(SEQUENCE, bytes.fromhex("06092a864886f70d01010b0500"))
ECDSA_SHA256 = encode(SEQUENCE, bytes.fromhex("06082a8648ce3d040302"))


@dataclass(frozen=True)
class SealFacts:
    """A seal that holds. Whether its certificate is to be trusted is not said here.

    `sealed_at` is aware, UTC, and the word of whoever sealed. `token` is the time stamp over
    `signature`, as it came (DER), for another judge; None where there is none.
    """

    signer: CertificateFacts
    sealed_at: datetime
    signature: bytes
    token: bytes | None


def signed_attributes(
    certificate_der: bytes, *, content: bytes, sealed_at: datetime, content_type: bytes = DATA
) -> bytes:
    """What is signed: the attributes as a SET (RFC 5652, 5.4; EN 319 122-1, 6.3).

    `sealed_at` is aware; fractions of a second are cut. `content_type` is an encoded OID.
    """
    # ESSCertIDv2 with nothing but the digest: SHA-256 is its default (RFC 5035, 4).
    reference = encode(SEQUENCE, encode(OCTETS, hashlib.sha256(certificate_der).digest()))
    values = {
        CONTENT_TYPE: content_type,
        MESSAGE_DIGEST: encode(OCTETS, hashlib.sha256(content).digest()),
        SIGNING_TIME: _time(sealed_at.astimezone(UTC)),
        SIGNING_CERTIFICATE_V2: encode(SEQUENCE, encode(SEQUENCE, reference)),
    }
    rows = [encode(SEQUENCE, oid + encode(SET, value)) for oid, value in values.items()]
    # X.690, 11.6: a SET OF is in order of its encoded elements.
    return encode(SET, b"".join(sorted(rows)))


def assemble_seal(
    certificate_der: bytes,
    *,
    attributes: bytes,
    signature: bytes,
    others: Sequence[bytes] = (),
    enclosed: bytes | None = None,
    token: bytes | None = None,
) -> bytes:
    """ContentInfo with SignedData and one signer (RFC 5652, 5), detached unless `enclosed`.

    A seal carries its certificate alone; `others` are for readers who have none at hand.
    """
    signer = encode_signer(certificate_der, attributes=attributes, signature=signature, token=token)
    content = b"" if enclosed is None else encode(TAGGED_0, encode(OCTETS, enclosed))
    return encode_signed_data(
        version=b"\x01",
        content=DATA + content,
        certificates=(certificate_der, *others),
        signer=signer,
    )


def encode_signer(
    certificate_der: bytes, *, attributes: bytes, signature: bytes, token: bytes | None = None
) -> bytes:
    """SignerInfo by issuer and number (RFC 5652, 5.3), SHA-256."""
    facts = parse_certificate(certificate_der)
    serial = int(facts.serial_hex, 16)
    octets = serial.to_bytes(serial.bit_length() // 8 + 1)
    stamp = b"" if token is None else encode(SEQUENCE, SIGNATURE_TIME_STAMP + encode(SET, token))
    parts = (
        encode(INTEGER, b"\x01"),
        encode(SEQUENCE, facts.issuer_der + encode(INTEGER, octets)),
        SHA256,
        TAGGED_0 + attributes[1:],
        _algorithm(certificate_der),
        encode(OCTETS, signature),
        encode(TAGGED_1, stamp) if stamp else b"",
    )
    return encode(SEQUENCE, b"".join(parts))


def encode_signed_data(
    *, version: bytes, content: bytes, certificates: Sequence[bytes], signer: bytes
) -> bytes:
    """ContentInfo (RFC 5652, 3). `content` is the inside of EncapsulatedContentInfo."""
    # A SET OF, in order (X.690, 11.6).
    carried = encode(TAGGED_0, b"".join(sorted(certificates))) if certificates else b""
    parts = (
        encode(INTEGER, version),
        encode(SET, SHA256),
        encode(SEQUENCE, content),
        carried,
        encode(SET, signer),
    )
    return encode(SEQUENCE, SIGNED_DATA + encode(TAGGED_0, encode(SEQUENCE, b"".join(parts))))


def verify_seal(data: bytes, *, content: bytes) -> SealFacts:
    """Verify that this is the one encoding of a seal over exactly `content`, detached.

    The time stamp in it is not judged here. Raises `SealError`.
    """
    return _verify(data, content, is_enclosed=False)


def open_seal(data: bytes) -> tuple[bytes, SealFacts]:
    """What a seal encloses, and the seal. Raises `SealError`."""
    content = _take_apart(data).enclosed
    if content is None:
        raise SealError(what="detached")
    return content, _verify(data, content, is_enclosed=True)


def _verify(data: bytes, content: bytes, *, is_enclosed: bool) -> SealFacts:
    parts = _take_apart(data)
    with warnings.catch_warnings():
        # Odd serial numbers are refused further down; the library only grumbles at them.
        warnings.simplefilter("ignore")
        try:
            facts = verify_cms(data, content=content)
        except PKIError as error:
            raise SealError(what=error.code) from error
    if facts.signing_time is None:
        raise SealError(what="time")
    attributes = signed_attributes(
        parts.certificate_der, content=content, sealed_at=facts.signing_time
    )
    written = assemble_seal(
        parts.certificate_der,
        attributes=attributes,
        signature=parts.signature,
        enclosed=content if is_enclosed else None,
        token=parts.token,
    )
    if data != written:
        raise SealError(what="encoding")
    return SealFacts(
        signer=facts.signer,
        sealed_at=facts.signing_time,
        signature=parts.signature,
        token=parts.token,
    )


def require_sealer(certificate_der: bytes) -> None:
    """For sealing and for nothing else. Raises `SealerError`."""
    extensions = load_certificate(certificate_der).extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise SealerError from error
    signs = usage.digital_signature and usage.content_commitment
    if list(extended) != [DOCUMENT_SIGNING] or not signs or usage.key_cert_sign:
        raise SealerError


@dataclass(frozen=True)
class _Parts:
    """What a seal is written from, besides its content."""

    certificate_der: bytes
    signature: bytes
    token: bytes | None
    enclosed: bytes | None


def _take_apart(data: bytes) -> _Parts:
    """The parts of a message that may be anything. Raises `SealError`."""
    if len(data) > MAX_BYTES:
        raise SealError(what="size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            signed = decode_der(ContentInfo, data).content
            (certificate,) = signed.certificates or []
            (signer,) = signed.signers.as_list()
            return _Parts(
                certificate.public_bytes(Encoding.DER),
                signer.signature,
                _token_of(signer),
                signed.content.content,
            )
    except UNREADABLE as error:
        raise SealError(what="unreadable") from error


def _token_of(signer: SignerInfo) -> bytes | None:
    """The value of the one unsigned attribute there may be (EN 319 122-1, 5.3)."""
    if signer.unsigned_attributes is None:
        return None
    (attribute,) = signer.unsigned_attributes.as_list()
    (value,) = attribute.values.as_list()
    return encode(bytes(value.tag_bytes), bytes(value.data))


def _algorithm(certificate_der: bytes) -> bytes:
    key = load_public_key(load_certificate(certificate_der))
    return RSA_SHA256 if isinstance(key, rsa.RSAPublicKey) else ECDSA_SHA256


def _time(moment: datetime) -> bytes:
    if moment.year < GENERALIZED_FROM_YEAR:
        return encode(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return encode(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())
