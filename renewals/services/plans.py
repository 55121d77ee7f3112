"""Serials that may have been signed and must never be trusted: void, and recorded as revoked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from pki.models import PlannedCertificate, PlanState, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.events import EventKind
from renewals.services import journal


def void_plans(plans: Sequence[PlannedCertificate], *, now: datetime) -> None:
    """Give these plans up. A worker may have died after signing and before storing."""
    waiting = [plan for plan in plans if plan.state == PlanState.PLANNED.value]
    if not waiting:
        return
    with transaction.atomic():
        PlannedCertificate.objects.filter(pk__in=[plan.pk for plan in waiting]).update(
            state=PlanState.VOID.value
        )
        Revocation.objects.bulk_create(
            [
                Revocation(
                    authority_id=plan.authority_id,
                    serial_hex=plan.serial_hex,
                    revoked_at=now,
                    reason=Reason.CESSATION_OF_OPERATION.value,
                )
                for plan in waiting
            ],
            ignore_conflicts=True,
        )
        journal.append(
            [
                journal.Entry(EventKind.PLAN_VOIDED, WORKER, facts={"serial": plan.serial_hex})
                for plan in waiting
            ],
            now=now,
        )
