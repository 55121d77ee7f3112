"""What the page about the authority says of its certificates, and where it publishes what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pki.certificate import CertificateFacts, parse_certificate
from pki.models import Authority, CrossCertificate
from pki.profiles import ServiceKind
from renewals.statement import group_hex


@dataclass(frozen=True)
class Place:
    """Something that is published: what it is, and its address."""

    title: Promise
    url: str


@dataclass(frozen=True)
class AuthorityRow:
    """A certificate of an authority with everything that one compares and needs."""

    name: str
    facts: CertificateFacts
    places: tuple[Place, ...]
    is_root: bool = False
    is_cross: bool = False
    is_retired: bool = False

    @property
    def fingerprint(self) -> str:
        """SHA-256 in groups: for eyes."""
        return group_hex(self.facts.fingerprint)


def rows_of(authorities: Iterable[Authority], now: datetime) -> list[AuthorityRow]:
    """Of our own authorities, roots first, then of the certificates between roots."""
    ordered = sorted(authorities, key=lambda row: (row.parent_id is not None, row.name))
    rows = [_row(one, now) for one in ordered]
    crosses = CrossCertificate.objects.filter(subject__in=ordered).select_related(
        "subject", "issuer"
    )
    return rows + [_cross_row(one) for one in crosses]


def _row(authority: Authority, now: datetime) -> AuthorityRow:
    return AuthorityRow(
        authority.name,
        parse_certificate(bytes(authority.certificate_der)),
        tuple(_places(authority)),
        is_root=authority.parent_id is None,
        is_retired=authority.retired_at is not None and authority.retired_at <= now,
    )


def _cross_row(cross: CrossCertificate) -> AuthorityRow:
    base = settings.PKI_BASE_URL.rstrip("/")
    place = Place(_("Certificate"), f"{base}/{cross.file_name}.cer")
    facts = parse_certificate(bytes(cross.certificate_der))
    return AuthorityRow(cross.file_name, facts, (place,), is_cross=True)


def _places(authority: Authority) -> Iterable[Place]:
    facts = authority.issuer_facts
    yield Place(_("Certificate"), facts.certificate_url)
    if authority.parent_id is not None:
        yield Place(_("Certificate with its root"), f"{facts.base_url}/{facts.name}.p7c")
    yield Place(_("List of revoked certificates"), facts.crl_url)
    if authority.is_issuing:
        yield Place(_("List of changes"), facts.delta_url)
        yield Place(_("Status of one certificate (OCSP)"), facts.ocsp_url)
    if authority.service_certificates.of_kind(ServiceKind.TIMESTAMP).exists():
        yield Place(_("Time stamps (RFC 3161)"), f"{facts.base_url}/tsa/{facts.name}/")
