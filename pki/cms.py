"""Who signed exactly this content? Verifies CMS SignedData; says nothing about trust.

Only what is signed counts: unsigned attributes are read by nobody, the certificate in the
message is a candidate until its path is validated elsewhere.
"""

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, ObjectIdentifier, SubjectKeyIdentifier
from cryptography.x509.extensions import ExtensionNotFound

from pki import policy
from pki.ber import ber_to_der, encode
from pki.certificate import UNREADABLE, CertificateFacts, load_public_key, parse_certificate
from pki.cms_structures import (
    Attribute,
    AttributeSet,
    ContentInfo,
    IssuerAndSerialNumber,
    PSSParameters,
    SignedData,
    SignerInfo,
    SigningCertificate,
    decode_der,
    encode_der,
    read_algorithm,
)
from pki.errors import (
    CMSAttributeError,
    CMSContentError,
    CMSContentTypeError,
    CMSMalformedError,
    CMSNoCertificateError,
    CMSNoSignedAttributesError,
    CMSSignatureError,
    CMSSignersError,
    CMSSigningCertificateError,
    CMSTooLargeError,
    CMSUnsupportedAlgorithmError,
    CMSWeakHashError,
)

MAX_BYTES = 48 * 1024
PEM = re.compile(rb"-----BEGIN (CMS|PKCS7)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*\Z")

SIGNED_DATA = "1.2.840.113549.1.7.2"
DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
KEY_IDENTIFIER_TAG = b"\x80"
SEQUENCE_TAG = b"\x30"


@dataclass(frozen=True)
class SignatureFacts:
    """A signature that holds, in separate facts. `signing_time` is the signer's own claim."""

    der: bytes
    signer: CertificateFacts
    certificates: tuple[bytes, ...]
    digest_algorithm: str
    signing_time: datetime | None
    encapsulated: bool
    signing_certificate_checked: bool
    content_sha256: str


def verify_cms(data: bytes, *, content: bytes, content_type: str = DATA) -> SignatureFacts:
    """Verify that one signer signed exactly `content` (RFC 5652, 5.4 and 5.6).

    `content_type` is a dotted OID. `data` is DER, BER or PEM, attached or detached, at most
    48 kB. Raises one of the `cms.*` errors, or `CertificateMalformedError`.
    """
    with warnings.catch_warnings():
        # Odd serial numbers are refused further down; the library only grumbles at them.
        warnings.simplefilter("ignore")
        try:
            return _verify(data, content, content_type)
        except UNREADABLE as error:
            # Certificates are read when they are used: what is broken in one shows only then.
            raise CMSMalformedError from error


def _verify(data: bytes, content: bytes, content_type: str) -> SignatureFacts:
    signed = _decode(data)
    signer = _only_signer(signed)
    digest = _digest_of(signer)
    encapsulated = signed.content.content
    if encapsulated is not None and encapsulated != content:
        raise CMSContentError
    certificate = _signers_certificate(signed, signer)
    attributes = _attributes(signer)
    _require_content(attributes, signed, content, digest, content_type)
    facts = parse_certificate(_der(certificate))
    is_checked = _require_signing_certificate(attributes, certificate)
    _require_signature(signer, certificate, digest)
    return SignatureFacts(
        der=data,
        signer=facts,
        certificates=tuple(_der(row) for row in _certificates(signed)),
        digest_algorithm=digest.name,
        signing_time=_signing_time(attributes),
        encapsulated=encapsulated is not None,
        signing_certificate_checked=is_checked,
        content_sha256=hashlib.sha256(content).hexdigest(),
    )


def _decode(data: bytes) -> SignedData:
    if len(data) > MAX_BYTES:
        raise CMSTooLargeError
    if data.lstrip().startswith(b"-----BEGIN"):
        data = _from_pem(data)
    try:
        info = decode_der(ContentInfo, data)
    except (ValueError, TypeError):
        try:
            info = decode_der(ContentInfo, ber_to_der(data))
        except (ValueError, TypeError) as error:
            raise CMSMalformedError from error
    if info.content_type.dotted_string != SIGNED_DATA:
        raise CMSMalformedError
    return info.content


def _from_pem(data: bytes) -> bytes:
    match = PEM.match(data.lstrip())
    if match is None:
        raise CMSMalformedError
    try:
        return base64.b64decode(b"".join(match[2].split()), validate=True)
    except binascii.Error as error:
        raise CMSMalformedError from error


def _only_signer(signed: SignedData) -> SignerInfo:
    signers = signed.signers.as_list()
    if len(signers) != 1:
        raise CMSSignersError
    return signers[0]


def _digest_of(signer: SignerInfo) -> hashes.HashAlgorithm:
    oid, parameters = _algorithm(signer.digest_algorithm)
    if oid in policy.WEAK_DIGESTS:
        raise CMSWeakHashError
    if oid not in policy.DIGESTS or parameters is not None:
        raise CMSUnsupportedAlgorithmError
    return policy.DIGESTS[oid]()


def _algorithm(element: asn1.TLV) -> tuple[str, asn1.TLV | None]:
    try:
        return read_algorithm(element)
    except (ValueError, TypeError) as error:
        raise CMSMalformedError from error


def _certificates(signed: SignedData) -> list[Certificate]:
    return signed.certificates or []


def _signers_certificate(signed: SignedData, signer: SignerInfo) -> Certificate:
    """The one that the signer's identifier names, by issuer and serial or by key identifier."""
    identifier = signer.identifier
    found = []
    if bytes(identifier.tag_bytes) == KEY_IDENTIFIER_TAG:
        wanted = bytes(identifier.data)
        found = [row for row in _certificates(signed) if _key_identifier(row) == wanted]
    elif bytes(identifier.tag_bytes) == SEQUENCE_TAG:
        try:
            name = identifier.parse(IssuerAndSerialNumber)
        except (ValueError, TypeError) as error:
            raise CMSMalformedError from error
        issuer = encode(bytes(name.issuer.tag_bytes), bytes(name.issuer.data))
        found = [
            row
            for row in _certificates(signed)
            if row.serial_number == name.serial and _issuer(row) == issuer
        ]
    if not found or any(_der(row) != _der(found[0]) for row in found[1:]):
        raise CMSNoCertificateError
    return found[0]


def _issuer(certificate: Certificate) -> bytes | None:
    try:
        return certificate.issuer.public_bytes()
    except UNREADABLE:
        return None


def _key_identifier(certificate: Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest
    except (ExtensionNotFound, *UNREADABLE):
        return None


def _attributes(signer: SignerInfo) -> dict[str, asn1.TLV]:
    """Signed attributes by OID. Each stands once and has one value (RFC 5652, 11)."""
    if signer.signed_attributes is None:
        raise CMSNoSignedAttributesError
    rows: list[Attribute] = signer.signed_attributes.as_list()
    found: dict[str, asn1.TLV] = {}
    for row in rows:
        oid, values = row.type.dotted_string, row.values.as_list()
        if oid in found or len(values) != 1:
            raise CMSAttributeError(attribute=oid)
        found[oid] = values[0]
    for oid in (CONTENT_TYPE, MESSAGE_DIGEST):
        if oid not in found:
            raise CMSAttributeError(attribute=oid)
    return found


def _require_content(
    attributes: Mapping[str, asn1.TLV],
    signed: SignedData,
    content: bytes,
    digest: hashes.HashAlgorithm,
    wanted: str,
) -> None:
    try:
        content_type = attributes[CONTENT_TYPE].parse(ObjectIdentifier)
        claimed = attributes[MESSAGE_DIGEST].parse(bytes)
    except (ValueError, TypeError) as error:
        raise CMSAttributeError(attribute=MESSAGE_DIGEST) from error
    if content_type != signed.content.content_type or content_type.dotted_string != wanted:
        raise CMSContentTypeError
    hashing = hashes.Hash(digest)
    hashing.update(content)
    if hashing.finalize() != claimed:
        raise CMSContentError


def _require_signing_certificate(
    attributes: Mapping[str, asn1.TLV], certificate: Certificate
) -> bool:
    """RFC 5035, 3: the first reference is the signer's. False where there is no reference."""
    if SIGNING_CERTIFICATE_V2 not in attributes:
        return False
    try:
        references = attributes[SIGNING_CERTIFICATE_V2].parse(SigningCertificate).certificates
    except (ValueError, TypeError) as error:
        raise CMSAttributeError(attribute=SIGNING_CERTIFICATE_V2) from error
    if not references:
        raise CMSSigningCertificateError
    reference = references[0]
    oid = reference.hash_algorithm.oid.dotted_string if reference.hash_algorithm else None
    digest = policy.DIGESTS.get(oid or policy.SHA256_OID)
    if digest is None:
        raise CMSWeakHashError
    if reference.certificate_hash != certificate.fingerprint(digest()):
        raise CMSSigningCertificateError
    if reference.issuer_serial and reference.issuer_serial.serial != certificate.serial_number:
        raise CMSSigningCertificateError
    return True


def _require_signature(
    signer: SignerInfo, certificate: Certificate, digest: hashes.HashAlgorithm
) -> None:
    """Over the attributes as a SET, not under the [0] of the message (RFC 5652, 5.4)."""
    if signer.signed_attributes is None:
        raise CMSNoSignedAttributesError
    wrapped = encode_der(AttributeSet(attributes=signer.signed_attributes))
    signed_bytes = _content_of(wrapped)
    algorithm, parameters = _algorithm(signer.signature_algorithm)
    named = policy.RSA_OIDS.get(algorithm, policy.ECDSA_OIDS.get(algorithm))
    if named is not None and policy.DIGESTS[named] is not type(digest):
        raise CMSSignatureError
    try:
        key = load_public_key(certificate)
        if isinstance(key, rsa.RSAPublicKey) and algorithm == policy.PSS_OID:
            key.verify(signer.signature, signed_bytes, _pss(parameters, digest), digest)
        elif parameters is not None:
            raise CMSUnsupportedAlgorithmError
        elif isinstance(key, rsa.RSAPublicKey) and algorithm in policy.RSA_OIDS:
            key.verify(signer.signature, signed_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in policy.ECDSA_OIDS:
            key.verify(signer.signature, signed_bytes, ec.ECDSA(digest))
        else:
            raise CMSUnsupportedAlgorithmError
    except InvalidSignature as error:
        raise CMSSignatureError from error
    except (
        ValueError,
        UnsupportedAlgorithm,
    ) as error:  # a key that the library cannot read, GOST among them
        raise CMSUnsupportedAlgorithmError from error


def _pss(element: asn1.TLV | None, digest: hashes.HashAlgorithm) -> padding.PSS:
    """RFC 4056, 3: the digest of the message, of the padding and of its mask are one."""
    if element is None:
        raise CMSWeakHashError  # RFC 8017, A.2.3: without parameters it is SHA-1
    try:
        found = element.parse(PSSParameters)
    except (ValueError, TypeError) as error:
        raise CMSMalformedError from error
    if found.digest is None or found.mask is None:
        raise CMSWeakHashError
    if found.mask.oid.dotted_string != policy.MGF1_OID or found.trailer not in {None, 1}:
        raise CMSUnsupportedAlgorithmError
    for algorithm in (found.digest, found.mask.digest):
        oid = algorithm.oid.dotted_string
        if oid in policy.WEAK_DIGESTS:
            raise CMSWeakHashError
        if policy.DIGESTS.get(oid) is not type(digest):
            raise CMSUnsupportedAlgorithmError
    salt_length = policy.PSS_DEFAULT_SALT if found.salt_length is None else found.salt_length
    if not 0 <= salt_length <= policy.PSS_MAX_SALT:
        raise CMSUnsupportedAlgorithmError
    return padding.PSS(padding.MGF1(digest), salt_length)


def _signing_time(attributes: Mapping[str, asn1.TLV]) -> datetime | None:
    """RFC 5652, 11.3. A claim of the signer: kept, never trusted."""
    if SIGNING_TIME not in attributes:
        return None
    for kind in (asn1.UTCTime, asn1.GeneralizedTime):
        try:
            claimed: datetime = attributes[SIGNING_TIME].parse(kind).as_datetime()
        except (ValueError, TypeError):
            continue
        return claimed
    raise CMSAttributeError(attribute=SIGNING_TIME)


def _content_of(element: bytes) -> bytes:
    """What stands inside an element of our own making."""
    length = element[1]
    return element[2:] if length < 0x80 else element[2 + (length & 0x7F) :]


def _der(certificate: Certificate) -> bytes:
    """As it stood in the message: the library keeps the bytes it read."""
    return certificate.public_bytes(Encoding.DER)
