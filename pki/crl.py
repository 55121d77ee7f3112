"""A list of revoked certificates: read only when it is whole, of its issuer and of this moment."""

import warnings
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from pki.certificate import UNREADABLE, load_certificate
from pki.chain import WEAK_SIGNATURES
from pki.errors import (
    CRLExtensionError,
    CRLIssuerError,
    CRLMalformedError,
    CRLSignatureError,
    CRLStaleError,
)
from pki.revocation import Reason, RevocationFacts, Status

KNOWN = {
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
}
ENTRY_KNOWN = {
    x509.oid.CRLEntryExtensionOID.CRL_REASON,
    x509.oid.CRLEntryExtensionOID.INVALIDITY_DATE,
}


@dataclass(frozen=True)
class Crl:
    """A list that may be relied on at `moment`."""

    loaded: x509.CertificateRevocationList
    moment: datetime

    def status(self, serial_hex: str) -> RevocationFacts:
        """Good or revoked. An entry that cannot be read whole counts as revoked."""
        entry = self.loaded.get_revoked_certificate_by_serial_number(int(serial_hex, 16))
        if entry is None:
            return RevocationFacts(Status.GOOD, "crl", self.moment)
        return RevocationFacts(
            Status.REVOKED, "crl", self.moment, entry.revocation_date_utc, _reason(entry)
        )


def _reason(entry: x509.RevokedCertificate) -> Reason:
    try:
        found = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
        return Reason(found)
    except (x509.ExtensionNotFound, ValueError):
        return Reason.UNSPECIFIED


def read_crl(data: bytes, *, issuer_der: bytes, moment: datetime) -> Crl:
    """Verify a complete list (RFC 5280, 5 and 6.3). `moment` is aware. Raises `crl.*` errors."""
    issuer = load_certificate(issuer_der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = x509.load_der_x509_crl(data)
            _require_issuer(loaded, issuer)
            _require_extensions(loaded)
            _require_term(loaded, moment)
    except UNREADABLE as error:
        raise CRLMalformedError from error
    return Crl(loaded, moment)


def _require_issuer(loaded: x509.CertificateRevocationList, issuer: x509.Certificate) -> None:
    if loaded.issuer != issuer.subject:
        raise CRLIssuerError
    if not _may_sign_lists(issuer):
        raise CRLIssuerError
    if loaded.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES:
        raise CRLSignatureError
    if not loaded.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        raise CRLSignatureError


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return False


def _require_term(loaded: x509.CertificateRevocationList, moment: datetime) -> None:
    if loaded.next_update_utc is None:
        raise CRLStaleError
    if not loaded.last_update_utc <= moment <= loaded.next_update_utc:
        raise CRLStaleError


def _require_extensions(loaded: x509.CertificateRevocationList) -> None:
    """Nothing critical that we do not read, and all certificates of people covered."""
    for extension in loaded.extensions:
        if extension.critical and extension.oid not in KNOWN:
            raise CRLExtensionError
        # RFC 5280, 5.2.4: changes only; critical by rule, but not with everybody.
        if extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            raise CRLExtensionError
        point = extension.value
        if isinstance(point, x509.IssuingDistributionPoint) and (
            point.only_contains_ca_certs
            or point.only_contains_attribute_certs
            or point.indirect_crl
            or point.only_some_reasons
        ):
            raise CRLExtensionError
    for entry in loaded:
        for extension in entry.extensions:
            if extension.critical and extension.oid not in ENTRY_KNOWN:
                raise CRLExtensionError
