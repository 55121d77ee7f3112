"""The ASN.1 of CMS SignedData (RFC 5652), for `pki.cms` alone.

`cryptography.hazmat.asn1` is declared unstable: it is used in this module and nowhere else for
CMS, and its version is pinned.
"""

from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

decode_der = asn1.decode_der
encode_der = asn1.encode_der


@asn1.sequence
class Algorithm:
    """RFC 5280, 4.1.1.2, with NULL or nothing for parameters: all but RSASSA-PSS and GOST."""

    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class AlgorithmWithParameters:
    """RFC 5280, 4.1.1.2, with any parameters."""

    oid: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class MaskGeneration:
    """The function is MGF1, or it is none of ours; its parameter is a digest (RFC 8017, A.2.3)."""

    oid: ObjectIdentifier
    digest: Algorithm


@asn1.sequence
class PSSParameters:
    """RFC 8017, A.2.3. What is absent means SHA-1, which nobody accepts here."""

    digest: Annotated[Algorithm | None, asn1.Explicit(0)]
    mask: Annotated[MaskGeneration | None, asn1.Explicit(1)]
    salt_length: Annotated[int | None, asn1.Explicit(2)]
    trailer: Annotated[int | None, asn1.Explicit(3)]


@asn1.sequence
class Attribute:
    """RFC 5652, 5.3."""

    type: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class IssuerAndSerialNumber:
    """RFC 5652, 10.2.4."""

    issuer: asn1.TLV
    serial: int


@asn1.sequence
class EncapsulatedContent:
    """RFC 5652, 5.2."""

    content_type: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class SignerInfo:
    """RFC 5652, 5.3. The signer's identifier is read by its tag."""

    version: int
    identifier: asn1.TLV
    digest_algorithm: asn1.TLV
    signed_attributes: Annotated[asn1.SetOf[Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned_attributes: Annotated[asn1.SetOf[Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class SignedData:
    """RFC 5652, 5.1. Nothing in it but the signers is signed.

    The certificates are a list here, because a SET OF must be sorted and signers of BER leave
    theirs as they come.
    """

    version: int
    digest_algorithms: asn1.TLV
    content: EncapsulatedContent
    certificates: Annotated[list[x509.Certificate] | None, asn1.Implicit(0)]
    revocation_lists: Annotated[list[x509.CertificateRevocationList] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    """RFC 5652, 3."""

    content_type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class EssIssuerSerial:
    """RFC 5035, 4."""

    issuer: list[asn1.TLV]
    serial: int


@asn1.sequence
class EssCertificateId:
    """ESSCertIDv2 of RFC 5035, 3; without a hash algorithm it is SHA-256."""

    hash_algorithm: Algorithm | None
    certificate_hash: bytes
    issuer_serial: EssIssuerSerial | None


@asn1.sequence
class SigningCertificate:
    """SigningCertificateV2 of RFC 5035, 3."""

    certificates: list[EssCertificateId]
    policies: list[asn1.TLV] | None


@asn1.sequence
class AttributeSet:
    """Wraps the attributes to write them under the tag of a SET (RFC 5652, 5.4)."""

    attributes: asn1.SetOf[Attribute]


def read_algorithm(element: asn1.TLV) -> tuple[str, asn1.TLV | None]:
    """Dotted OID, and the parameters where they are more than NULL. Raises `ValueError`."""
    try:
        return element.parse(Algorithm).oid.dotted_string, None
    except (ValueError, TypeError):
        found = element.parse(AlgorithmWithParameters)
    return found.oid.dotted_string, found.parameters
