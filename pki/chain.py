"""Is there a path from a certificate to a pinned authority, at a given moment, for a given use?

Trust anchors are given, never the system's. Revocation is asked elsewhere.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from pki import policy
from pki.certificate import CertificateFacts, Purpose, load_certificate, parse_certificate
from pki.errors import (
    CertificateUnsupportedAlgorithmError,
    CertificateWeakHashError,
    ExpiredError,
    KeyUsageError,
    NotYetValidError,
    PathError,
    SelfSignedError,
    UnknownIssuerError,
)

WEAK_SIGNATURES = frozenset(
    {
        "1.2.840.113549.1.1.2",  # MD2 with RSA
        "1.2.840.113549.1.1.3",  # MD4
        "1.2.840.113549.1.1.4",  # MD5
        "1.2.840.113549.1.1.5",  # SHA-1
        "1.3.14.3.2.29",  # SHA-1, the old number
        "1.2.840.113549.1.1.14",  # SHA-224
        "1.2.840.10045.4.1",  # SHA-1 with ECDSA
        "1.2.840.10045.4.3.1",  # SHA-224
    }
)
SIGNATURES = (policy.RSA_OIDS.keys() | policy.ECDSA_OIDS.keys()) - {
    "1.2.840.113549.1.1.1",
    "1.2.840.10045.2.1",
}


class Usage(StrEnum):
    """What the certificate is about to be used for."""

    SIGN_IN = "sign_in"
    SIGN = "sign"
    ANY = "any"
    SERVICE = "service"


PURPOSES = {
    Usage.SIGN_IN: {Purpose.AUTH, Purpose.COMBINED},
    Usage.SIGN: {Purpose.SIGN, Purpose.COMBINED},
    Usage.ANY: {Purpose.AUTH, Purpose.SIGN, Purpose.COMBINED},
    # Not a person's; for which service is read elsewhere.
    Usage.SERVICE: {Purpose.OTHER},
}


@dataclass(frozen=True)
class PathFacts:
    """DER certificates from the leaf to the anchor, and the moment that was asked about."""

    chain: tuple[bytes, ...]
    moment: datetime


def validate_path(
    certificate: bytes,
    *,
    intermediates: Sequence[bytes],
    anchors: Sequence[bytes],
    moment: datetime,
    usage: Usage,
) -> PathFacts:
    """Judge a certificate (RFC 5280, 6) so that the first thing wrong with it is named.

    The path is proved before the term is looked at: only then is "expired" said of somebody
    who is known. `moment` is aware. Raises the `certificate.*` errors.
    """
    leaf = parse_certificate(certificate)
    loaded = load_certificate(certificate)
    _require_strong_signature(loaded)
    if loaded.issuer == loaded.subject:
        raise SelfSignedError
    chain = _find_path(loaded, leaf, tuple(intermediates), tuple(anchors), moment)
    require_term(leaf.not_before, leaf.not_after, moment)
    if leaf.is_ca or leaf.purpose not in PURPOSES[usage]:
        raise KeyUsageError(wanted=usage.value, found=leaf.purpose.value)
    return PathFacts(chain=chain, moment=moment)


def require_term(not_before: datetime, not_after: datetime, moment: datetime) -> None:
    """Raises `NotYetValidError` or `ExpiredError`; the last second still belongs to the term."""
    if moment < not_before:
        raise NotYetValidError(not_before=not_before.isoformat())
    # RFC 5280, 4.1.2.5: notAfter is inclusive, and has no fractions of a second.
    if moment >= not_after + timedelta(seconds=1):
        raise ExpiredError(not_after=not_after.isoformat())


def _require_strong_signature(loaded: x509.Certificate) -> None:
    oid = loaded.signature_algorithm_oid.dotted_string
    if oid in WEAK_SIGNATURES:
        raise CertificateWeakHashError
    if oid not in SIGNATURES:
        raise CertificateUnsupportedAlgorithmError


def _find_path(
    loaded: x509.Certificate,
    leaf: CertificateFacts,
    intermediates: tuple[bytes, ...],
    anchors: tuple[bytes, ...],
    moment: datetime,
) -> tuple[bytes, ...]:
    if not anchors:
        raise UnknownIssuerError
    between = [load_certificate(der) for der in intermediates]
    # An expired leaf of ours must be told from a forged one: the path is asked about at the
    # moment within the leaf's term that is nearest to the given one.
    within = min(max(moment, leaf.not_before), leaf.not_after)
    verifier = (
        PolicyBuilder()
        .store(_store(anchors))
        .time(within.astimezone(UTC).replace(tzinfo=None))
        .extension_policies(ee_policy=LEAF_POLICY, ca_policy=AUTHORITY_POLICY)
        .build_client_verifier()
    )
    try:
        path = verifier.verify(loaded, between).chain
    except VerificationError as error:
        authorities = [*between, *map(load_certificate, anchors)]
        if any(is_issued_by(loaded, issuer) for issuer in authorities):
            raise PathError from error
        raise UnknownIssuerError from error
    return tuple(row.public_bytes(Encoding.DER) for row in path)


def is_issued_by(loaded: x509.Certificate, issuer: x509.Certificate) -> bool:
    """By its key, not by its name alone; another name is a `ValueError` here."""
    try:
        loaded.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=16)
def _store(anchors: tuple[bytes, ...]) -> Store:
    return Store([load_certificate(der) for der in anchors])


def _require_certificate_signing(
    _policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage
) -> None:
    """RFC 5280, 6.1.4 (n). The library asks for the extension, not for the bit."""
    if not usage.key_cert_sign:
        raise ValueError


def _policies() -> tuple[ExtensionPolicy, ExtensionPolicy]:
    """For the leaf the purpose is read by us; for authorities RFC 5280's rules hold."""
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_certificate_signing)
    )
    return ExtensionPolicy.permit_all(), authority


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    LEAF_POLICY, AUTHORITY_POLICY = _policies()
