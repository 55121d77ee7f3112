"""An answer about one certificate (RFC 6960): read only when it is whole and its issuer's own.

Answers of delegated responders are not read here; ours are signed by the issuer itself.
"""

import hashlib
import warnings
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp

from pki.certificate import UNREADABLE, load_certificate, load_public_key
from pki.chain import WEAK_SIGNATURES
from pki.container_errors import (
    OCSPCertificateError,
    OCSPMalformedError,
    OCSPSignatureError,
    OCSPStaleError,
)
from pki.revocation import Reason, RevocationFacts, Status

MAX_BYTES = 16 * 1024
STATUSES = {
    ocsp.OCSPCertStatus.GOOD: Status.GOOD,
    ocsp.OCSPCertStatus.REVOKED: Status.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN: Status.UNKNOWN,
}


def read_answer(
    data: bytes, *, serial_hex: str, issuer_der: bytes, not_before: datetime, not_after: datetime
) -> RevocationFacts:
    """What the issuer said of this serial, at a moment from `not_before` to `not_after`.

    Both are aware. Raises the `ocsp.*` errors.
    """
    if len(data) > MAX_BYTES:
        raise OCSPMalformedError
    issuer = load_certificate(issuer_der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = ocsp.load_der_ocsp_response(data)
            if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                raise OCSPMalformedError
            # Asked for before anything else: it refuses more than one answer.
            status = STATUSES[answer.certificate_status]
            _require_certificate(answer, serial_hex, issuer)
            _require_signature(answer, issuer)
            _require_plain(answer)
            _require_moment(answer, not_before, not_after)
            return _facts_of(answer, status)
    except UNREADABLE as error:
        raise OCSPMalformedError from error


def issuer_hashes(issuer: x509.Certificate) -> tuple[bytes, bytes]:
    """SHA-256 of the issuer's name and of its key's bits (RFC 6960, 4.1.1).

    Raises `OCSPSignatureError` for a kind of key that signs no answers here.
    """
    key = load_public_key(issuer)
    if isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        bits = key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    else:
        raise OCSPSignatureError
    name = issuer.subject.public_bytes()
    return hashlib.sha256(name).digest(), hashlib.sha256(bits).digest()


def _require_certificate(
    answer: ocsp.OCSPResponse, serial_hex: str, issuer: x509.Certificate
) -> None:
    if not isinstance(answer.hash_algorithm, hashes.SHA256):
        raise OCSPCertificateError
    if (answer.issuer_name_hash, answer.issuer_key_hash) != issuer_hashes(issuer):
        raise OCSPCertificateError
    if answer.serial_number != int(serial_hex, 16):
        raise OCSPCertificateError


def _require_signature(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """By the issuer's own key, in the issuer's own name (RFC 6960, 4.2.2.2)."""
    digest = answer.signature_hash_algorithm
    if answer.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES or digest is None:
        raise OCSPSignatureError
    if answer.responder_name != issuer.subject:
        raise OCSPSignatureError
    key = load_public_key(issuer)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(digest))
        else:
            raise OCSPSignatureError
    except InvalidSignature as error:
        raise OCSPSignatureError from error


def _require_plain(answer: ocsp.OCSPResponse) -> None:
    """Nothing critical that we do not read."""
    if any(one.critical for one in (*answer.extensions, *answer.single_extensions)):
        raise OCSPMalformedError


def _require_moment(answer: ocsp.OCSPResponse, not_before: datetime, not_after: datetime) -> None:
    if not not_before <= answer.this_update_utc <= not_after:
        raise OCSPStaleError
    if answer.next_update_utc is not None and answer.next_update_utc < not_before:
        raise OCSPStaleError


def _facts_of(answer: ocsp.OCSPResponse, status: Status) -> RevocationFacts:
    if status is not Status.REVOKED:
        return RevocationFacts(status, "ocsp", answer.this_update_utc)
    reason = answer.revocation_reason
    return RevocationFacts(
        status,
        "ocsp",
        answer.this_update_utc,
        answer.revocation_time_utc,
        Reason(reason.value) if reason else Reason.UNSPECIFIED,
    )
