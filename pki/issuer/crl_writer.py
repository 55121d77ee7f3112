"""A list of revoked certificates: stored entries joined, signed by the issuer's key, checked again.

`cryptography` builds the list without entries with a key that cannot sign; the entries are put
between its fields. So a million of them cost one join and one signature.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from pki import der
from pki.authority import IssuerFacts
from pki.errors import NotPlannedError
from pki.issuer.blank import blank_key
from pki.issuer.keys import KeyBackend, signature_hash
from pki.issuer.pattern import authority_key_identifier, material_of
from pki.issuer.sign import verify

# Fields of a TBSCertList without entries (RFC 5280, 5.1): what follows the issuer's name.
ISSUER, TIMES_END = 2, 5
FIELD_COUNT = 6


@dataclass(frozen=True)
class ListPlan:
    """What a list says about itself; `this_update` and `next_update` are aware, UTC.

    With `base_number` it holds the changes since that whole list, with `part` the entries of one
    part, whose address certificates name; with neither it is the whole list, and
    `has_changes` says that there is a list of changes beside it.
    """

    issuer: IssuerFacts
    number: int
    this_update: datetime
    next_update: datetime
    base_number: int | None = None
    part: int | None = None
    has_changes: bool = False


def write_list(plan: ListPlan, entries: Iterable[bytes], keys: KeyBackend) -> bytes:
    """A CertificateList, DER, with these entries in this order.

    Raises `issuer.not_planned` for what must never leave, and what the keys raise.
    """
    tbs = _content(plan, list(entries))
    signature = keys.sign(plan.issuer, tbs)
    algorithm = der.children(_blank(plan).tbs_certlist_bytes)[1]
    made = _sequence([tbs, algorithm, der.tlv(der.BIT_STRING, b"\0" + signature)])
    _compare(plan, made, tbs, signature)
    return made


def _sequence(pieces: list[bytes]) -> bytes:
    """One element of them all: joined once, for they may be many megabytes."""
    return b"".join((der.header(der.SEQUENCE, sum(map(len, pieces))), *pieces))


def _content(plan: ListPlan, entries: list[bytes]) -> bytes:
    """TBSCertList: no field for entries where there are none (RFC 5280, 5.1.2.6)."""
    fields = der.children(_blank(plan).tbs_certlist_bytes)
    if len(fields) != FIELD_COUNT:
        raise NotPlannedError
    # Not encoded again: it has to be the very name of the issuer's certificate.
    fields[ISSUER] = material_of(plan.issuer).subject_der
    length = sum(map(len, entries))
    revoked = [der.header(der.SEQUENCE, length), *entries] if length else []
    return _sequence([*fields[:TIMES_END], *revoked, *fields[TIMES_END:]])


def _blank(plan: ListPlan) -> x509.CertificateRevocationList:
    material = material_of(plan.issuer)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(material.certificate.subject)
        .last_update(plan.this_update)
        .next_update(plan.next_update)
    )
    for extension, is_critical in _extensions(plan):
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(blank_key(material.public_key), signature_hash(material.public_key))


def _extensions(plan: ListPlan) -> list[tuple[x509.ExtensionType, bool]]:
    """RFC 5280, 5.2, each with its criticality."""
    found: list[tuple[x509.ExtensionType, bool]] = [
        (authority_key_identifier(material_of(plan.issuer).certificate), False),
        (x509.CRLNumber(plan.number), False),
    ]
    if plan.base_number is not None:
        found.append((x509.DeltaCRLIndicator(plan.base_number), True))
    elif plan.part is not None:
        found.append((_scope(plan.issuer.list_url(plan.part)), True))
    elif plan.has_changes:
        address = x509.UniformResourceIdentifier(plan.issuer.delta_url)
        point = x509.DistributionPoint([address], None, None, None)
        found.append((x509.FreshestCRL([point]), False))
    return found


def _scope(url: str) -> x509.IssuingDistributionPoint:
    """One part: only certificates that name this address, none of authorities (5.2.5)."""
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )


def _compare(plan: ListPlan, made: bytes, tbs: bytes, signature: bytes) -> None:
    """It can be read, is of this issuer and number, and the issuer's key has signed it."""
    material = material_of(plan.issuer)
    try:
        verify(material.public_key, signature, tbs)
        loaded = x509.load_der_x509_crl(made)
        number = loaded.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound, InvalidSignature) as error:
        raise NotPlannedError(number=str(plan.number)) from error
    if loaded.issuer != material.certificate.subject or number != plan.number:
        raise NotPlannedError(number=str(plan.number))
