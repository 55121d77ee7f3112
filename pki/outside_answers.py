"""Questions to somebody else's authority about one certificate, and its answers (RFC 6960).

Read when they are signed by the issuer or by a responder that it has named, and tell of now.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki import der
from pki.certificate import UNREADABLE, load_certificate, load_public_key
from pki.chain import WEAK_SIGNATURES, is_issued_by
from pki.container_errors import (
    OCSPCertificateError,
    OCSPMalformedError,
    OCSPSignatureError,
    OCSPStaleError,
)
from pki.ocsp import STATUSES
from pki.revocation import Reason, RevocationFacts, Status

MAX_BYTES = 64 * 1024
# How far the clock of a responder may be ahead of ours.
SKEW = timedelta(minutes=1)
# The digests by which an answer may name the issuer. SHA-1 is what the old profile asks for
# (RFC 5019, 2.1.1): it identifies, it proves nothing.
NAMING = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
EXTENSIONS, TRUE = 0xA1, b"\x01\x01\xff"
# What cannot be read is malformed, whoever stumbles over it.
DAMAGED = (*UNREADABLE, LookupError, OverflowError)


@dataclass(frozen=True)
class Ages:
    """How old an answer may be: one that says when the next comes, and one that does not."""

    bounded: timedelta = timedelta(days=7)
    unbounded: timedelta = timedelta(minutes=10)


def write_question(serial_hex: str, issuer_der: bytes, nonce: bytes) -> bytes:
    """An OCSPRequest, DER, with a nonce (RFC 9654), which names the issuer by SHA-1.

    Raises `OCSPSignatureError` for an issuer whose kind of key signs no answers here.
    """
    name_hash, key_hash = _issuer_hashes(load_certificate(issuer_der), "sha1")
    return (
        ocsp.OCSPRequestBuilder()
        .add_certificate_by_hash(name_hash, key_hash, int(serial_hex, 16), hashes.SHA1())  # noqa: S303
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .build()
        .public_bytes(serialization.Encoding.DER)
    )


def read_outside_answer(
    data: bytes,
    *,
    serial_hex: str,
    issuer_der: bytes,
    moment: datetime,
    ages: Ages,
    nonce: bytes = b"",
) -> RevocationFacts:
    """What is said of this serial at `moment` (aware). Of several answers the worst counts.

    A nonce that was sent and comes back must be the same; a ready-made answer has none
    (RFC 9654, 2.1). Raises the `ocsp.*` errors.
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
            _require_signature(answer, issuer, moment)
            _require_plain(answer)
            _require_nonce(answer, nonce)
            return _read_status(answer, serial_hex, issuer, moment, ages)
    except DAMAGED as error:
        raise OCSPMalformedError from error


# --- about which certificate, and what ----------------------------------------------------


def _issuer_hashes(issuer: x509.Certificate, digest: str) -> tuple[bytes, bytes]:
    """Of the issuer's name and of its key's bits (RFC 6960, 4.1.1)."""
    hashed = NAMING[digest]
    name = issuer.subject.public_bytes()
    return hashed(name).digest(), hashed(_key_bits(issuer)).digest()


def _key_bits(certificate: x509.Certificate) -> bytes:
    key = load_public_key(certificate)
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = serialization.PublicFormat.UncompressedPoint
        return key.public_bytes(serialization.Encoding.X962, point)
    raise OCSPSignatureError


def _read_status(
    answer: ocsp.OCSPResponse,
    serial_hex: str,
    issuer: x509.Certificate,
    moment: datetime,
    ages: Ages,
) -> RevocationFacts:
    about = [one for one in answer.responses if _is_about(one, serial_hex, issuer)]
    if not about:
        raise OCSPCertificateError
    produced = answer.produced_at_utc
    current = [one for one in about if _is_current(one, produced, moment, ages)]
    if not current:
        raise OCSPStaleError
    worst = (Status.REVOKED, Status.UNKNOWN, Status.GOOD)
    one = min(current, key=lambda one: worst.index(STATUSES[one.certificate_status]))
    status = STATUSES[one.certificate_status]
    if status is not Status.REVOKED:
        return RevocationFacts(status, "ocsp", one.this_update_utc)
    reason = Reason(one.revocation_reason.value) if one.revocation_reason else Reason.UNSPECIFIED
    return RevocationFacts(status, "ocsp", one.this_update_utc, one.revocation_time_utc, reason)


def _is_about(one: ocsp.OCSPSingleResponse, serial_hex: str, issuer: x509.Certificate) -> bool:
    if one.hash_algorithm.name not in NAMING or one.serial_number != int(serial_hex, 16):
        return False
    named = (one.issuer_name_hash, one.issuer_key_hash)
    return named == _issuer_hashes(issuer, one.hash_algorithm.name)


def _is_current(
    one: ocsp.OCSPSingleResponse, produced: datetime, moment: datetime, ages: Ages
) -> bool:
    """RFC 6960, 4.2.2.1: known, then signed, then read; and never older than we want."""
    age = moment - one.this_update_utc
    if not one.this_update_utc - SKEW <= produced <= moment + SKEW or age < -SKEW:
        return False
    if one.next_update_utc is None:
        return age <= ages.unbounded
    return age <= ages.bounded and moment <= one.next_update_utc


# --- by whom ------------------------------------------------------------------------------


def _require_signature(
    answer: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime
) -> None:
    """By the issuer, or by whom it has named for this (RFC 6960, 4.2.2.2)."""
    signer = issuer if _is_named(answer, issuer) else _find_responder(answer, issuer, moment)
    digest = answer.signature_hash_algorithm
    if answer.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES or digest is None:
        raise OCSPSignatureError
    try:
        key = load_public_key(signer)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(digest))
        else:
            raise OCSPSignatureError
    except (InvalidSignature, UnsupportedAlgorithm) as error:
        raise OCSPSignatureError from error


def _is_named(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    """By name or by SHA-1 of the key (RFC 6960, 4.2.1)."""
    if answer.responder_name is not None:
        return answer.responder_name == certificate.subject
    return answer.responder_key_hash == NAMING["sha1"](_key_bits(certificate)).digest()


def _find_responder(
    answer: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime
) -> x509.Certificate:
    for found in answer.certificates:
        if _is_named(answer, found) and _may_answer(found, issuer, moment):
            return found
    raise OCSPSignatureError


def _may_answer(found: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> bool:
    """Issued by the same authority, for this, current, and not to be asked about itself."""
    if found.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES:
        return False
    if not is_issued_by(found, issuer):
        return False
    if not found.not_valid_before_utc <= moment <= found.not_valid_after_utc:
        return False
    extensions = found.extensions
    try:
        usages = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usages


# --- and nothing that we cannot read -----------------------------------------------------


def _require_plain(answer: ocsp.OCSPResponse) -> None:
    """Nothing critical, neither of the whole nor of one of several answers."""
    if any(one.critical for one in answer.extensions):
        raise OCSPMalformedError
    for extension in _single_extensions(answer.tbs_response_bytes):
        if TRUE in der.children(extension):
            raise OCSPMalformedError


def _single_extensions(tbs: bytes) -> Sequence[bytes]:
    """ResponseData { [0] version, responderID, producedAt, SEQUENCE OF answer, [1] … }."""
    answers = next(part for part in der.children(tbs) if part[0] == der.SEQUENCE)
    return [
        extension
        for one in der.children(answers)
        for part in der.children(one)
        if part[0] == EXTENSIONS
        for extension in der.children(der.children(part)[0])
    ]


def _require_nonce(answer: ocsp.OCSPResponse, nonce: bytes) -> None:
    try:
        echoed = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if nonce and echoed != nonce:
        raise OCSPCertificateError
