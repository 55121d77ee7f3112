"""Is this the certificate of an authority that may be pinned? Somebody else's, so: by our rules."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.certificate import (
    CertificateFacts,
    load_certificate,
    load_public_key,
    parse_certificate,
)
from pki.chain import SIGNATURES, is_issued_by
from pki.errors import CertificateMalformedError
from pki.outside_errors import (
    OutsideDigestError,
    OutsideKeyError,
    OutsideMalformedError,
    OutsideParentError,
    OutsideRightsError,
    OutsideTermError,
)

RSA_BITS = range(2048, 8193)
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def read_one(data: bytes) -> bytes:
    """The one certificate in `data`, PEM or DER, as DER. Raises `OutsideMalformedError`."""
    found = PEM.findall(data)
    if b"-----BEGIN" in data and (len(found) != 1 or data.count(b"-----BEGIN") != 1):
        raise OutsideMalformedError
    try:
        der = base64.b64decode(b"".join(found[0].split()), validate=True) if found else data
        parse_certificate(der)
    except (binascii.Error, CertificateMalformedError) as error:
        raise OutsideMalformedError from error
    return der


def judge_authority(der: bytes, *, moment: datetime, anchors: Sequence[bytes]) -> bytes:
    """By whom it was issued: one of `anchors`, DER, or '' where it is a root itself.

    It may issue certificates, its key and its signature are strong, and it is in force at
    `moment` (aware). Raises the `outside.*` errors.
    """
    loaded, facts = load_certificate(der), parse_certificate(der)
    _require_rights(loaded)
    _require_key(loaded)
    if loaded.signature_algorithm_oid.dotted_string not in SIGNATURES:
        raise OutsideDigestError
    if not facts.not_before <= moment <= facts.not_after:
        raise OutsideTermError(
            not_before=facts.not_before.isoformat(), not_after=facts.not_after.isoformat()
        )
    return _issuer(loaded, facts, anchors)


def _issuer(loaded: x509.Certificate, facts: CertificateFacts, anchors: Sequence[bytes]) -> bytes:
    if loaded.subject == loaded.issuer:
        if not is_issued_by(loaded, loaded):
            raise OutsideParentError(issuer=facts.issuer_common_name)
        return b""
    for anchor in anchors:
        if is_issued_by(loaded, load_certificate(anchor)):
            return anchor
    raise OutsideParentError(issuer=facts.issuer_common_name)


def _require_rights(loaded: x509.Certificate) -> None:
    """RFC 5280, 4.2.1.3 and 4.2.1.9."""
    try:
        constraints = loaded.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = loaded.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise OutsideRightsError from error
    if not (constraints.value.ca and constraints.critical and usage.key_cert_sign):
        raise OutsideRightsError


def _require_key(loaded: x509.Certificate) -> None:
    try:
        key = load_public_key(loaded)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise OutsideKeyError from error
    if isinstance(key, rsa.RSAPublicKey):
        is_strong = key.key_size in RSA_BITS and key.public_numbers().e >= 3
    else:
        is_strong = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES
    if not is_strong:
        raise OutsideKeyError
