"""The authority's own answer about one of its certificates (RFC 6960), signed by its key.

`cryptography` builds the answer with a key that cannot sign; what it would have signed is
signed behind the `KeyBackend`, and put together again.
"""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from pki.authority import IssuerFacts
from pki.errors import NotPlannedError, PKIError
from pki.issuer import der
from pki.issuer.blank import blank_key
from pki.issuer.keys import KeyBackend, signature_hash
from pki.issuer.pattern import material_of
from pki.ocsp import issuer_hashes, read_answer
from pki.revocation import Reason, RevocationFacts, Status

RESPONSE_BYTES = 0xA0
STATUSES = {
    Status.GOOD: ocsp.OCSPCertStatus.GOOD,
    Status.REVOKED: ocsp.OCSPCertStatus.REVOKED,
    Status.UNKNOWN: ocsp.OCSPCertStatus.UNKNOWN,
}


def answer_about(
    serial_hex: str,
    facts: RevocationFacts,
    *,
    issuer: IssuerFacts,
    keys: KeyBackend,
    now: datetime,
) -> bytes:
    """An OCSPResponse, DER, that says `facts` of this serial, as known at `now`.

    It names no next update: it tells of one moment, and is not for asking again. What was made
    is read again before it leaves. Raises `issuer.not_planned`, and what the keys raise.
    """
    now = now.replace(microsecond=0)
    blank = _build(serial_hex, facts, issuer, now)
    encoded = blank.public_bytes(serialization.Encoding.DER)
    signed = keys.sign(issuer, blank.tbs_response_bytes)
    made = _assemble(encoded, blank.tbs_response_bytes, signed)
    _compare(made, serial_hex, facts, issuer, now)
    return made


def _build(
    serial_hex: str, facts: RevocationFacts, issuer: IssuerFacts, now: datetime
) -> ocsp.OCSPResponse:
    material = material_of(issuer)
    name_hash, key_hash = issuer_hashes(material.certificate)
    is_revoked = facts.status is Status.REVOKED
    return (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            name_hash,
            key_hash,
            int(serial_hex, 16),
            hashes.SHA256(),
            STATUSES[facts.status],
            now,
            None,
            (facts.revoked_at or now).replace(microsecond=0) if is_revoked else None,
            _reason(facts.reason) if is_revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, material.certificate)
        .sign(blank_key(material.public_key), signature_hash(material.public_key))
    )


def _reason(reason: Reason | None) -> x509.ReasonFlags | None:
    """RFC 5280, 5.3.1: nothing rather than `unspecified`."""
    if reason is None or reason is Reason.UNSPECIFIED:
        return None
    return x509.ReasonFlags(reason.value)


def _assemble(blank: bytes, tbs: bytes, signature: bytes) -> bytes:
    """The same response with the signature that counts in place of the blank one.

    OCSPResponse { status, [0] { OID, OCTET STRING of { content, algorithm, signature } } }.
    """
    status, wrapped = der.children(blank)
    kind, octets = der.children(der.children(wrapped)[0])
    content, algorithm, _bits = der.children(der.content(octets))
    if content != tbs:
        raise NotPlannedError
    basic = der.tlv(der.SEQUENCE, content + algorithm + der.tlv(der.BIT_STRING, b"\0" + signature))
    response = der.tlv(der.SEQUENCE, kind + der.tlv(der.OCTET_STRING, basic))
    return der.tlv(der.SEQUENCE, status + der.tlv(RESPONSE_BYTES, response))


def _compare(
    made: bytes, serial_hex: str, facts: RevocationFacts, issuer: IssuerFacts, now: datetime
) -> None:
    try:
        found = read_answer(
            made,
            serial_hex=serial_hex,
            issuer_der=issuer.certificate_der,
            not_before=now,
            not_after=now,
        )
    except PKIError as error:
        raise NotPlannedError(serial=serial_hex) from error
    if found.status is not facts.status:
        raise NotPlannedError(serial=serial_hex)
