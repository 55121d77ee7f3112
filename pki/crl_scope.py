"""Which lists of revoked certificates are about a certificate: what it says, what they say."""

from dataclasses import dataclass

from cryptography import x509

from pki.certificate import UNREADABLE, load_certificate
from pki.errors import CertificateMalformedError, CRLExtensionError


@dataclass(frozen=True)
class Scope:
    """What has to be covered: a certificate by the addresses of lists that it names.

    `is_authority` is None where a certificate cannot say so; `is_elsewhere` where somebody else
    than its issuer makes its lists.
    """

    addresses: frozenset[str] = frozenset()
    is_authority: bool | None = False
    is_elsewhere: bool = False


# Anybody's, of which nothing else is known: only lists of everybody are about it.
PERSON = Scope()


def scope_of(certificate_der: bytes) -> Scope:
    """What a certificate says. Raises `CertificateMalformedError`."""
    certificate = load_certificate(certificate_der)
    try:
        extensions = [extension.value for extension in certificate.extensions]
    except UNREADABLE as error:
        raise CertificateMalformedError from error
    points = [
        point
        for value in extensions
        if isinstance(value, x509.CRLDistributionPoints)
        for point in value
    ]
    # RFC 5280, 4.2.1.13: a list made by somebody else; those we do not read.
    own = [point for point in points if not point.crl_issuer]
    constraints = [value.ca for value in extensions if isinstance(value, x509.BasicConstraints)]
    return Scope(
        addresses=frozenset(
            name.value
            for point in own
            for name in point.full_name or ()
            if isinstance(name, x509.UniformResourceIdentifier)
        ),
        is_authority=None if certificate.version is x509.Version.v1 else any(constraints),
        is_elsewhere=bool(points) and not own,
    )


def require_scope(point: x509.IssuingDistributionPoint, scope: Scope) -> None:
    """RFC 5280, 6.3.3 (b)(2): the list is about this certificate. Raises `CRLExtensionError`."""
    if (
        point.only_contains_attribute_certs
        or point.indirect_crl
        or point.only_some_reasons
        or point.relative_name
    ):
        raise CRLExtensionError
    if point.only_contains_user_certs and scope.is_authority is not False:
        raise CRLExtensionError
    if point.only_contains_ca_certs and scope.is_authority is not True:
        raise CRLExtensionError
    if point.full_name is not None:
        named = {
            name.value
            for name in point.full_name
            if isinstance(name, x509.UniformResourceIdentifier)
        }
        if not named & scope.addresses:
            raise CRLExtensionError
