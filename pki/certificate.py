"""What a certificate says about itself. Reads leniently, decides nothing."""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.errors import CertificateMalformedError
from pki.subject import Subject, common_name_of, parse_subject

MAX_BYTES = 32 * 1024
# What the library raises over bytes that it cannot read; not all of it is a `ValueError`.
UNREADABLE = (
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)


class Purpose(StrEnum):
    """What a certificate is for."""

    AUTH = "AUTH"
    SIGN = "SIGN"
    COMBINED = "COMBINED"
    OTHER = "OTHER"


class Storage(StrEnum):
    """Where its key is kept."""

    FILE = "file"
    TOKEN = "token"  # noqa: S105  # a device, not a secret
    ID_CARD = "id_card"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """Who the holder is, by the authority's OIDs in the extended key usage."""

    INDIVIDUAL = "individual"
    LEGAL_ENTITY = "legal_entity"
    HEAD = "head"
    SIGNING_RIGHT = "signing_right"
    FINANCIAL_RIGHT = "financial_right"
    HR = "hr"
    EMPLOYEE = "employee"
    INFORMATION_SYSTEM = "information_system"
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    OPERATOR = "operator"

    @property
    def oid(self) -> str:
        """Dotted."""
        return ROLE_OIDS[self]


ROLE_OIDS: dict[Role, str] = {
    Role.INDIVIDUAL: "1.2.398.3.3.4.1.1",
    Role.LEGAL_ENTITY: "1.2.398.3.3.4.1.2",
    Role.HEAD: "1.2.398.3.3.4.1.2.1",
    Role.SIGNING_RIGHT: "1.2.398.3.3.4.1.2.2",
    Role.FINANCIAL_RIGHT: "1.2.398.3.3.4.1.2.3",
    Role.HR: "1.2.398.3.3.4.1.2.4",
    Role.EMPLOYEE: "1.2.398.3.3.4.1.2.5",
    Role.INFORMATION_SYSTEM: "1.2.398.3.3.4.1.2.6",
    Role.ADMINISTRATOR: "1.2.398.3.3.4.2.1",
    Role.MANAGER: "1.2.398.3.3.4.2.2",
    Role.OPERATOR: "1.2.398.3.3.4.2.3",
}
ROLES = {oid: role for role, oid in ROLE_OIDS.items()}

# Who somebody is within an organisation, what weighs most first.
COMPANY_ROLES = (
    Role.HEAD,
    Role.HR,
    Role.SIGNING_RIGHT,
    Role.FINANCIAL_RIGHT,
    Role.EMPLOYEE,
)

# RFC 9336: for signing documents. No person's certificate has it: the authority seals by it.
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
# What no person's certificate is for, whatever else it says.
SERVICES = frozenset(
    oid.dotted_string
    for oid in (
        DOCUMENT_SIGNING,
        ExtendedKeyUsageOID.TIME_STAMPING,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    )
)
STORAGE_EXTENSION = x509.ObjectIdentifier("1.2.398.3.3.5")
# The whole value, SEQUENCE { OID }. Only the first is the authority's; see `profiles.py`.
STORAGES = {
    bytes.fromhex("300a06082a830e0303050101"): Storage.FILE,
    bytes.fromhex("300a06082a830e0303050102"): Storage.TOKEN,
    bytes.fromhex("300a06082a830e0303050103"): Storage.ID_CARD,
}
GOST_KINDS = {
    "1.2.398.3.10.1.1.2.2": "GOST-2015-512",
    "1.2.398.3.10.1.1.2.1": "GOST-2015-256",
    "1.2.398.3.10.1.1.1.1": "GOST-2004",
}
# Other keys are never loaded: OpenSSL proves the primes of a Diffie-Hellman key when it reads
# it, which takes seconds for a key of two kilobytes that anybody may send.
LOADABLE_KEYS = frozenset(
    {
        "1.2.840.113549.1.1.1",  # RSA
        "1.2.840.113549.1.1.10",  # RSA for PSS only
        "1.2.840.10045.2.1",  # elliptic curves
        "1.3.101.112",  # Ed25519
        "1.3.101.113",  # Ed448
    }
)
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


@dataclass(frozen=True)
class CertificateFacts:
    """Hex is lower case; moments are aware, UTC; `serial_hex` has an even number of digits."""

    der: bytes
    subject: Subject
    issuer_der: bytes
    issuer_common_name: str
    serial_hex: str
    not_before: datetime
    not_after: datetime
    purpose: Purpose
    roles: tuple[Role, ...]
    storage: Storage
    key_kind: str
    spki_der: bytes
    spki_sha256: str
    fingerprint: str
    is_ca: bool

    @property
    def company_role(self) -> Role | None:
        """The weightiest role within the organisation; None for individuals."""
        return next((role for role in COMPANY_ROLES if role in self.roles), None)


def parse_certificate(der: bytes) -> CertificateFacts:
    """Read one DER certificate. Raises `CertificateMalformedError` for anything else.

    Remembered, because one signature asks for its signer several times.
    """
    return _parse(der)


@lru_cache(maxsize=64)
def _parse(der: bytes) -> CertificateFacts:
    certificate = load_certificate(der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(certificate, der)
    except (*UNREADABLE, LookupError) as error:
        raise CertificateMalformedError from error


def load_certificate(der: bytes) -> x509.Certificate:
    """The library's own object. Raises `CertificateMalformedError`.

    Remembered, because the library reads names only when they are asked for, and then keeps them.
    """
    return _load(der)


@lru_cache(maxsize=64)
def _load(der: bytes) -> x509.Certificate:
    if len(der) > MAX_BYTES:
        raise CertificateMalformedError
    try:
        with warnings.catch_warnings():
            # Names over 64 characters and odd serials are the authority's habit, not news.
            warnings.simplefilter("ignore")
            return x509.load_der_x509_certificate(der)
    except UNREADABLE as error:
        raise CertificateMalformedError from error


def _read(certificate: x509.Certificate, der: bytes) -> CertificateFacts:
    extensions = certificate.extensions
    usages = _extended_usages(extensions)
    key_kind = _key_kind(certificate)
    roles = tuple(ROLES[oid] for oid in usages if oid in ROLES)
    spki_der = _public_key_der(certificate)
    return CertificateFacts(
        der=der,
        subject=parse_subject(certificate.subject),
        issuer_der=certificate.issuer.public_bytes(),
        issuer_common_name=common_name_of(certificate.issuer),
        serial_hex=serial_hex(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        purpose=_purpose(_key_usage(extensions), usages, roles, key_kind),
        roles=roles,
        storage=_storage(extensions),
        key_kind=key_kind,
        spki_der=spki_der,
        spki_sha256=hashlib.sha256(spki_der).hexdigest(),
        fingerprint=hashlib.sha256(der).hexdigest(),
        is_ca=_is_ca(extensions),
    )


def serial_hex(number: int) -> str:
    """Lower-case hex of whole octets; a serial that is not positive is malformed."""
    if number <= 0:
        raise CertificateMalformedError
    digits = f"{number:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _purpose(
    usage: x509.KeyUsage | None, usages: list[str], roles: tuple[Role, ...], key_kind: str
) -> Purpose:
    can_sign_in = ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string in usages
    signs = usage is not None and usage.content_commitment
    if usage is None or not usage.digital_signature:
        return Purpose.OTHER
    if not SERVICES.isdisjoint(usages):
        return Purpose.OTHER
    # One GOST-2015 key serves both, though its certificate does not say clientAuth.
    if signs and (can_sign_in or (key_kind.startswith("GOST-2015") and roles)):
        return Purpose.COMBINED
    if signs:
        return Purpose.SIGN
    return Purpose.AUTH if can_sign_in else Purpose.OTHER


def _key_usage(extensions: x509.Extensions) -> x509.KeyUsage | None:
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _extended_usages(extensions: x509.Extensions) -> list[str]:
    try:
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return []
    return [oid.dotted_string for oid in found]


def _storage(extensions: x509.Extensions) -> Storage:
    try:
        extension = extensions.get_extension_for_oid(STORAGE_EXTENSION).value
    except x509.ExtensionNotFound:
        return Storage.UNKNOWN
    if not isinstance(extension, x509.UnrecognizedExtension):
        return Storage.UNKNOWN
    return STORAGES.get(extension.value, Storage.UNKNOWN)


def _is_ca(extensions: x509.Extensions) -> bool:
    try:
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _key_kind(certificate: x509.Certificate) -> str:
    oid = certificate.public_key_algorithm_oid.dotted_string
    if oid in GOST_KINDS:
        return GOST_KINDS[oid]
    try:
        key = load_public_key(certificate)
    except (UnsupportedAlgorithm, ValueError):
        return "unknown"
    match key:
        case rsa.RSAPublicKey():
            return f"RSA-{key.key_size}"
        case ec.EllipticCurvePublicKey():
            return CURVES.get(key.curve.name, "unknown")
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return "EdDSA"
    return "unknown"


class KeyHolder(Protocol):
    """A certificate or a request."""

    @property
    def public_key_algorithm_oid(self) -> x509.ObjectIdentifier:
        """What kind of key it is, known before the key is read."""

    def public_key(self) -> CertificatePublicKeyTypes:
        """Reads the key."""


def load_public_key(holder: KeyHolder) -> CertificatePublicKeyTypes:
    """The key, of a kind that is cheap to read. Raises `UnsupportedAlgorithm`, `ValueError`."""
    oid = holder.public_key_algorithm_oid.dotted_string
    if oid not in LOADABLE_KEYS:
        raise UnsupportedAlgorithm(oid)
    return holder.public_key()


def _public_key_der(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo; for keys that the library cannot read, cut out of the TBS."""
    try:
        return load_public_key(certificate).public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    except (UnsupportedAlgorithm, ValueError):
        return cut_public_key(certificate.tbs_certificate_bytes)


def cut_public_key(tbs: bytes) -> bytes:
    """The SubjectPublicKeyInfo element of a TBSCertificate, as it stands."""
    return _cut(tbs, 6)


def cut_subject(der: bytes) -> bytes:
    """The subject of a certificate that was parsed before, byte for byte."""
    start, _end = _inside(der, 0)
    return _cut(der[start:], 5)


def _cut(tbs: bytes, wanted: int) -> bytes:
    """One element of a TBSCertificate (RFC 5280, 4.1), counted from its version.

    Version, serial, signature, issuer, validity, subject, key; version 1 leaves out the first.
    """
    position, _end = _inside(tbs, 0)
    elements = []
    for _element in range(wanted + 1):
        _start, after = _inside(tbs, position)
        elements.append(tbs[position:after])
        position = after
    return elements[wanted] if elements[0][0] == 0xA0 else elements[wanted - 1]


def _inside(data: bytes, position: int) -> tuple[int, int]:
    """Where the content of the element at `position` starts and ends."""
    length, start = data[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count])
        start += count
    return start, start + length
