"""Signatures by service keys: a seal in the one encoding that `pki.cades` reads, and letters."""

from collections.abc import Callable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.authority import IssuerFacts
from pki.cades import (
    assemble_seal,
    open_seal,
    require_sealer,
    signed_attributes,
    verify_seal,
)
from pki.certificate import load_certificate
from pki.errors import NotPlannedError, PKIError
from pki.issuer.keys import KeyBackend
from pki.issuer.pattern import material_of
from pki.issuer.sign import verify

# Gives the time stamp (DER) over a signature's value.
Stamper = Callable[[bytes], bytes]


def seal_content(
    content: bytes,
    *,
    sealer: IssuerFacts,
    keys: KeyBackend,
    now: datetime,
    stamp: Stamper | None = None,
) -> bytes:
    """A detached CMS over `content`, DER. `sealer` carries the certificate for sealing.

    With `stamp` it is CAdES-T (EN 319 122-1, 5.3). What was made is read again before it leaves.
    Raises `SealerError`, `issuer.not_planned`, what the keys raise and what `stamp` raises.
    """
    made = _seal(content, sealer, keys, now, stamp=stamp)
    try:
        verify_seal(made, content=content)
    except PKIError as error:
        raise NotPlannedError(name=sealer.name) from error
    return made


def enclose(content: bytes, *, sealer: IssuerFacts, keys: KeyBackend, now: datetime) -> bytes:
    """A seal that carries `content` within itself, DER. Raises what `seal_content` raises."""
    made = _seal(content, sealer, keys, now, is_enclosed=True)
    try:
        found, _facts = open_seal(made)
    except PKIError as error:
        raise NotPlannedError(name=sealer.name) from error
    if found != content:
        raise NotPlannedError(name=sealer.name)
    return made


def _seal(
    content: bytes,
    sealer: IssuerFacts,
    keys: KeyBackend,
    now: datetime,
    *,
    stamp: Stamper | None = None,
    is_enclosed: bool = False,
) -> bytes:
    require_sealer(sealer.certificate_der)
    attributes = signed_attributes(sealer.certificate_der, content=content, sealed_at=now)
    signature = keys.sign(sealer, attributes)
    return assemble_seal(
        sealer.certificate_der,
        attributes=attributes,
        signature=signature,
        enclosed=content if is_enclosed else None,
        token=stamp(signature) if stamp is not None else None,
    )


def sign_letter(
    content: bytes, *, signer: IssuerFacts, authority_der: bytes, keys: KeyBackend, now: datetime
) -> bytes:
    """A detached CMS over a MIME entity with CRLF, DER (RFC 8551, 3.5.3).

    `signer` carries a certificate for which `letter_address` is not ''; it goes along with its
    authority's, and without the root, which readers must have got elsewhere. Raises
    `issuer.not_planned`, and what the keys raise.
    """
    der = signer.certificate_der
    attributes = signed_attributes(der, content=content, sealed_at=now)
    signature = keys.sign(signer, attributes)
    try:
        # Once more, because a fault while signing may give away an RSA key.
        verify(material_of(signer).public_key, signature, attributes)
    except InvalidSignature as error:
        raise NotPlannedError(name=signer.name) from error
    return assemble_seal(der, attributes=attributes, signature=signature, others=(authority_der,))


def letter_address(certificate_der: bytes) -> str:
    """The sender for whose letters a service's certificate is, and for nothing else; or ''."""
    extensions = load_certificate(certificate_der).extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    is_for_letters = usage.digital_signature and not usage.content_commitment
    if list(extended) != [ExtendedKeyUsageOID.EMAIL_PROTECTION] or not is_for_letters:
        return ""
    found = names.get_values_for_type(x509.RFC822Name)
    return found[0] if len(found) == 1 else ""
