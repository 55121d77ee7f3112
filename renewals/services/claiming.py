"""A worker takes applications for the length of a lease, each request with a fresh serial."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from pki.certificate import Purpose, Role, Storage
from pki.errors import KeyMissingError
from pki.issuer.prepare import Plan, new_serial, prepare
from pki.models import Authority, Certificate, PlannedCertificate
from pki.profiles import leaf_profile
from renewals.actor import WORKER
from renewals.machine import Action
from renewals.models import Renewal, Request
from renewals.services.moves import move_all
from renewals.services.plans import void_plans


@dataclass
class Job:
    """One certificate to make, from its serial to its DER."""

    request: Request
    planned: PlannedCertificate
    storage: Storage
    plan: Plan = field(init=False)
    certificate_der: bytes = b""

    def build(self, *, now: datetime) -> Plan:
        """The exact content: the subject of the old certificate, the key of the request."""
        old = self.request.old_certificate
        self.plan = prepare(
            issuer=self.planned.authority.issuer_facts,
            profile=leaf_profile(
                Purpose(old.purpose), self.storage, tuple(Role(role) for role in old.roles)
            ),
            subject_der=old.facts.subject.der,
            spki_der=bytes(self.request.spki_der),
            serial=bytes.fromhex(self.planned.serial_hex),
            now=now,
        )
        self.planned.tbs_der = self.plan.tbs_der
        return self.plan


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
            due = due.select_for_update(skip_locked=True)
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
    """Void what an earlier claim may have signed; store a new random serial per request."""
    storage = {row.pk: Storage(row.storage) for row in renewals}
    requests = list(
        Request.objects.filter(renewal__in=renewals).select_related(
            "old_certificate__authority", "plan"
        )
    )
    void_plans([row.plan for row in requests if row.plan], now=now)
    planned = PlannedCertificate.objects.bulk_create(
        PlannedCertificate(
            authority=issuing_authority(row.old_certificate),
            serial_hex=new_serial().hex(),
            created_at=now,
        )
        for row in requests
    )
    jobs: dict[int, list[Job]] = {row.pk: [] for row in renewals}
    for row, plan in zip(requests, planned, strict=True):
        row.plan = plan
        jobs[row.renewal_id].append(Job(row, plan, storage[row.renewal_id]))
    Request.objects.bulk_update(requests, ["plan"])
    return jobs


def issuing_authority(certificate: Certificate) -> Authority:
    """Ours that issued the old certificate; for one of somebody else's, our first.

    Raises `KeyMissingError` where we hold no key at all.
    """
    if certificate.authority.is_issuing:
        return certificate.authority
    authority = Authority.objects.issuing().order_by("id").first()
    if authority is None:
        raise KeyMissingError
    return authority
