"""The seal: a CAdES-BES signature in exactly one encoding (ETSI EN 319 122-1, RFC 5652).

A seal is a function of its certificate, the content's digest, the time and the signature's
value. Whoever reads one writes it again from these and compares, so that no byte of it can be
another. Holds no key: who signs brings the value.
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
from pki.cms_structures import ContentInfo, decode_der
from pki.container_errors import SealerError, SealError
from pki.errors import PKIError

INTEGER, OCTETS, SEQUENCE, SET, UTC_TIME = b"\x02", b"\x04", b"\x30", b"\x31", b"\x17"
GENERALIZED_TIME = b"\x18"
TAGGED_0 = b"\xa0"
# RFC 5280, 4.1.2.5 and RFC 5652, 11.3: dates through 2049 are UTCTime.
GENERALIZED_FROM_YEAR = 2050

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
# RFC 5754, 2: without parameters. RFC 4055, 5: with NULL. RFC 5758, 3.2: without.
SHA256 = encode(SEQUENCE, bytes.fromhex("0609608648016503040201"))
RSA_SHA256 = encode(SEQUENCE, bytes.fromhex("06092a864886f70d01010b0500"))
ECDSA_SHA256 = encode(SEQUENCE, bytes.fromhex("06082a8648ce3d040302"))


@dataclass(frozen=True)
class SealFacts:
    """A seal that holds. Whether its certificate is to be trusted is not said here.

    `sealed_at` is aware, UTC, and the word of whoever sealed.
    """

    signer: CertificateFacts
    sealed_at: datetime


def signed_attributes(certificate_der: bytes, *, content: bytes, sealed_at: datetime) -> bytes:
    """What is signed: the attributes as a SET (RFC 5652, 5.4; EN 319 122-1, 6.3).

    `sealed_at` is aware; fractions of a second are cut.
    """
    # ESSCertIDv2 with nothing but the digest: SHA-256 is its default (RFC 5035, 4).
    reference = encode(SEQUENCE, encode(OCTETS, hashlib.sha256(certificate_der).digest()))
    values = {
        CONTENT_TYPE: DATA,
        MESSAGE_DIGEST: encode(OCTETS, hashlib.sha256(content).digest()),
        SIGNING_TIME: _time(sealed_at.astimezone(UTC)),
        SIGNING_CERTIFICATE_V2: encode(SEQUENCE, encode(SEQUENCE, reference)),
    }
    rows = [encode(SEQUENCE, oid + encode(SET, value)) for oid, value in values.items()]
    # X.690, 11.6: a SET OF is in order of its encoded elements.
    return encode(SET, b"".join(sorted(rows)))


def assemble_seal(
    certificate_der: bytes, *, attributes: bytes, signature: bytes, others: Sequence[bytes] = ()
) -> bytes:
    """ContentInfo with SignedData, detached, one signer (RFC 5652, 5).

    A seal carries its certificate alone; `others` are for readers who have none at hand.
    """
    facts = parse_certificate(certificate_der)
    serial = int(facts.serial_hex, 16)
    octets = serial.to_bytes(serial.bit_length() // 8 + 1)
    signer = (
        encode(INTEGER, b"\x01"),
        encode(SEQUENCE, facts.issuer_der + encode(INTEGER, octets)),
        SHA256,
        TAGGED_0 + attributes[1:],
        _algorithm(certificate_der),
        encode(OCTETS, signature),
    )
    parts = (
        encode(INTEGER, b"\x01"),
        encode(SET, SHA256),
        encode(SEQUENCE, DATA),
        # A SET OF, in order (X.690, 11.6).
        encode(TAGGED_0, b"".join(sorted((certificate_der, *others)))),
        encode(SET, encode(SEQUENCE, b"".join(signer))),
    )
    return encode(SEQUENCE, SIGNED_DATA + encode(TAGGED_0, encode(SEQUENCE, b"".join(parts))))


def verify_seal(data: bytes, *, content: bytes) -> SealFacts:
    """Verify that this is the one encoding of a seal over exactly `content`.

    Raises `SealError`.
    """
    with warnings.catch_warnings():
        # Odd serial numbers are refused further down; the library only grumbles at them.
        warnings.simplefilter("ignore")
        certificate_der, signature = _take_apart(data)
        try:
            facts = verify_cms(data, content=content)
        except PKIError as error:
            raise SealError(what=error.code) from error
    if facts.signing_time is None:
        raise SealError(what="time")
    attributes = signed_attributes(certificate_der, content=content, sealed_at=facts.signing_time)
    if data != assemble_seal(certificate_der, attributes=attributes, signature=signature):
        raise SealError(what="encoding")
    return SealFacts(signer=facts.signer, sealed_at=facts.signing_time)


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


def _take_apart(data: bytes) -> tuple[bytes, bytes]:
    """The certificate and the signature's value, from a message that may be anything."""
    if len(data) > MAX_BYTES:
        raise SealError(what="size")
    try:
        signed = decode_der(ContentInfo, data).content
        (certificate,) = signed.certificates or []
        (signer,) = signed.signers.as_list()
        return certificate.public_bytes(Encoding.DER), signer.signature
    except UNREADABLE as error:
        raise SealError(what="unreadable") from error


def _algorithm(certificate_der: bytes) -> bytes:
    key = load_public_key(load_certificate(certificate_der))
    return RSA_SHA256 if isinstance(key, rsa.RSAPublicKey) else ECDSA_SHA256


def _time(moment: datetime) -> bytes:
    if moment.year < GENERALIZED_FROM_YEAR:
        return encode(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return encode(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())
