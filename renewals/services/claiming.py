"""A worker takes applications for the length of a lease, each request with a fresh serial."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from pki.certificate import Purpose, Role, Storage, cut_subject
from pki.errors import PKIError
from pki.issuer.prepare import Plan, new_serial, prepare
from pki.models import Authority, PlannedCertificate
from pki.profiles import leaf_profile
from renewals.actor import WORKER
from renewals.machine import Action
from renewals.models import Renewal, Request
from renewals.services.authority.choosing import issuing_authority
from renewals.services.moves import move_all
from renewals.services.plans import void_plans


@dataclass
class Job:
    """One certificate to make, from its plan to its DER; `refusal` where there is no plan."""

    request: Request
    planned: PlannedCertificate
    plan: Plan | None
    refusal: PKIError | None
    certificate_der: bytes = b""


@dataclass
class Claim:
    """An application that this worker holds until its lease is over."""

    renewal: Renewal
    token: str
    jobs: list[Job]


def claim(*, now: datetime, renewal_ids: Iterable[int] | None = None) -> list[Claim]:
    """Take at most one batch of due applications for `ISSUE_LEASE`; their serials are stored."""
    with transaction.atomic():
        due = Renewal.objects.due(now)
        if renewal_ids is not None:
            due = due.filter(pk__in=list(renewal_ids))
        if connection.features.has_select_for_update_skip_locked:
            # Without the key: events that name these rows are written meanwhile.
            due = due.select_for_update(skip_locked=True, no_key=True)
        renewals = list(due[: settings.ISSUE_BATCH])
        if not renewals:
            return []
        token = secrets.token_hex(16)
        jobs = _plan_serials(renewals, now=now)
        _count_attempt(renewals)
        move_all(
            renewals,
            Action.CLAIM,
            actor=WORKER,
            now=now,
            lease_token=token,
            lease_until=now + settings.ISSUE_LEASE,
        )
    return [Claim(row, token, jobs[row.pk]) for row in renewals]


def _count_attempt(renewals: Sequence[Renewal]) -> None:
    rows = Renewal.objects.filter(pk__in=[row.pk for row in renewals])
    rows.update(attempts=F("attempts") + 1)
    for row in renewals:
        row.attempts += 1


def _plan_serials(renewals: Sequence[Renewal], *, now: datetime) -> dict[int, list[Job]]:
    """Void what an earlier claim may have signed; store a new serial and plan per request."""
    storage = {row.pk: Storage(row.storage) for row in renewals}
    requests = list(
        Request.objects.filter(renewal__in=renewals).select_related("old_certificate", "plan")
    )
    void_plans([row.plan for row in requests if row.plan], now=now)
    authorities = {row.pk: row for row in Authority.objects.all()}
    chosen = {
        pk: issuing_authority(authorities[pk], authorities.values(), now=now)
        for pk in {row.old_certificate.authority_id for row in requests}
    }
    jobs = [
        _plan(row, storage[row.renewal_id], chosen[row.old_certificate.authority_id], now)
        for row in requests
    ]
    PlannedCertificate.objects.bulk_create(job.planned for job in jobs)
    for job in jobs:
        job.request.plan = job.planned
        job.request.save(update_fields=["plan"])
    found: dict[int, list[Job]] = {row.pk: [] for row in renewals}
    for job in jobs:
        found[job.request.renewal_id].append(job)
    return found


def _plan(row: Request, storage: Storage, authority: Authority, now: datetime) -> Job:
    """The exact content: the subject of the old certificate, the key of the request."""
    serial = new_serial()
    planned = PlannedCertificate(authority=authority, serial_hex=serial.hex(), created_at=now)
    old = row.old_certificate
    old.authority = authority if old.authority_id == authority.pk else old.authority
    try:
        plan = prepare(
            issuer=authority.issuer_facts,
            profile=leaf_profile(
                Purpose(old.purpose), storage, tuple(Role(role) for role in old.roles)
            ),
            subject_der=cut_subject(bytes(old.der)),
            spki_der=bytes(row.spki_der),
            serial=serial,
            now=now,
        )
    except PKIError as error:
        return Job(row, planned, None, error)
    planned.tbs_der = plan.tbs_der
    return Job(row, planned, plan, None)
