"""Whether a change of what is accepted of other authorities can be made, and making it."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from pki.models import Acceptance, Authority
from pki.outside import judge_authority
from renewals import doorbell
from renewals.actor import Actor
from renewals.events import EventKind
from renewals.oversight_errors import (
    TrustChangedError,
    TrustKnownError,
    TrustNameError,
    TrustSilentError,
)
from renewals.services import journal, troubles
from renewals.services.trust.addresses import parse_address
from renewals.services.trust.changes import Standing, TrustChange
from renewals.services.trust.naming import trouble_of

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def require_possible(change: TrustChange, *, now: datetime) -> None:
    """Raises the `trust.*` errors, and the `outside.*` errors for a certificate that will not do.

    Taking acceptance away is always possible.
    """
    if change.before is None:
        _require_new(change)
    else:
        _require_unchanged(change)
    if change.after.accepted_for is Acceptance.NOTHING:
        return
    for url in (change.after.crl_url, change.after.ocsp_url):
        if url:
            parse_address(url)
    issuer = judge_authority(change.certificate_der, moment=now, anchors=_pinned())
    # Of a root it may be authorities below it that tell.
    if issuer and not (change.after.crl_url or change.after.ocsp_url):
        raise TrustSilentError


def carry_out(
    change: TrustChange, *, actor: Actor, now: datetime, facts: dict[str, object]
) -> Authority:
    """Do it, inside the transaction of the second signature, and record it.

    Raises as `require_possible` does. What an authority had told at another address is forgotten.
    """
    with transaction.atomic():
        authority = _create(change, now) if change.before is None else _change(change)
        if change.after.accepted_for is Acceptance.NOTHING:
            troubles.end(trouble_of(authority), now)
        journal.record(
            EventKind.TRUST_CHANGED,
            actor=actor,
            now=now,
            facts={
                "authority": authority.name,
                "sha256": change.facts.fingerprint,
                "after": change.after.as_terms(),
                "before": change.before.as_terms() if change.before else None,
                **facts,
            },
        )
        transaction.on_commit(lambda: doorbell.ring("renewals.fetch_trust"))
    return authority


def _create(change: TrustChange, now: datetime) -> Authority:
    issuer = judge_authority(change.certificate_der, moment=now, anchors=_pinned())
    parent = Authority.objects.get(certificate_der=issuer) if issuer else None
    try:
        with transaction.atomic():
            return Authority.objects.create(
                name=change.name,
                certificate_der=change.certificate_der,
                parent=parent,
                **change.after.as_terms(),
            )
    except IntegrityError as error:
        raise TrustNameError from error


def _change(change: TrustChange) -> Authority:
    _require_unchanged(change)
    rows = Authority.objects.select_for_update(of=("self",)).defer("crl_der")
    authority = rows.get(name=change.name)
    after = change.after
    columns: dict[str, object] = {**after.as_terms(), "fetch_due_at": None}
    if after.crl_url != authority.crl_url:
        columns |= {"crl_der": None, "fetched_at": None}
    if after.ocsp_url != authority.ocsp_url or after.crl_url != authority.crl_url:
        columns |= {"fetch_failed_at": None, "fetch_failure": ""}
    for column, value in columns.items():
        setattr(authority, column, value)
    authority.save(update_fields=list(columns))
    return authority


def _require_new(change: TrustChange) -> None:
    if not NAME.fullmatch(change.name) or Authority.objects.filter(name=change.name).exists():
        raise TrustNameError
    known = Authority.objects.filter(certificate_der=change.certificate_der).first()
    if known is not None:
        raise TrustKnownError(name=known.name)
    if change.after.accepted_for is Acceptance.NOTHING:
        raise TrustChangedError


def _require_unchanged(change: TrustChange) -> None:
    """It is one of somebody else's, still as it was, and not the same afterwards."""
    authority = Authority.objects.filter(name=change.name, key_name="").defer("crl_der").first()
    if authority is None:
        raise TrustNameError
    if bytes(authority.certificate_der) != change.certificate_der:
        raise TrustChangedError
    if Standing.of(authority) != change.before or change.after == change.before:
        raise TrustChangedError


def _pinned() -> list[bytes]:
    """A parent that is not accepted any more carries nothing."""
    rows = Authority.objects.defer("crl_der")
    return [
        bytes(row.certificate_der)
        for row in rows
        if row.is_ours or row.accepted_for != Acceptance.NOTHING.value
    ]
