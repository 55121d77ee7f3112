"""The one way a certificate is revoked, by whichever door; what follows from it, at once.

Sign-in, sessions and answers look at the row; lists are made by the worker, which is rung.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from pki.models import BlockedKey, Certificate, Revocation
from pki.revocation import Reason
from renewals import doorbell
from renewals.actor import Actor
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Renewal, Request
from renewals.services import journal
from renewals.services.moves import move_all
from renewals.services.plans import void_plans


def revoke(
    certificates: Iterable[Certificate],
    *,
    reason: Reason,
    actor: Actor,
    now: datetime,
    renewal: Renewal | None = None,
    signature_id: int | None = None,
    facts: Mapping[str, object] | None = None,
) -> int:
    """Write the revocations, what follows from them, then the events.

    What is revoked already keeps its first reason; a hold becomes a revocation by any other
    reason, never the other way round. A compromised key is blocked, and every other certificate
    of it revoked. Open applications of what is revoked for good end. In this order everywhere:
    applications, revocations, events; who holds the chain of events waits for no other row.
    `facts` go into each event. Returns how many certificates changed.
    """
    with transaction.atomic():
        rows = certificates
        if reason is Reason.KEY_COMPROMISE:
            rows = _with_same_keys(certificates, now)
        wanted = sorted(rows, key=lambda row: row.pk)
        ending = [] if reason is Reason.CERTIFICATE_HOLD else _open_applications(wanted, reason)
        changed = [row for row in wanted if _write(row, reason, now)]
        entries = [
            journal.Entry(
                _event_of(reason),
                actor,
                renewal.pk if renewal else None,
                {
                    "certificate": row.pk,
                    "serial": row.serial_hex,
                    "reason": reason.value,
                    "signature": signature_id,
                    **(facts or {}),
                },
            )
            for row in changed
        ]
        entries += _block(wanted, actor, now) if reason is Reason.KEY_COMPROMISE else []
        if entries:
            journal.append(entries, now=now)
        if changed:
            end_applications(ending, actor=actor, now=now)
            transaction.on_commit(lambda: doorbell.ring("renewals.publish"))
    return len(changed)


def _with_same_keys(certificates: Iterable[Certificate], now: datetime) -> list[Certificate]:
    """These and every other certificate of their keys that is not over, whoever has it."""
    named = list(certificates)
    keys = {row.spki_sha256 for row in named}
    others = Certificate.objects.filter(spki_sha256__in=keys, not_after__gte=now).revocable()
    return [*named, *others.exclude(pk__in=[row.pk for row in named])]


def _event_of(reason: Reason) -> EventKind:
    is_hold = reason is Reason.CERTIFICATE_HOLD
    return EventKind.CERTIFICATE_HELD if is_hold else EventKind.CERTIFICATE_REVOKED


def _write(certificate: Certificate, reason: Reason, now: datetime) -> bool:
    """Whether this has changed anything."""
    _row, is_new = Revocation.objects.get_or_create(
        authority_id=certificate.authority_id,
        serial_hex=certificate.serial_hex,
        defaults={"revoked_at": now, "reason": reason.value},
    )
    if is_new or reason is Reason.CERTIFICATE_HOLD:
        return is_new
    held = Revocation.objects.filter(
        authority_id=certificate.authority_id,
        serial_hex=certificate.serial_hex,
        reason=Reason.CERTIFICATE_HOLD.value,
    )
    # It stands in lists already, with another reason: it has to be told again.
    return held.update(reason=reason.value, listed_number=None) == 1


def _open_applications(certificates: Sequence[Certificate], reason: Reason) -> list[Renewal]:
    """Those that renew these certificates, or bring the same compromised key; locked."""
    asked = Q(old_certificate__in=[row.pk for row in certificates])
    if reason is Reason.KEY_COMPROMISE:
        asked |= Q(spki_sha256__in=[row.spki_sha256 for row in certificates])
    requests = Request.objects.filter(asked)
    return list(
        Renewal.objects.filter(pk__in=requests.values("renewal"))
        .open()
        .select_for_update(no_key=True)
        .order_by("id")
    )


def end_applications(renewals: Sequence[Renewal], *, actor: Actor, now: datetime) -> None:
    """Those of them that are open end, even under the hands of a worker.

    What he may have signed for them in the meantime is void, and revoked. The caller has locked
    them.
    """
    still_open = list(Renewal.objects.filter(pk__in=[row.pk for row in renewals]).open())
    if not still_open:
        return
    move_all(still_open, Action.CANCEL, actor=actor, now=now)
    requests = Request.objects.filter(renewal__in=still_open).select_related("plan")
    void_plans([row.plan for row in requests if row.plan], now=now)


def _block(certificates: Sequence[Certificate], actor: Actor, now: datetime) -> list[journal.Entry]:
    """These keys are never certified again."""
    keys = sorted({row.spki_sha256 for row in certificates})
    known = set(BlockedKey.objects.filter(pk__in=keys).values_list("pk", flat=True))
    new = [key for key in keys if key not in known]
    BlockedKey.objects.bulk_create(
        [BlockedKey(spki_sha256=key, blocked_at=now) for key in new], ignore_conflicts=True
    )
    return [journal.Entry(EventKind.KEY_BLOCKED, actor, None, {"key": key}) for key in new]
