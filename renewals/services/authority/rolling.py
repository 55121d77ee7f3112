"""A new issuing authority beside the old, at a date; and the end of the old one's issuing."""

from dataclasses import replace
from datetime import datetime

from cryptography import x509
from django.db import transaction

from pki.errors import PKIError
from pki.issuer.authorities import certify_cross, certify_issuing, certify_root
from pki.issuer.keys import key_kind
from pki.issuer.pattern import material_of
from pki.models import Authority, CrossCertificate
from pki.profiles import AUTHORITY_PROFILES, AuthorityProfile
from renewals.actor import Actor
from renewals.authority_errors import AuthorityNameError, AuthorityStateError
from renewals.services import keyring
from renewals.services.authority.checking import LONGEST_TERM
from renewals.services.authority.choosing import issuing_authority
from renewals.services.authority.creating import (
    open_place,
    record_change,
    require_name,
    root_facts,
)
from renewals.services.authority.key_places import KeyPlace, find_key


def roll_over(
    old: Authority, name: str, *, at: datetime, new_root: bool, actor: Actor, now: datetime
) -> Authority:
    """Make the one that follows `old`: it issues from `at`, the old one until then.

    The old one keeps its lists and answers. With `new_root` it stands under a root of its own,
    of the same name as the old root, and both certify each other. Raises `AuthorityNameError`,
    `AuthorityStateError`, `PKIError`.
    """
    require_name(name)
    if Authority.objects.filter(name=name).exists():
        raise AuthorityNameError(name=name)
    root = _require_state(old, at, now)
    place, profile = open_place(), AUTHORITY_PROFILES[_algorithm(old)]
    if new_root:
        return _with_new_root(old, root, name, profile, place, at=at, actor=actor, now=now)
    if material_of(root.issuer_facts).not_after < at + LONGEST_TERM:
        raise AuthorityStateError(name=old.name, cause="its root ends too soon: make a new root")
    der = certify_issuing(
        profile,
        root=root.issuer_facts,
        name=name,
        key=find_key(name, profile.issuing_key_kind, place),
        keys=place.holder(),
        valid_from=now,
    )
    with transaction.atomic():
        return _record(old, root, name, der, at=at, actor=actor, now=now)


def retire(authority: Authority, *, anyway: bool, actor: Actor, now: datetime) -> None:
    """It issues no more, from now on; its lists and answers go on until its end.

    Raises `AuthorityStateError` where nobody would issue in its place, unless `anyway`.
    """
    if authority.retired_at is not None:
        raise AuthorityStateError(name=authority.name, cause="it is retired already")
    authority.retired_at = now
    try:
        others = [row for row in Authority.objects.all() if row.pk != authority.pk]
        follower = issuing_authority(authority, others, now=now).name
    except PKIError as error:
        follower = ""
        if not anyway:
            cause = "no other one issues now"
            raise AuthorityStateError(name=authority.name, cause=cause) from error
    with transaction.atomic():
        authority.save(update_fields=["retired_at"])
        record_change("retired", authority, actor=actor, now=now, facts={"follower": follower})


def _require_state(old: Authority, at: datetime, now: datetime) -> Authority:
    """It issues, nobody follows it yet, and its root's key is ours. Returns the root."""
    cause = ""
    if not old.is_issuing or old.retired_at is not None:
        cause = "it does not issue"
    elif old.followers.exists():
        cause = "another one follows it already"
    elif at < now:
        cause = "the moment is over"
    elif at > material_of(old.issuer_facts).not_after:
        cause = "it ends before that moment"
    if cause:
        raise AuthorityStateError(name=old.name, cause=cause)
    if old.parent is None or not old.parent.is_ours:
        cause = "its root's key is not here: import what the root has certified"
        raise AuthorityStateError(name=old.name, cause=cause)
    return old.parent


def _algorithm(old: Authority) -> str:
    kind = key_kind(material_of(old.issuer_facts).public_key)
    return "rsa" if kind.startswith("RSA") else "ec"


def _with_new_root(
    old: Authority,
    old_root: Authority,
    name: str,
    profile: AuthorityProfile,
    place: KeyPlace,
    *,
    at: datetime,
    actor: Actor,
    now: datetime,
) -> Authority:
    root = root_facts(name)
    root_key = find_key(root.key_name, profile.root_key_kind, place)
    issuing_key = find_key(name, profile.issuing_key_kind, place)
    keys = place.holder()
    subject = material_of(old_root.issuer_facts).certificate.subject
    root_der = certify_root(
        profile, root=root, name=name, key=root_key, keys=keys, valid_from=now, subject=subject
    )
    root = replace(root, certificate_der=root_der)
    der = certify_issuing(profile, root=root, name=name, key=issuing_key, keys=keys, valid_from=now)
    old_facts = old_root.issuer_facts
    new_with_old = certify_cross(root_der, issuer=old_facts, keys=keys, not_before=now)
    # RFC 9810, 4.4: old with new is good for whatever the old root has ever certified.
    old_with_new = certify_cross(
        old_facts.certificate_der,
        issuer=root,
        keys=keys,
        not_before=material_of(old_facts).not_before,
    )
    keyring.forget()
    with transaction.atomic():
        root_row = Authority.objects.create(
            name=root.name, certificate_der=root_der, key_name=root.key_name
        )
        _cross(root_row, old_root, new_with_old)
        _cross(old_root, root_row, old_with_new)
        return _record(old, root_row, name, der, at=at, actor=actor, now=now)


def _cross(subject: Authority, issuer: Authority, der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(der)
    CrossCertificate.objects.create(
        subject=subject,
        issuer=issuer,
        certificate_der=der,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _record(
    old: Authority,
    root: Authority,
    name: str,
    der: bytes,
    *,
    at: datetime,
    actor: Actor,
    now: datetime,
) -> Authority:
    row = Authority.objects.create(
        name=name,
        certificate_der=der,
        parent=root,
        key_name=name,
        is_issuing=True,
        issues_from=at,
        follows=old,
        crl_partitions=old.crl_partitions,
    )
    facts = {"follows": old.name, "root": root.name, "issues_from": at.isoformat()}
    record_change("rolled over", row, actor=actor, now=now, facts=facts)
    return row
