"""A root and the authority under it: their certificates, each signed by its root's key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from pki.authority import IssuerFacts
from pki.issuer.keys import AuthorityKey, AuthorityPublicKey, signature_hash
from pki.issuer.lint import pkilint_findings, raise_findings
from pki.issuer.pattern import authority_key_identifier, key_identifier, key_usage, locations
from pki.issuer.prepare import SECOND, new_serial
from pki.profiles import ANY_POLICY, AUTHORITY_USE, AuthorityProfile


@dataclass(frozen=True)
class NewAuthority:
    """Certificates of a root and of the authority under it, as DER."""

    root_der: bytes
    issuing_der: bytes


def certify_authority(
    profile: AuthorityProfile,
    *,
    root: IssuerFacts,
    name: str,
    root_key: AuthorityKey,
    issuing_key: AuthorityKey,
    valid_from: datetime,
) -> NewAuthority:
    """Make both certificates. `root` says where the root's list will be; its DER is not read.

    Raises `issuer.lint` when either would break a rule.
    """
    not_before = valid_from.replace(microsecond=0)
    root_certificate = _certify_root(profile, name, root_key, not_before)
    issuing_certificate = _certify(
        subject=_name(profile, profile.issuing_common_name, name),
        issuer_name=root_certificate.subject,
        public_key=issuing_key.public_key(),
        term=(not_before, profile.issuing_term),
        path_length=0,
        extra=[
            (authority_key_identifier(root_certificate), False),
            (x509.CertificatePolicies([x509.PolicyInformation(ANY_POLICY, None)]), False),
            *locations(root, with_ocsp=False),
        ],
        signer=root_key,
    )
    made = NewAuthority(
        root_der=root_certificate.public_bytes(serialization.Encoding.DER),
        issuing_der=issuing_certificate.public_bytes(serialization.Encoding.DER),
    )
    for certificate_der in (made.root_der, made.issuing_der):
        raise_findings(pkilint_findings(certificate_der), serial="")
    return made


def _certify_root(
    profile: AuthorityProfile, name: str, key: AuthorityKey, not_before: datetime
) -> x509.Certificate:
    subject = _name(profile, profile.root_common_name, name)
    identifier = x509.SubjectKeyIdentifier(key_identifier(_spki(key.public_key())))
    own = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return _certify(
        subject=subject,
        issuer_name=subject,
        public_key=key.public_key(),
        term=(not_before, profile.root_term),
        path_length=1,
        extra=[(own, False)],
        signer=key,
    )


def _name(profile: AuthorityProfile, common_name: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name.format(name=name.upper())),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, profile.organisation),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        ]
    )


def _certify(
    *,
    subject: x509.Name,
    issuer_name: x509.Name,
    public_key: AuthorityPublicKey,
    term: tuple[datetime, timedelta],
    path_length: int,
    extra: list[tuple[x509.ExtensionType, bool]],
    signer: AuthorityKey,
) -> x509.Certificate:
    not_before, length = term
    # RFC 5280, 4.2.1.3 and 4.2.1.9: both critical in the certificate of an authority.
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (key_usage(AUTHORITY_USE), True),
        (x509.SubjectKeyIdentifier(key_identifier(_spki(public_key))), False),
        *extra,
    ]
    return x509.CertificateBuilder(
        issuer_name=issuer_name,
        subject_name=subject,
        public_key=public_key,
        serial_number=int.from_bytes(new_serial()),
        not_valid_before=not_before,
        not_valid_after=not_before + length - SECOND,
        extensions=[
            x509.Extension(value.oid, is_critical, value) for value, is_critical in extensions
        ],
    ).sign(signer, signature_hash(signer))


def _spki(public_key: AuthorityPublicKey) -> bytes:
    return public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
