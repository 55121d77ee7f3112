"""Certificates of authorities: a root, the authority under it, and roots about each other."""

from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from pki.authority import IssuerFacts
from pki.errors import NotPlannedError
from pki.issuer.blank import blank_key
from pki.issuer.keys import AuthorityPublicKey, KeyBackend, signature_hash
from pki.issuer.lint import pkilint_findings, raise_findings
from pki.issuer.pattern import (
    authority_key_identifier,
    key_identifier,
    key_usage,
    locations,
    material_of,
)
from pki.issuer.prepare import SECOND, new_serial
from pki.issuer.sign import assemble, verify
from pki.profiles import ANY_POLICY, AUTHORITY_USE, AuthorityProfile

Extensions = list[tuple[x509.ExtensionType, bool]]
ISSUING_PATH_LENGTH, ROOT_PATH_LENGTH = 0, 1


@dataclass(frozen=True)
class NewAuthority:
    """Certificates of a root and of the authority under it, as DER."""

    root_der: bytes
    issuing_der: bytes


@dataclass(frozen=True)
class _Content:
    """What an authority's certificate says, besides how it is signed."""

    subject: x509.Name
    public_key: AuthorityPublicKey
    identifier: x509.SubjectKeyIdentifier
    not_before: datetime
    not_after: datetime
    path_length: int | None
    extra: Extensions


def certify_authority(
    profile: AuthorityProfile,
    *,
    root: IssuerFacts,
    name: str,
    root_key: AuthorityPublicKey,
    issuing_key: AuthorityPublicKey,
    keys: KeyBackend,
    valid_from: datetime,
) -> NewAuthority:
    """Make both. `root` says how its key and its list are named; its DER is not read.

    Raises `issuer.lint` when either would break a rule, and what the keys raise.
    """
    root_der = certify_root(
        profile, root=root, name=name, key=root_key, keys=keys, valid_from=valid_from
    )
    issuing_der = certify_issuing(
        profile,
        root=replace(root, certificate_der=root_der),
        name=name,
        key=issuing_key,
        keys=keys,
        valid_from=valid_from,
    )
    return NewAuthority(root_der, issuing_der)


def certify_root(
    profile: AuthorityProfile,
    *,
    root: IssuerFacts,
    name: str,
    key: AuthorityPublicKey,
    keys: KeyBackend,
    valid_from: datetime,
    subject: x509.Name | None = None,
) -> bytes:
    """A root's own certificate, DER; under the name of an older one where `subject` gives it."""
    not_before = valid_from.replace(microsecond=0)
    identifier = x509.SubjectKeyIdentifier(key_identifier(_spki(key)))
    own = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    content = _Content(
        subject=subject or _name(profile, profile.root_common_name, name),
        public_key=key,
        identifier=identifier,
        not_before=not_before,
        not_after=not_before + profile.root_term - SECOND,
        path_length=ROOT_PATH_LENGTH,
        extra=[(own, False)],
    )
    # Signed by nobody: it tells the back end which key is meant, before there is a certificate.
    blank = _build(content, issuer_name=content.subject, issuer_key=key)
    blank_der = blank.public_bytes(serialization.Encoding.DER)
    return _certify(content, issuer=replace(root, certificate_der=blank_der), keys=keys)


def certify_issuing(
    profile: AuthorityProfile,
    *,
    root: IssuerFacts,
    name: str,
    key: AuthorityPublicKey,
    keys: KeyBackend,
    valid_from: datetime,
) -> bytes:
    """The certificate of an authority under `root`, DER; it ends with its root at the latest."""
    not_before = valid_from.replace(microsecond=0)
    content = _Content(
        subject=_name(profile, profile.issuing_common_name, name),
        public_key=key,
        identifier=x509.SubjectKeyIdentifier(key_identifier(_spki(key))),
        not_before=not_before,
        not_after=min(
            not_before + profile.issuing_term - SECOND,
            material_of(root).not_after,
        ),
        path_length=ISSUING_PATH_LENGTH,
        extra=_under(root),
    )
    return _certify(content, issuer=root, keys=keys)


def certify_cross(
    subject_der: bytes, *, issuer: IssuerFacts, keys: KeyBackend, not_before: datetime
) -> bytes:
    """The same root, certified by another root of the same name (RFC 9810, 4.4), DER.

    `subject_der` is the own certificate of the one that is certified. It lasts as long as both.
    """
    subject = x509.load_der_x509_certificate(subject_der)
    public_key = subject.public_key()
    if not isinstance(public_key, AuthorityPublicKey):
        raise NotPlannedError(name=issuer.name)
    find = subject.extensions.get_extension_for_class
    content = _Content(
        subject=subject.subject,
        public_key=public_key,
        identifier=find(x509.SubjectKeyIdentifier).value,
        not_before=not_before.replace(microsecond=0),
        not_after=min(subject.not_valid_after_utc, material_of(issuer).not_after),
        path_length=find(x509.BasicConstraints).value.path_length,
        extra=_under(issuer),
    )
    return _certify(content, issuer=issuer, keys=keys)


def _under(issuer: IssuerFacts) -> Extensions:
    """What stands in the certificate of an authority that another one has certified."""
    return [
        (authority_key_identifier(material_of(issuer).certificate), False),
        (x509.CertificatePolicies([x509.PolicyInformation(ANY_POLICY, None)]), False),
        *locations(issuer, with_ocsp=False),
    ]


def _name(profile: AuthorityProfile, common_name: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name.format(name=name.upper())),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, profile.organisation),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        ]
    )


def _certify(content: _Content, *, issuer: IssuerFacts, keys: KeyBackend) -> bytes:
    """Built with a key that cannot sign, signed behind the back end, verified, linted."""
    material = material_of(issuer)
    built = _build(
        content, issuer_name=material.certificate.subject, issuer_key=material.public_key
    )
    tbs_der = built.tbs_certificate_bytes
    signature = keys.sign(issuer, tbs_der)
    try:
        verify(material.public_key, signature, tbs_der)
    except InvalidSignature as error:
        raise NotPlannedError(name=issuer.name) from error
    made = assemble(tbs_der, signature)
    raise_findings(pkilint_findings(made), serial="")
    return made


def _build(
    content: _Content, *, issuer_name: x509.Name, issuer_key: AuthorityPublicKey
) -> x509.Certificate:
    # RFC 5280, 4.2.1.3 and 4.2.1.9: both critical in the certificate of an authority.
    extensions: Extensions = [
        (x509.BasicConstraints(ca=True, path_length=content.path_length), True),
        (key_usage(AUTHORITY_USE), True),
        (content.identifier, False),
        *content.extra,
    ]
    return x509.CertificateBuilder(
        issuer_name=issuer_name,
        subject_name=content.subject,
        public_key=content.public_key,
        serial_number=int.from_bytes(new_serial()),
        not_valid_before=content.not_before,
        not_valid_after=content.not_after,
        extensions=[
            x509.Extension(value.oid, is_critical, value) for value, is_critical in extensions
        ],
    ).sign(blank_key(issuer_key), signature_hash(issuer_key))


def _spki(public_key: AuthorityPublicKey) -> bytes:
    return public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
