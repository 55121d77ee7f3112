"""What all certificates of one issuer, profile and kind of key have in common, built once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from pki import der
from pki.authority import IssuerFacts
from pki.certificate import STORAGE_EXTENSION
from pki.issuer.blank import blank_key
from pki.issuer.keys import AuthorityPublicKey, signature_hash
from pki.profiles import STORAGE_OIDS, KeyUse, LeafProfile

KEY_IDENTIFIER_LENGTH = 20
KEY_IDENTIFIER_OID = bytes.fromhex("0603551d0e")


@dataclass(frozen=True)
class IssuerMaterial:
    """The issuer's own certificate, taken apart."""

    certificate: x509.Certificate
    public_key: AuthorityPublicKey
    subject_der: bytes
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Pattern:
    """Pieces of DER: fields of the content, and its extensions around the key identifier.

    `key_identifier` is that extension without its last 20 octets, which each plan adds.
    """

    version: bytes
    signature_algorithm: bytes
    issuer_name: bytes
    head: tuple[bytes, ...]
    key_identifier: bytes
    tail: tuple[bytes, ...]


@lru_cache(maxsize=32)
def material_of(issuer: IssuerFacts) -> IssuerMaterial:
    """Take the issuer's certificate apart. Raises `TypeError` for a kind of key we cannot use."""
    certificate = x509.load_der_x509_certificate(issuer.certificate_der)
    public_key = certificate.public_key()
    if not isinstance(public_key, AuthorityPublicKey):
        raise TypeError(type(public_key).__name__)
    return IssuerMaterial(
        certificate=certificate,
        public_key=public_key,
        # Not encoded again: path validation compares names, and ours must be the very same.
        subject_der=der.children(certificate.tbs_certificate_bytes)[5],
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


# One for each part of a list that is cut: certificates name theirs.
@lru_cache(maxsize=8192)
def pattern_of(
    issuer: IssuerFacts, profile: LeafProfile, key_kind: str, part: int | None = None
) -> Pattern:
    """Build the pattern with a key that cannot sign. Raises `issuer.not_planned`."""
    material = material_of(issuer)
    placeholder = bytes(KEY_IDENTIFIER_LENGTH)
    built = x509.CertificateBuilder(
        issuer_name=material.certificate.subject,
        subject_name=material.certificate.subject,
        public_key=material.public_key,
        serial_number=1,
        not_valid_before=material.not_before,
        not_valid_after=material.not_after,
        extensions=[
            x509.Extension(value.oid, is_critical, value)
            for value, is_critical in leaf_extensions(
                issuer, profile, profile.key_use(key_kind), placeholder, part
            )
        ],
    ).sign(blank_key(material.public_key), signature_hash(material.public_key))
    fields = der.children(built.tbs_certificate_bytes)
    extensions = der.children(der.content(fields[7]))
    position = next(i for i, one in enumerate(extensions) if KEY_IDENTIFIER_OID in one[:8])
    return Pattern(
        version=fields[0],
        signature_algorithm=fields[2],
        issuer_name=material.subject_der,
        head=tuple(extensions[:position]),
        key_identifier=extensions[position][:-KEY_IDENTIFIER_LENGTH],
        tail=tuple(extensions[position + 1 :]),
    )


def leaf_extensions(
    issuer: IssuerFacts,
    profile: LeafProfile,
    use: KeyUse,
    identifier: bytes,
    part: int | None = None,
) -> list[tuple[x509.ExtensionType, bool]]:
    """Every extension of a leaf's certificate with its criticality, in order.

    `part` is the one of its serial number where the issuer's list is cut into parts.
    """
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(use), True),
        (x509.ExtendedKeyUsage(profile.extended_usages), profile.is_usage_critical),
        (authority_key_identifier(material_of(issuer).certificate), False),
        (x509.SubjectKeyIdentifier(identifier), False),
        (x509.CertificatePolicies([x509.PolicyInformation(profile.policy, None)]), False),
        *_status(issuer, profile, part),
        *_storage(profile),
    ]


def _status(
    issuer: IssuerFacts, profile: LeafProfile, part: int | None
) -> list[tuple[x509.ExtensionType, bool]]:
    """Where to ask what became of it; or that nobody needs to."""
    if profile.is_unchecked:
        return [(x509.OCSPNoCheck(), False)]
    return locations(issuer, with_ocsp=True, part=part)


def _storage(profile: LeafProfile) -> list[tuple[x509.ExtensionType, bool]]:
    """Where a person keeps his key; a service's certificate says nothing of it."""
    if profile.storage is None:
        return []
    value = der.tlv(der.SEQUENCE, oid_der(STORAGE_OIDS[profile.storage]))
    return [(x509.UnrecognizedExtension(STORAGE_EXTENSION, value), False)]


def locations(
    issuer: IssuerFacts, *, with_ocsp: bool, part: int | None = None
) -> list[tuple[x509.ExtensionType, bool]]:
    """Where to ask what became of a certificate, and where its issuer's own certificate is."""
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(issuer.list_url(part))], None, None, None
    )
    answers = [(AuthorityInformationAccessOID.OCSP, issuer.ocsp_url)] if with_ocsp else []
    return [
        (x509.CRLDistributionPoints([point]), False),
        (
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
                    for method, url in (
                        *answers,
                        (AuthorityInformationAccessOID.CA_ISSUERS, issuer.certificate_url),
                    )
                ]
            ),
            False,
        ),
    ]


def key_usage(use: KeyUse) -> x509.KeyUsage:
    """RFC 5280, 4.2.1.3."""
    return x509.KeyUsage(
        digital_signature=use.digital_signature,
        content_commitment=use.non_repudiation,
        key_encipherment=use.key_encipherment,
        data_encipherment=False,
        key_agreement=use.key_agreement,
        key_cert_sign=use.certificate_sign,
        crl_sign=use.crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """The issuer's own key identifier, so that the path is found by it (RFC 5280, 4.2.1.1)."""
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def key_identifier(spki_der: bytes) -> bytes:
    """The leftmost 160 bits of the SHA-256 of the key (RFC 7093, 2, method 1): without SHA-1."""
    bits = der.content(der.children(spki_der)[1])[1:]
    return hashlib.sha256(bits).digest()[:KEY_IDENTIFIER_LENGTH]


def oid_der(oid: x509.ObjectIdentifier) -> bytes:
    """An object identifier as DER (X.690, 8.19)."""
    first, second, *rest = (int(part) for part in oid.dotted_string.split("."))
    octets = b""
    for arc in (first * 40 + second, *rest):
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(group))
    return der.tlv(0x06, octets)
