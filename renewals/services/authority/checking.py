"""Is everything there that the authorities need? Asked at every start, and by `authority check`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from django.db.models import Max

from pki.errors import PKIError
from pki.issuer.file_keys import SUFFIX, require_private
from pki.issuer.keys import ROOT_SUFFIX, KeyHolder
from pki.issuer.pattern import IssuerMaterial, material_of
from pki.models import Authority
from pki.profiles import LEAF_PROFILES, STATUS_SERVICES, ServiceKind
from renewals.authority_errors import (
    AuthorityEndingError,
    AuthorityPathError,
    ListNumberError,
    ServiceLackingError,
)
from renewals.services.authority.certifying import needs
from renewals.services.authority.key_places import FilePlace, place_of

LONGEST_TERM = max(profile.term for profile in LEAF_PROFILES.values())


@dataclass(frozen=True)
class Finding:
    """One answer: about what, and the error's code and facts, or '' where all is well."""

    subject: str
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to do something."""
        return bool(self.code)


def cross_check(
    *, now: datetime, keys: KeyHolder | None, with_roots: bool = False
) -> list[Finding]:
    """Every question that this process can answer, about every authority of ours.

    Without `keys` nothing is said of keys. A root's key is looked at only when it is asked for:
    it may be kept elsewhere.
    """
    rows = list(Authority.objects.ours().select_related("parent"))
    return [finding for row in rows for finding in _look(row, keys, now, with_roots=with_roots)]


def is_planned_for(authority: Authority, *, now: datetime) -> bool:
    """Whether it does not matter when it ends: it issues no more, or another follows it."""
    is_retired = authority.retired_at is not None and authority.retired_at <= now
    return is_retired or authority.followers.filter(retired_at=None).exists()


def _look(
    row: Authority, keys: KeyHolder | None, now: datetime, *, with_roots: bool
) -> Iterator[Finding]:
    material = material_of(row.issuer_facts)
    is_root = row.key_name.endswith(ROOT_SUFFIX)
    if keys is not None and (with_roots or not is_root) and now <= material.not_after:
        yield _key_fits(row, keys)
    yield _stands_under_its_root(row, material)
    yield _list_number(row)
    if row.is_issuing:
        yield _lasts(row, material, now)
        for kind in ServiceKind:
            if needs(row, kind, now):
                yield _has_service(row, kind, material, keys, now)


def _key_fits(row: Authority, keys: KeyHolder) -> Finding:
    subject = f"keys:{row.key_name}"
    try:
        keys.require_match(row.issuer_facts)
    except PKIError as error:
        return Finding(subject, error.code, error.facts)
    return Finding(subject)


def _lasts(row: Authority, material: IssuerMaterial, now: datetime) -> Finding:
    subject = f"authority:{row.name}"
    if now + LONGEST_TERM <= material.not_after or is_planned_for(row, now=now):
        return Finding(subject)
    ends = material.not_after.isoformat()
    return Finding(subject, AuthorityEndingError.code, {"name": row.name, "not_after": ends})


def _stands_under_its_root(row: Authority, material: IssuerMaterial) -> Finding:
    """By its parent's key; a root by its own."""
    subject = f"authority:{row.name}:path"
    above = material_of(row.parent.issuer_facts) if row.parent else material
    cause = ""
    try:
        material.certificate.verify_directly_issued_by(above.certificate)
    except (InvalidSignature, ValueError, TypeError) as error:
        cause = type(error).__name__
    if material.not_after > above.not_after:
        cause = "it outlives its root"
    return (
        Finding(subject, AuthorityPathError.code, {"cause": cause}) if cause else Finding(subject)
    )


def _has_service(
    row: Authority,
    kind: ServiceKind,
    material: IssuerMaterial,
    keys: KeyHolder | None,
    now: datetime,
) -> Finding:
    """A certificate in force, and its key where it must be."""
    subject = f"service:{row.name}:{kind.value}"
    present = row.service_certificates.of_kind(kind).current(now).unrevoked().first()
    if now > material.not_after:
        return Finding(subject)
    if present is None:
        return Finding(subject, ServiceLackingError.code, {"service": kind.value})
    place = place_of(kind)
    try:
        if kind not in STATUS_SERVICES and keys is not None:
            keys.require_match(present.signer_facts)
        elif kind in STATUS_SERVICES and isinstance(place, FilePlace) and place.is_open:
            # Rights alone: it is opened by the process that signs with it.
            require_private(place.directory, 0o700)
            require_private(place.directory / f"{present.key_name}{SUFFIX}", 0o600)
    except PKIError as error:
        return Finding(subject, error.code, error.facts)
    return Finding(subject)


def _list_number(row: Authority) -> Finding:
    """A restored old back-up would give out numbers twice (RFC 5280, 5.2.3)."""
    subject = f"authority:{row.name}:lists"
    found = row.lists.aggregate(highest=Max("number"))["highest"] or 0
    if found <= row.crl_number and row.crl_base_number <= row.crl_number:
        return Finding(subject)
    highest = max(found, row.crl_base_number)
    facts = {"found": str(highest), "given": str(row.crl_number)}
    return Finding(subject, ListNumberError.code, facts)
