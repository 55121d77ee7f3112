"""The container that proves an application: made once, sealed, kept, read.

Everything is read in one transaction; none is open while a key or the storage is at work. Who
dies half-way leaves an application without a row, and the next sweep makes it.
"""

import hashlib
import logging
import secrets
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from pki.errors import KeyMissingError, PKIError
from pki.timestamp_errors import StampAwayError
from renewals.actor import WORKER, Actor
from renewals.documents import shelf
from renewals.errors import (
    DocumentGoneError,
    DocumentStorageError,
    FontsError,
    NotHolderError,
    RenewalError,
)
from renewals.events import EventKind
from renewals.evidence.errors import (
    EvidenceAlteredError,
    EvidenceAwaitedError,
    EvidenceEarlyError,
)
from renewals.evidence.gather import material_of
from renewals.evidence.pinned import read_pinned
from renewals.form.gather import facts_of
from renewals.machine import State
from renewals.models import Evidence, Renewal, Signature
from renewals.models.application import RenewalQuerySet
from renewals.rights import may_read
from renewals.services import journal, keyring
from renewals.services.sealing import Gathered, build, find_sealer
from renewals.services.straying import folder_of
from renewals.statement import StatementPurpose

BATCH = 10
# Not the application's fault: it is tried again at the next sweep.
WAITS = (*keyring.KEYS_AWAY, StampAwayError, DocumentStorageError, FontsError)
# Decided: nothing that is yet to come changes what was asked and who agreed.
SETTLED = (State.ISSUED, State.INSTALLED, State.REJECTED, State.LAPSED, State.WITHDRAWN)

logger = logging.getLogger(__name__)


# --- making -------------------------------------------------------------------------------


def make_due(*, now: datetime, most: int = BATCH) -> int:
    """Make what is due, `most` at a time. Returns how many containers there are more.

    Without keys or a seal nothing is made and nothing fails: applications wait.
    """
    made = 0
    for renewal_id in _sample(most) if keyring.held() else ():
        try:
            made += make_one(renewal_id, now=now)
        except WAITS as error:
            _tell_once(f"evidence waits: {error}")
            return made
        except (PKIError, RenewalError) as error:
            # What would not be believed is not kept. Somebody has to look; the others go on.
            _tell_once(f"no evidence of application {renewal_id}: {error}")
    return made


def make_one(renewal_id: int, *, now: datetime) -> bool:
    """Make the container of one application. False if it is not due, or somebody was faster.

    Raises `KeyMissingError` where this process must not sign or there is no seal, `FontsError`,
    `DocumentStorageError`, `PKIError`.
    """
    keys = keyring.held()
    gathered = _gather(renewal_id)
    if gathered is None:
        return False
    sealer = find_sealer(gathered.renewal.certificate.authority_id, now=now)
    if keys is None or sealer is None:
        raise KeyMissingError(path="a certificate for sealing, by manage.py authority services")
    return _keep(gathered.renewal, build(gathered, sealer, keys, now=now), now=now)


def due() -> RenewalQuerySet:
    """Signed by their holders, settled, and without a container."""
    signed = Signature.objects.filter(
        statement__renewal=OuterRef("pk"), statement__purpose=StatementPurpose.APPLICATION.value
    )
    settled = Renewal.objects.filter(state__in=[state.value for state in SETTLED])
    kept = Evidence.objects.filter(renewal=OuterRef("pk"))
    return settled.filter(~Exists(kept), Exists(signed)).order_by("id")


def has_evidence(renewal: Renewal) -> bool:
    """Whether there is a container of it, or will be within seconds."""
    return renewal.submitted_at is not None and State(renewal.state) in SETTLED


def _sample(most: int) -> list[int]:
    """Some of what is due, at random: one that cannot be made does not hold up the rest."""
    found = list(due().values_list("pk", flat=True)[: 50 * most])
    return secrets.SystemRandom().sample(found, min(most, len(found)))


@lru_cache(maxsize=1000)
def _tell_once(reason: str) -> None:
    """Loudly, and once per process: a sweep comes many times a minute."""
    logger.critical(reason)


def _gather(renewal_id: int) -> Gathered | None:
    """Everything at one moment: the application stands still while it is read."""
    with transaction.atomic():
        rows = due().filter(pk=renewal_id).select_related("certificate")
        renewal = rows.select_for_update(no_key=True, of=("self",)).first()
        if renewal is None:
            return None
        pinned = read_pinned()
        return Gathered(renewal, material_of(renewal, pinned), facts_of(renewal), pinned)


def _keep(renewal: Renewal, data: bytes, *, now: datetime) -> bool:
    """Store the bytes, then write the row with its event; or leave nothing behind."""
    name = f"{folder_of(now)}/{secrets.token_hex(16)}.asice"
    sha256 = hashlib.sha256(data).hexdigest()
    with ExitStack() as undoing:
        shelf.put(name, data)
        undoing.callback(shelf.remove, name)
        try:
            with transaction.atomic():
                Evidence.objects.create(
                    renewal=renewal,
                    storage_name=name,
                    sha256=sha256,
                    size=len(data),
                    created_at=now,
                )
                journal.record(
                    EventKind.EVIDENCE_MADE,
                    actor=WORKER,
                    now=now,
                    renewal=renewal,
                    facts={"sha256": sha256, "size": len(data)},
                )
        except IntegrityError:
            return False
        undoing.pop_all()
    return True


# --- reading ------------------------------------------------------------------------------


def read(*, actor: Actor, renewal: Renewal, now: datetime) -> bytes:
    """The container as it was made. A look by others than the holder is recorded.

    Raises `NotHolderError`, `EvidenceEarlyError`, `EvidenceAwaitedError`,
    `EvidenceAlteredError`, `DocumentStorageError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        if not may_read(renewal, actor, now=now):
            raise NotHolderError
    row = Evidence.objects.filter(renewal=renewal).first()
    if row is None:
        is_due = due().filter(pk=renewal.pk).exists()
        raise EvidenceAwaitedError if is_due else EvidenceEarlyError
    data = _fetch(row, renewal)
    if actor.iin != renewal.holder_iin:
        facts = {"evidence": row.pk, "sha256": row.sha256}
        journal.record(EventKind.DOCUMENT_READ, actor=actor, now=now, renewal=renewal, facts=facts)
    return data


def _fetch(row: Evidence, renewal: Renewal) -> bytes:
    try:
        data = shelf.fetch(row.storage_name)
    except DocumentGoneError as error:
        raise EvidenceAlteredError(number=renewal.number) from error
    if hashlib.sha256(data).hexdigest() != row.sha256:
        logger.critical("%s is not what was stored under this name", row.storage_name)
        raise EvidenceAlteredError(number=renewal.number)
    return data
