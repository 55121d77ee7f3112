"""The authority's own answer about one of its certificates (RFC 6960), signed by its key.

For evidence: it tells of one moment. The process that answers the world has its own signers.
"""

from datetime import datetime

from cryptography.x509 import ObjectIdentifier

from pki import der
from pki.authority import IssuerFacts
from pki.errors import NotPlannedError, PKIError
from pki.issuer.keys import KeyBackend
from pki.issuer.ocsp_writer import NULL, OCSPWriter, SingleAnswer, issuer_hashes
from pki.issuer.pattern import oid_der
from pki.ocsp import read_answer
from pki.revocation import RevocationFacts

SHA256 = der.tlv(der.SEQUENCE, oid_der(ObjectIdentifier("2.16.840.1.101.3.4.2.1")) + NULL)


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
    answer = SingleAnswer(_certificate_id(serial_hex, issuer), facts)
    writer = OCSPWriter(issuer, keys, is_delegated=False)
    made = writer.write([answer], now=now, next_update=None)
    _compare(made, serial_hex, facts, issuer, now)
    return made


def _certificate_id(serial_hex: str, issuer: IssuerFacts) -> bytes:
    """CertID of RFC 6960, 4.1.1, with SHA-256."""
    hashes = issuer_hashes(issuer.certificate_der, "sha256")
    octets = bytes.fromhex(serial_hex)
    # A first bit that is set would make it negative (X.690, 8.3).
    serial = b"\0" + octets if octets[0] & 0x80 else octets
    return der.tlv(
        der.SEQUENCE,
        SHA256
        + b"".join(der.tlv(der.OCTET_STRING, one) for one in hashes)
        + der.tlv(der.INTEGER, serial),
    )


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
