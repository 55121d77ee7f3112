"""One entry of a list of revoked certificates, as DER. Made once, kept with the revocation."""

from datetime import datetime
from functools import lru_cache

from pki import der
from pki.revocation import Reason

ENUMERATED = 0x0A
REASON_OID = bytes.fromhex("0603551d15")
# RFC 5280, 5.3.1; 7 is not used, and `unspecified` is said by saying nothing.
REASON_CODES = {
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


def encode_entry(serial_hex: str, revoked_at: datetime, reason: Reason) -> bytes:
    """SEQUENCE { serial number, time, extensions } (RFC 5280, 5.1.2.6); the time in whole seconds.

    `serial_hex` is that of a positive number, `revoked_at` aware, UTC. Not critical (5.3.1).
    """
    octets = bytes.fromhex(serial_hex).lstrip(b"\0")
    # DER: the shortest form, and a zero octet before what would be read as negative.
    number = b"\0" + octets if octets[0] & 0x80 else octets
    content = der.tlv(der.INTEGER, number) + der.time(revoked_at) + _reason(reason)
    return der.tlv(der.SEQUENCE, content)


@lru_cache(maxsize=len(Reason))
def _reason(reason: Reason) -> bytes:
    code = REASON_CODES.get(reason)
    if code is None:
        return b""
    value = der.tlv(der.OCTET_STRING, der.tlv(ENUMERATED, bytes([code])))
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, REASON_OID + value))
