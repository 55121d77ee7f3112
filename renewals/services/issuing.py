"""From an approved application to its certificate: claim, prepare, sign once, compare, store.

No transaction is open while a key is at work. Every way out of a claim writes an outcome, or
leaves the lease to end so that the next claim starts with a new serial.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F

from pki.certificate import parse_certificate
from pki.chain import require_term
from pki.errors import IndeterminateError, NotPlannedError, PKIError
from pki.issuer.keys import KeyBackend
from pki.issuer.lint import lint
from pki.issuer.sign import compare, sign
from pki.models import Certificate, PlannedCertificate, PlanState
from pki.records import end_of_authority, require_unblocked, revocations_of_rows
from pki.revocation import require_good
from renewals.actor import WORKER
from renewals.errors import AttemptsError, MoveRefusedError, RenewalError
from renewals.machine import Action
from renewals.models import Renewal
from renewals.services import keyring
from renewals.services.claiming import Claim, claim
from renewals.services.moves import move, move_all
from renewals.services.opening import require_role
from renewals.services.plans import void_plans
from renewals.services.standing_approval import require_approval

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


def issue_due(
    *, now: datetime, renewal_ids: Iterable[int] | None = None, linted: bool = True
) -> int:
    """Issue what is due, at most one batch. Returns how many applications were issued."""
    keys = keyring.held()
    if keys is None:
        return 0
    try:
        claims = claim(now=now, renewal_ids=renewal_ids)
    except keyring.KEYS_AWAY as error:
        logger.critical("issuing is paused: %s", error.code)
        return 0
    planned = [held for held in claims if _check(held, now=now, linted=linted)]
    signed = [held for held in _still_good(planned, now=now) if _sign(held, keys, now=now)]
    # All are signed first: a module is fastest when nothing else comes between.
    return _finish([held for held in signed if _compare(held, now=now)], now=now)


def _check(held: Claim, *, now: datetime, linted: bool) -> bool:
    """Whether there is a plan for every certificate, with no finding; else the claim ends."""
    try:
        if held.renewal.attempts > MAX_ATTEMPTS:
            raise AttemptsError
        for job in held.jobs:
            if job.plan is None:
                raise job.refusal or NotPlannedError
            if linted:
                lint(job.plan)
    except (PKIError, RenewalError) as error:
        _give_up(held, error, now=now)
        return False
    return True


def _still_good(claims: Sequence[Claim], *, now: datetime) -> Iterator[Claim]:
    """Look once more whether old certificates and approvals hold; what does not fails here.

    Paths were proved when the applications were signed; terms, revocations and rights change.
    """
    rows = [job.request.old_certificate for held in claims for job in held.jobs]
    revocations = revocations_of_rows(rows, now=now)
    for held in claims:
        try:
            for job in held.jobs:
                old = job.request.old_certificate
                require_term(old.not_before, old.not_after, now)
                require_good(end_of_authority(old.authority, now=now) or revocations[old.pk])
                require_role(old)
            require_unblocked([job.request.spki_sha256 for job in held.jobs])
            require_approval(held.renewal, now=now)
        except (PKIError, RenewalError) as error:
            _give_up(held, error, now=now)
        else:
            yield held


def _sign(held: Claim, keys: KeyBackend, *, now: datetime) -> bool:
    """Sign each plan once; False if the claim ended."""
    try:
        for job in held.jobs:
            if job.plan is not None:
                job.certificate_der = sign(job.plan, keys)
    except PKIError as error:
        _give_up(held, error, now=now)
        return False
    return True


def _compare(held: Claim, *, now: datetime) -> bool:
    """What was signed is what was planned, by the right key; False if the claim ended."""
    try:
        for job in held.jobs:
            if job.plan is not None:
                compare(job.plan, job.certificate_der)
    except PKIError as error:
        _give_up(held, error, now=now)
        return False
    return True


def _give_up(held: Claim, error: PKIError | RenewalError, *, now: datetime) -> None:
    """Write the failure down, with its code; or wait, when it only could not be told."""
    if isinstance(error, IndeterminateError):
        logger.critical("application %s waits: %s", held.renewal.number, error.code)
        _give_back(held, error, now=now)
        return
    try:
        with transaction.atomic():
            # First the application, then its plans: in the order of whoever ends it.
            move(
                held.renewal,
                Action.FAIL,
                actor=WORKER,
                now=now,
                held_by=held.token,
                reason=error.code,
                facts={"code": error.code, **error.facts},
            )
            void_plans([job.planned for job in held.jobs], now=now)
    except MoveRefusedError:
        logger.warning("application %s is another worker's by now", held.renewal.number)


def _give_back(held: Claim, error: IndeterminateError, *, now: datetime) -> None:
    """Not the application's fault: the attempt does not count.

    While no key works nothing is claimed, so the lease need not be waited for.
    """
    mine = Renewal.objects.filter(pk=held.renewal.pk, lease_token=held.token)
    mine.update(attempts=F("attempts") - 1)
    if isinstance(error, keyring.MODULE_AWAY):
        mine.update(lease_until=now)


def _finish(claims: Sequence[Claim], *, now: datetime) -> int:
    """Store all in one transaction; if one of them stands in the way, one by one."""
    if not claims:
        return 0
    try:
        _store(claims, now=now)
        return len(claims)
    except (MoveRefusedError, DatabaseError) as error:
        if len(claims) == 1:
            # The lease ends, the next claim voids this plan and takes a new serial.
            logger.warning("application %s was not stored: %s", claims[0].renewal.number, error)
            return 0
    return sum(_finish([held], now=now) for held in claims)


def _store(claims: Sequence[Claim], *, now: datetime) -> None:
    jobs = [job for held in claims for job in held.jobs]
    with transaction.atomic():
        # Locked in this order everywhere: whoever ends an application locks it first, too.
        ids = [held.renewal.pk for held in claims]
        rows = Renewal.objects.select_for_update(no_key=True)
        list(rows.filter(pk__in=ids).order_by("id"))
        certificates = Certificate.objects.bulk_create(
            Certificate.from_facts(job.planned.authority, parse_certificate(job.certificate_der))
            for job in jobs
        )
        for job, certificate in zip(jobs, certificates, strict=True):
            job.request.certificate = certificate
            job.request.save(update_fields=["certificate"])
        PlannedCertificate.objects.filter(pk__in=[job.planned.pk for job in jobs]).update(
            state=PlanState.SIGNED.value
        )
        # One claim took the whole batch: they share its token.
        move_all(
            [held.renewal for held in claims],
            Action.ISSUE,
            actor=WORKER,
            now=now,
            held_by=claims[0].token,
            issued_at=now,
            facts={
                held.renewal.pk: {
                    "serials": [job.planned.serial_hex for job in held.jobs],
                }
                for held in claims
            },
        )
