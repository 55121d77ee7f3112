"""A list of revoked certificates: read only when it is whole, of its issuer and of this moment."""

import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from pki import der
from pki.certificate import UNREADABLE, load_certificate
from pki.chain import WEAK_SIGNATURES
from pki.crl_scope import PERSON, Scope, require_scope
from pki.errors import (
    CRLExtensionError,
    CRLIssuerError,
    CRLMalformedError,
    CRLSignatureError,
    CRLStaleError,
)
from pki.names import is_same_name
from pki.revocation import Reason, RevocationFacts, Status

KNOWN = {
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
}
# A field of entries with none in it; or an issuer without a name, which is no better.
EMPTY = bytes((der.SEQUENCE, 0))
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

    def at(self, moment: datetime, *, longest: timedelta | None = None) -> "Crl":
        """The same list at another moment, made no longer ago than `longest`, if that is given.

        Without it a list must say itself until when it holds. Raises `CRLStaleError`,
        `CRLMalformedError`.
        """
        try:
            _require_term(self.loaded, moment, longest)
        except UNREADABLE as error:
            raise CRLMalformedError from error
        return Crl(self.loaded, moment)

    @property
    def this_update(self) -> datetime:
        """When it was made."""
        return self.loaded.last_update_utc

    @property
    def next_update(self) -> datetime:
        """Until when it may be relied on."""
        return self.loaded.next_update_utc or self.this_update

    @property
    def number(self) -> int | None:
        """RFC 5280, 5.2.3: it only grows."""
        try:
            return self.loaded.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        except x509.ExtensionNotFound:
            return None


def _reason(entry: x509.RevokedCertificate) -> Reason:
    try:
        found = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
        return Reason(found)
    except (x509.ExtensionNotFound, ValueError):
        return Reason.UNSPECIFIED


def read_crl(
    data: bytes,
    *,
    issuer_der: bytes,
    moment: datetime,
    scope: Scope = PERSON,
    longest: timedelta | None = None,
) -> Crl:
    """Verify a complete list (RFC 5280, 5 and 6.3) that covers `scope`. `moment` is aware.

    A list of one part is taken only for a certificate that names its address. Raises `crl.*`
    errors.
    """
    return read_any_crl(data, issuer_der=issuer_der, scope=scope).at(moment, longest=longest)


def read_any_crl(data: bytes, *, issuer_der: bytes, scope: Scope = PERSON) -> Crl:
    """The same, at the moment when it was made: it may be over. Raises `crl.*` errors."""
    issuer = load_certificate(issuer_der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = x509.load_der_x509_crl(data)
            _require_issuer(loaded, issuer)
            _require_form(loaded)
            _require_extensions(loaded, scope)
            return Crl(loaded, loaded.last_update_utc)
    except UNREADABLE as error:
        raise CRLMalformedError from error


def _require_issuer(loaded: x509.CertificateRevocationList, issuer: x509.Certificate) -> None:
    if not is_same_name(loaded.issuer, issuer.subject):
        raise CRLIssuerError
    if not _may_sign_lists(issuer):
        raise CRLIssuerError
    if loaded.signature_algorithm_oid.dotted_string in WEAK_SIGNATURES:
        raise CRLSignatureError
    if not loaded.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        raise CRLSignatureError


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    """RFC 5280, 6.3.3 (f): whoever says for what his key is says this, too."""
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _require_term(
    loaded: x509.CertificateRevocationList, moment: datetime, longest: timedelta | None
) -> None:
    """Both ends belong to it."""
    made_at, until = loaded.last_update_utc, loaded.next_update_utc
    if longest is not None and moment - made_at > longest:
        raise CRLStaleError
    if until is None and longest is None:
        raise CRLStaleError
    if moment < made_at or (until is not None and moment > until):
        raise CRLStaleError


def _require_form(loaded: x509.CertificateRevocationList) -> None:
    """What the library lets pass (RFC 5280, 5.1.2.1 and 5.1.2.6). Raises `CRLMalformedError`."""
    content = der.content(loaded.tbs_certlist_bytes)
    if content[0] != der.INTEGER and _has_extensions(loaded):  # the first version has none
        raise CRLMalformedError
    if len(loaded) == 0 and EMPTY in der.children(loaded.tbs_certlist_bytes):
        raise CRLMalformedError


def _has_extensions(loaded: x509.CertificateRevocationList) -> bool:
    return bool(len(loaded.extensions)) or any(len(entry.extensions) for entry in loaded)


def _require_extensions(loaded: x509.CertificateRevocationList, scope: Scope) -> None:
    """Nothing critical that we do not read, and the certificate covered."""
    if scope.is_elsewhere:
        raise CRLExtensionError
    for extension in loaded.extensions:
        if extension.critical and extension.oid not in KNOWN:
            raise CRLExtensionError
        # RFC 5280, 5.2.4: changes only; critical by rule, but not with everybody.
        if extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            raise CRLExtensionError
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            require_scope(extension.value, scope)
    for entry in loaded:
        for extension in entry.extensions:
            if extension.critical and extension.oid not in ENTRY_KNOWN:
                raise CRLExtensionError
