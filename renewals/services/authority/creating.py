"""A root and the authority under it: keys first, then both rows in one transaction."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from pki.authority import IssuerFacts
from pki.errors import KeyMissingError
from pki.issuer.authorities import NewAuthority, certify_authority
from pki.issuer.keys import ROOT_SUFFIX
from pki.models import Authority
from pki.profiles import AUTHORITY_PROFILES
from renewals.actor import Actor
from renewals.authority_errors import AuthorityNameError
from renewals.events import EventKind
from renewals.services import journal, keyring
from renewals.services.authority.key_places import KeyPlace, authority_place, find_key

# The name stands in the common name, which X.520 ends at 64 characters, and in file names.
NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
ROOT_NAME = "{name}-root"
# Files beside it are called like that: its root, lists of changes, parts, cross certificates.
TAKEN = re.compile(r".*(-root|-delta|-by-.*|-[0-9]+)")
MOST_PARTITIONS = 1000


def require_name(name: str) -> None:
    """Raises `AuthorityNameError`."""
    if not NAME.fullmatch(name) or TAKEN.fullmatch(name):
        raise AuthorityNameError(name=name)


def open_place() -> KeyPlace:
    """Where the authority's keys are made. Raises `KeyMissingError` where nothing opens it."""
    place = authority_place()
    if not place.is_open:
        raise KeyMissingError(path=f"{place}: {place.opened_by} is not set")
    return place


def root_facts(name: str) -> IssuerFacts:
    """How the root of that authority and its key are named, before it has a certificate."""
    return IssuerFacts(
        name=ROOT_NAME.format(name=name),
        certificate_der=b"",
        key_name=f"{name}{ROOT_SUFFIX}",
        base_url=settings.PKI_BASE_URL.rstrip("/"),
    )


def create(
    profile_name: str,
    name: str,
    *,
    valid_from: datetime,
    partitions: int,
    actor: Actor,
    now: datetime,
) -> Authority:
    """Make both under a name that is free. Raises `AuthorityNameError`, `PKIError`."""
    require_name(name)
    profile = AUTHORITY_PROFILES[profile_name]
    root, place = root_facts(name), open_place()
    root_key = find_key(root.key_name, profile.root_key_kind, place)
    issuing_key = find_key(name, profile.issuing_key_kind, place)
    made = certify_authority(
        profile,
        root=root,
        name=name,
        root_key=root_key,
        issuing_key=issuing_key,
        keys=place.holder(),
        valid_from=valid_from,
    )
    keyring.forget()
    return _record(made, name, root, partitions=partitions, actor=actor, now=now)


def _record(
    made: NewAuthority,
    name: str,
    root: IssuerFacts,
    *,
    partitions: int,
    actor: Actor,
    now: datetime,
) -> Authority:
    with transaction.atomic():
        root_row = Authority.objects.create(
            name=root.name, certificate_der=made.root_der, key_name=root.key_name
        )
        row = Authority.objects.create(
            name=name,
            certificate_der=made.issuing_der,
            parent=root_row,
            key_name=name,
            is_issuing=True,
            crl_partitions=partitions,
        )
        record_change("created", row, actor=actor, now=now, facts={"root": root.name})
    return row


def record_change(
    what: str,
    authority: Authority,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """What a ceremony has done, in its transaction."""
    journal.record(
        EventKind.AUTHORITY_CHANGED,
        actor=actor,
        now=now,
        facts={"authority": authority.name, "what": what, **(facts or {})},
    )
