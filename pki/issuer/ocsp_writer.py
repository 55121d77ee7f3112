"""Answers about certificates (RFC 6960, 4.2), put together from DER: the one writer of them.

What never changes is built once for each signer; each answer costs its signature and little more.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import OCSPExtensionOID, SignatureAlgorithmOID

from pki import der
from pki.authority import IssuerFacts
from pki.certificate import load_certificate
from pki.issuer.keys import AuthorityPublicKey, KeyBackend
from pki.issuer.pattern import material_of, oid_der
from pki.revocation import Reason, RevocationFacts, Status

ENUMERATED, EXTENSION_0, EXTENSION_1, EXTENSION_2 = 0x0A, 0xA0, 0xA1, 0xA2
NULL = b"\x05\x00"
GOOD, UNKNOWN = b"\x80\x00", b"\x82\x00"
REVOKED = 0xA1
# RFC 5280, 5.3.1.
REASON_NUMBERS = {
    Reason.KEY_COMPROMISE: 1,
    Reason.CA_COMPROMISE: 2,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
    Reason.REMOVE_FROM_CRL: 8,
    Reason.PRIVILEGE_WITHDRAWN: 9,
    Reason.AA_COMPROMISE: 10,
}
SUCCESSFUL = der.tlv(ENUMERATED, b"\x00")
BASIC = oid_der(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.1"))
NONCE = oid_der(OCSPExtensionOID.NONCE)
ARCHIVE_CUTOFF = oid_der(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6"))
RSA_SHA256 = der.tlv(der.SEQUENCE, oid_der(SignatureAlgorithmOID.RSA_WITH_SHA256) + NULL)
# RFC 5758, 3.2: no parameters.
ECDSA_SHA256 = der.tlv(der.SEQUENCE, oid_der(SignatureAlgorithmOID.ECDSA_WITH_SHA256))
ECDSA_SHA384 = der.tlv(der.SEQUENCE, oid_der(SignatureAlgorithmOID.ECDSA_WITH_SHA384))


class Refusal(IntEnum):
    """What is said instead of an answer, unsigned (RFC 6960, 2.3)."""

    MALFORMED = 1
    INTERNAL = 2
    TRY_LATER = 3
    UNAUTHORIZED = 6


@dataclass(frozen=True)
class SingleAnswer:
    """One certificate, by its CertID (DER), and what is said of it.

    `archive_cutoff`: about ended certificates, since when their revocations are kept (4.4.4).
    """

    certificate_id: bytes
    facts: RevocationFacts
    archive_cutoff: datetime | None = None


class OCSPWriter:
    """Writes answers that are signed in one name; its key stays behind `keys`.

    With `is_delegated` the signer is known by its key, and its certificate goes along (4.2.2.2);
    else it is an authority, known by its name.
    """

    def __init__(self, signer: IssuerFacts, keys: KeyBackend, *, is_delegated: bool) -> None:
        self._signer = signer
        self._keys = keys
        material = material_of(signer)
        self._not_after = material.not_after
        self._algorithm = _algorithm(material.public_key)
        if is_delegated:
            _name_hash, key_hash = issuer_hashes(signer.certificate_der, "sha1")
            self._name = der.tlv(EXTENSION_2, der.tlv(der.OCTET_STRING, key_hash))
            enclosed = der.tlv(der.SEQUENCE, signer.certificate_der)
            self._certificates = der.tlv(EXTENSION_0, enclosed)
        else:
            self._name = der.tlv(EXTENSION_1, material.subject_der)
            self._certificates = b""

    @property
    def signer(self) -> IssuerFacts:
        """In whose name it writes."""
        return self._signer

    @property
    def not_after(self) -> datetime:
        """When the signer's certificate ends: no answer holds longer."""
        return self._not_after

    def write(
        self,
        answers: Sequence[SingleAnswer],
        *,
        now: datetime,
        next_update: datetime | None,
        nonce: bytes | None = None,
    ) -> bytes:
        """An OCSPResponse, DER; `nonce` is that of the question, as it came (RFC 9654).

        Both moments are aware, UTC. Raises what the keys raise.
        """
        moment, term = _term(now, next_update)
        singles = b"".join(_single(one, term) for one in answers)
        # ResponseData; its version is the one that is left out.
        data = der.tlv(
            der.SEQUENCE,
            self._name + moment + der.tlv(der.SEQUENCE, singles) + _extension(NONCE, nonce),
        )
        bits = der.tlv(der.BIT_STRING, b"\0" + self._keys.sign(self._signer, data))
        basic = der.tlv(der.SEQUENCE, data + self._algorithm + bits + self._certificates)
        response = der.tlv(der.SEQUENCE, BASIC + der.tlv(der.OCTET_STRING, basic))
        return der.tlv(der.SEQUENCE, SUCCESSFUL + der.tlv(EXTENSION_0, response))


def refuse(refusal: Refusal) -> bytes:
    """An OCSPResponse, DER, that says nothing else."""
    return der.tlv(der.SEQUENCE, der.tlv(ENUMERATED, bytes((refusal,))))


def issuer_hashes(certificate_der: bytes, name: str) -> tuple[bytes, bytes]:
    """Hashes, by `hashlib`'s name, of an issuer's name and of its key's bits (4.1.1)."""
    certificate = load_certificate(certificate_der)
    key = der.children(der.children(certificate.tbs_certificate_bytes)[6])[1]
    subject = der.children(certificate.tbs_certificate_bytes)[5]
    # SHA-1 names a key here and protects nothing.
    return (
        hashlib.new(name, subject, usedforsecurity=False).digest(),
        hashlib.new(name, der.content(key)[1:], usedforsecurity=False).digest(),
    )


@lru_cache(maxsize=16)
def _term(now: datetime, next_update: datetime | None) -> tuple[bytes, bytes]:
    """`now` by itself, and as thisUpdate with nextUpdate. The answers of a second share them."""
    moment = der.generalized_time(now)
    if next_update is None:
        return moment, moment
    return moment, moment + der.tlv(EXTENSION_0, der.generalized_time(next_update))


def _single(answer: SingleAnswer, term: bytes) -> bytes:
    """SingleResponse of 4.2.1."""
    cutoff = answer.archive_cutoff
    return der.tlv(
        der.SEQUENCE,
        answer.certificate_id
        + _status(answer.facts)
        + term
        + _extension(ARCHIVE_CUTOFF, der.generalized_time(cutoff) if cutoff else None),
    )


def _status(facts: RevocationFacts) -> bytes:
    if facts.status is Status.GOOD:
        return GOOD
    if facts.status is not Status.REVOKED:
        return UNKNOWN
    said = der.generalized_time(facts.revoked_at or facts.checked_at)
    # RFC 5280, 5.3.1: nothing rather than `unspecified`.
    if number := REASON_NUMBERS.get(facts.reason or Reason.UNSPECIFIED):
        said += der.tlv(EXTENSION_0, der.tlv(ENUMERATED, bytes((number,))))
    return der.tlv(REVOKED, said)


def _extension(oid: bytes, value: bytes | None) -> bytes:
    """Extensions of an answer, or of all: the one there is, or nothing."""
    if value is None:
        return b""
    one = der.tlv(der.SEQUENCE, oid + der.tlv(der.OCTET_STRING, value))
    return der.tlv(EXTENSION_1, der.tlv(der.SEQUENCE, one))


def _algorithm(key: AuthorityPublicKey) -> bytes:
    """What `sign_with` does with such a key, as an AlgorithmIdentifier."""
    if isinstance(key, rsa.RSAPublicKey):
        return RSA_SHA256
    return ECDSA_SHA384 if key.curve.name == ec.SECP384R1.name else ECDSA_SHA256
