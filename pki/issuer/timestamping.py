"""Answers questions for time stamps (RFC 3161) by a service's key, whoever asks."""

import secrets
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from pki.authority import IssuerFacts
from pki.errors import NotPlannedError, PKIError
from pki.issuer.keys import KeyBackend
from pki.issuer.pattern import material_of
from pki.issuer.sign import verify
from pki.timestamp import Query, assemble_token, read_query, stamp_attributes
from pki.timestamp_errors import StampQueryError
from pki.timestamp_structures import (
    Accuracy,
    PKIStatusInfo,
    TimeStampResp,
    Token,
    TSTInfo,
    decode_der,
    encode_der,
)

GRANTED, REJECTION = 0, 2
# RFC 3161, 2.4.2: PKIFailureInfo, by the number of its bit.
FAILURES = {
    "badAlg": 0,
    "badRequest": 2,
    "badDataFormat": 5,
    "timeNotAvailable": 14,
    "unacceptedPolicy": 15,
    "unacceptedExtension": 16,
    "addInfoNotAvailable": 17,
    "systemFailure": 25,
}
SERIAL_BITS = 159
# How far our clock may be off: it is kept by NTP.
ACCURACY_SECONDS = 1


def answer_query(
    data: bytes, *, signer: IssuerFacts, keys: KeyBackend, policy: str, now: datetime
) -> bytes:
    """A TimeStampResp, DER, whatever was asked; it is refused where it cannot be answered.

    `signer` carries a certificate for time stamps, `policy` is the dotted OID of ours. `now` is
    aware; fractions of a second are cut. Only what the key cannot do is told as `systemFailure`;
    raises nothing.
    """
    try:
        query = read_query(data)
        if query.policy not in {"", policy}:
            return refuse("unacceptedPolicy")
        token = make_token(query, signer=signer, keys=keys, policy=policy, now=now)
    except StampQueryError as error:
        return refuse(error.facts["failure"])
    except PKIError:
        return refuse("systemFailure")
    status = PKIStatusInfo(status=GRANTED, texts=None, failure=None)
    return encode_der(TimeStampResp(status=status, token=decode_der(Token, token)))


def make_token(
    query: Query, *, signer: IssuerFacts, keys: KeyBackend, policy: str, now: datetime
) -> bytes:
    """One token, DER, verified before it leaves. Raises `issuer.*` errors."""
    der = signer.certificate_der
    content = encode_der(_info(query, policy, now.astimezone(UTC)))
    attributes = stamp_attributes(der, content=content, now=now)
    signature = keys.sign(signer, attributes)
    try:
        # Once more, because a fault while signing may give away an RSA key.
        verify(material_of(signer).public_key, signature, attributes)
    except InvalidSignature as error:
        raise NotPlannedError(name=signer.name) from error
    return assemble_token(
        der,
        content=content,
        attributes=attributes,
        signature=signature,
        with_certificate=query.wants_certificate,
    )


def refuse(failure: str) -> bytes:
    """A rejection, DER. `failure` is one of `FAILURES`."""
    bit = FAILURES[failure]
    octets = bytearray(bit // 8 + 1)
    octets[-1] = 0x80 >> bit % 8
    # X.690, 11.2.2: no zeros behind the last bit that is set.
    bits = asn1.BitString(bytes(octets), padding_bits=7 - bit % 8)
    status = PKIStatusInfo(status=REJECTION, texts=None, failure=bits)
    return encode_der(TimeStampResp(status=status, token=None))


def _info(query: Query, policy: str, now: datetime) -> TSTInfo:
    time = encode_der(asn1.GeneralizedTime(now.replace(microsecond=0)))
    return TSTInfo(
        version=1,
        policy=ObjectIdentifier(policy),
        imprint=query.imprint,
        # 2.4.2: unique, also over a crash; at most 160 bits.
        serial=secrets.randbits(SERIAL_BITS) | 1 << SERIAL_BITS - 1,
        gen_time=decode_der(asn1.TLV, time),
        accuracy=Accuracy(seconds=ACCURACY_SECONDS, millis=None, micros=None),
        ordering=False,
        nonce=query.nonce,
        tsa=None,
        extensions=None,
    )
