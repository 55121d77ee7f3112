"""The ASN.1 of time stamps (RFC 3161, 2.4), for `pki.timestamp` and who makes them.

`cryptography.hazmat.asn1` is declared unstable; its version is pinned. An optional element of any
kind under an explicit tag is read as a list under an implicit one: the bytes are the same.
"""

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from pki.cms_structures import Algorithm

decode_der = asn1.decode_der
encode_der = asn1.encode_der


@asn1.sequence
class MessageImprint:
    """What is stamped: a digest."""

    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class TimeStampReq:
    """2.4.1."""

    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificate: Annotated[bool, asn1.Default(False)]  # noqa: FBT003  # ASN.1's own
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]


@asn1.sequence
class Accuracy:
    """2.4.2: seconds, and thousandths and millionths of them."""

    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class TSTInfo:
    """2.4.2. The time may have fractions, so it is read by its text."""

    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial: int
    gen_time: asn1.TLV
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(False)]  # noqa: FBT003  # ASN.1's own
    nonce: int | None
    tsa: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class PKIStatusInfo:
    """RFC 4210, 5.2.3."""

    status: int
    texts: list[asn1.TLV] | None
    failure: asn1.BitString | None


@asn1.sequence
class Token:
    """A ContentInfo (RFC 5652, 3), whatever is in it."""

    content_type: ObjectIdentifier
    content: Annotated[list[asn1.TLV], asn1.Implicit(0)]


@asn1.sequence
class TimeStampResp:
    """2.4.2."""

    status: PKIStatusInfo
    token: Token | None


@asn1.sequence
class EssCertificateIdV1:
    """ESSCertID of RFC 5035, 5.4: by SHA-1, which names a certificate here and proves nothing."""

    certificate_hash: bytes
    issuer_serial: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificateV1:
    """SigningCertificate of RFC 5035, 5.4."""

    certificates: list[EssCertificateIdV1]
    policies: list[asn1.TLV] | None
