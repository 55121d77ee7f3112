"""Our authorities as the world knows them: by name, and by the hashes in which it asks of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from pki.authority import IssuerFacts
from pki.issuer.ocsp_writer import issuer_hashes
from pki.models import Authority, CrossCertificate, ServiceCertificate
from pki.ocsp_request import CertificateId
from pki.profiles import ServiceKind

# SHA-1 and SHA-256: the two in which clients name an issuer.
HASHES = {"1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256"}
IssuerName = tuple[str, bytes, bytes]


@dataclass(frozen=True)
class ServedAuthority:
    """One of ours. `chain_der` is a CMS of its certificate and those above it (RFC 5280, 4.2.2.1).

    `answers` says whether it answers about single certificates at all: a root does not.
    """

    id: int
    name: str
    certificate_der: bytes
    chain_der: bytes
    answers: bool


@dataclass(frozen=True)
class Directory:
    """All of ours at one moment; by hashes, those that answer; certificates of roots by others."""

    by_name: Mapping[str, ServedAuthority]
    by_hashes: Mapping[IssuerName, ServedAuthority]
    crosses: Mapping[str, bytes] = field(default_factory=dict)

    def issuer_of(self, certificate: CertificateId) -> ServedAuthority | None:
        """Whose certificate it is said to be; None: none of ours that answers."""
        key = (certificate.hash_oid, certificate.name_hash, certificate.key_hash)
        return self.by_hashes.get(key)


def read_directory() -> Directory:
    """From the records, with three questions."""
    rows = {row.pk: row for row in Authority.objects.defer("crl_der")}
    responders = set(
        ServiceCertificate.objects.filter(kind=ServiceKind.OCSP.value)
        .order_by()
        .values_list("authority_id", flat=True)
        .distinct()
    )
    served = [
        ServedAuthority(
            id=row.pk,
            name=row.name,
            certificate_der=bytes(row.certificate_der),
            chain_der=_chain(row, rows),
            answers=row.is_issuing or row.pk in responders,
        )
        for row in rows.values()
        if row.is_ours
    ]
    return Directory(
        by_name={one.name: one for one in served},
        by_hashes={
            (oid, *issuer_hashes(one.certificate_der, name)): one
            for one in served
            if one.answers
            for oid, name in HASHES.items()
        },
        crosses={
            one.file_name: bytes(one.certificate_der)
            for one in CrossCertificate.objects.select_related("subject", "issuer")
        },
    )


def candidates(authority_id: int, kind: ServiceKind, *, now: datetime) -> list[IssuerFacts]:
    """Certificates by which that service may sign for it at `now`, the newest first."""
    rows = ServiceCertificate.objects.filter(authority_id=authority_id).of_kind(kind)
    return [row.signer_facts for row in rows.current(now).unrevoked()]


def _chain(row: Authority, rows: Mapping[int, Authority]) -> bytes:
    chain = [x509.load_der_x509_certificate(bytes(row.certificate_der))]
    above = row.parent_id
    while above is not None and above in rows and len(chain) <= len(rows):
        chain.append(x509.load_der_x509_certificate(bytes(rows[above].certificate_der)))
        above = rows[above].parent_id
    return pkcs7.serialize_certificates(chain, Encoding.DER)
