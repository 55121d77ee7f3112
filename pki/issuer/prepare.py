"""The exact content of a certificate, before any signature. Holds no key, asks nobody.

`cryptography` builds one pattern per issuer, profile, kind of key and part of the list; each plan
is that pattern with its own serial number, term, subject and key put in as they are given.
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from pki import der
from pki.authority import IssuerFacts
from pki.errors import AuthorityTermError, NotPlannedError
from pki.issuer.keys import key_kind
from pki.issuer.pattern import IssuerMaterial, Pattern, key_identifier, material_of, pattern_of
from pki.profiles import LeafProfile

SERIAL_LENGTH = 20
# For clocks that run behind ours.
BACKDATING = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
ALTERNATIVE_NAME_OID = bytes.fromhex("0603551d11")


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be signed, and from what it was made. May be signed once."""

    serial_hex: str
    tbs_der: bytes
    issuer: IssuerFacts
    profile: LeafProfile
    subject_der: bytes
    spki_der: bytes
    key_kind: str
    not_before: datetime
    not_after: datetime
    email: str
    _unspent: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def spend(self) -> None:
        """Take the one permission to sign. Raises `NotPlannedError` the second time."""
        if not self._unspent.acquire(blocking=False):
            raise NotPlannedError(serial=self.serial_hex)


def new_serial() -> bytes:
    """20 random octets, the first bit zero so that the number is positive, never a short one.

    159 bits (RFC 5280, 4.1.2.2: positive, at most 20 octets), of which 158 are random: with the
    second bit set every serial has the same length, and none begins with a zero octet.
    """
    random = secrets.token_bytes(SERIAL_LENGTH)
    return bytes([random[0] & 0x3F | 0x40]) + random[1:]


def prepare(
    *,
    issuer: IssuerFacts,
    profile: LeafProfile,
    subject_der: bytes,
    spki_der: bytes,
    serial: bytes,
    now: datetime,
    email: str = "",
) -> Plan:
    """Build the content. `subject_der` is a DER Name, `spki_der` a DER SubjectPublicKeyInfo.

    Raises `issuer.ca_term` when it would outlive the issuer, `issuer.not_planned` for a key,
    a subject or a serial number that this profile does not certify.
    """
    kind = _key_kind(spki_der)
    not_before, not_after = _term(material_of(issuer), profile, now)
    if len(serial) != SERIAL_LENGTH or not 0x40 <= serial[0] <= 0x7F:
        raise NotPlannedError(serial=serial.hex())
    if not der.is_one(subject_der, der.SEQUENCE):
        raise NotPlannedError(serial=serial.hex())
    part = None if profile.is_unchecked else issuer.part_of(serial.hex())
    pattern = pattern_of(issuer, profile, kind, part)
    extensions = [*pattern.head, pattern.key_identifier + key_identifier(spki_der), *pattern.tail]
    if email:
        extensions.append(_alternative_name(email))
    term = der.time(not_before) + der.time(not_after)
    return Plan(
        serial_hex=serial.hex(),
        tbs_der=_join(pattern, serial, term, subject_der, spki_der, extensions),
        issuer=issuer,
        profile=profile,
        subject_der=subject_der,
        spki_der=spki_der,
        key_kind=kind,
        not_before=not_before,
        not_after=not_after,
        email=email,
    )


def _join(
    pattern: Pattern,
    serial: bytes,
    term: bytes,
    subject_der: bytes,
    spki_der: bytes,
    extensions: list[bytes],
) -> bytes:
    """TBSCertificate (RFC 5280, 4.1): its fields in their order."""
    fields = (
        pattern.version,
        der.tlv(der.INTEGER, serial),
        pattern.signature_algorithm,
        pattern.issuer_name,
        der.tlv(der.SEQUENCE, term),
        subject_der,
        spki_der,
        der.tlv(der.EXTENSIONS, der.tlv(der.SEQUENCE, b"".join(extensions))),
    )
    return der.tlv(der.SEQUENCE, b"".join(fields))


def _term(
    material: IssuerMaterial, profile: LeafProfile, now: datetime
) -> tuple[datetime, datetime]:
    """Whole seconds, both ends included (RFC 5280, 4.1.2.5), within the issuer's own term."""
    now = now.astimezone(UTC).replace(microsecond=0)
    not_before = max(now - BACKDATING, material.not_before)
    not_after = not_before + profile.term - SECOND
    if now < material.not_before or not_after > material.not_after:
        raise AuthorityTermError(not_after=material.not_after.isoformat())
    return not_before, not_after


def _key_kind(spki_der: bytes) -> str:
    """What kind of key this is; the encoding must be the only one DER allows."""
    try:
        key = serialization.load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotPlannedError(key_kind="unreadable") from error
    encoded = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    if encoded != spki_der:
        raise NotPlannedError(key_kind="not DER")
    return key_kind(key)


def _alternative_name(email: str) -> bytes:
    """The subject alternative name extension with one address (RFC 5280, 4.2.1.6)."""
    try:
        name = x509.SubjectAlternativeName([x509.RFC822Name(email)])
    except ValueError as error:
        raise NotPlannedError(email="unreadable") from error
    return der.tlv(
        der.SEQUENCE, ALTERNATIVE_NAME_OID + der.tlv(der.OCTET_STRING, name.public_bytes())
    )
