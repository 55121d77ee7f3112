"""Hourly: the head of the chain of events, looked at, signed, and written to a second place.

No transaction is open while a key or the storage is at work. Who dies half-way leaves a row that
is not written yet, and the next sweep writes it.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from pki.errors import KeyMissingError, PKIError
from pki.issuer.cms_writer import enclose
from pki.models import Authority, ServiceCertificate
from pki.profiles import ServiceKind
from renewals.audit.chain import Break, Fault, Walk
from renewals.audit.checkpoint import Told, name_of, read_checkpoint, tell, write_text
from renewals.audit.errors import AuditBrokenError, AuditError
from renewals.evidence.pinned import read_pinned
from renewals.models import Checkpoint, Event, EventHead
from renewals.services import keyring, second_place, troubles
from renewals.services.event_rows import walk_rows

SUBJECT = "checkpoint"
WRITING = "checkpoint:place"

logger = logging.getLogger(__name__)


def make_due(*, now: datetime) -> bool:
    """Make one, unless one was made just now; then write what is not written.

    Nothing is raised: what keeps it from being made or written is a trouble, and the chain goes
    on. Also where nothing has happened since the last one: it shows that nothing was added.
    Returns whether one was made.
    """
    newest = Checkpoint.objects.first()
    pause = timedelta(seconds=settings.CHECKPOINT_SECONDS / 2)
    made = False
    if newest is None or newest.at <= now - pause:
        try:
            made = make(now=now) is not None
        except (PKIError, AuditError) as error:
            logger.critical("no checkpoint: %s %s", error.code, error.facts)
            troubles.begin(SUBJECT, error.code, error.facts, now)
        else:
            troubles.end(SUBJECT, now)
    write_due(now=now)
    return made


def make(*, now: datetime) -> Checkpoint | None:
    """Look at what was added since the last one, and sign the head. None without events or keys.

    Raises `AuditBrokenError` where the chain does not hold: that is never signed. Raises
    `PKIError` for keys that are there and do not sign.
    """
    keys = keyring.held()
    head = EventHead.objects.first()
    if keys is None or head is None or head.sequence == 0 or not Authority.objects.issuing():
        return None
    previous = Checkpoint.objects.first()
    _require_whole(head, previous)
    sealer = _find_sealer(now)
    signed = previous.cms_der if previous else None
    told = tell(
        portal=settings.PORTAL_NAME,
        sequence=head.sequence,
        count=Event.objects.filter(sequence__lte=head.sequence).count(),
        digest=head.digest,
        previous=hashlib.sha256(bytes(signed)).hexdigest() if signed else "",
        now=now,
    )
    if previous is not None and told.made_at <= previous.at:
        return None
    data = enclose(write_text(told), sealer=sealer.signer_facts, keys=keys, now=told.made_at)
    # Judged as it will be: what would not be believed is not kept.
    read_checkpoint(data, name=name_of(told), trust=read_pinned().trust)
    return _record(told, data)


def write_due(*, now: datetime) -> int:
    """Write those that are not in the second place, the oldest first. Returns how many."""
    written = 0
    for row in Checkpoint.objects.filter(written_at=None).order_by("at"):
        name = name_of_row(row)
        try:
            second_place.keep(name, bytes(row.cms_der))
        except AuditError as error:
            troubles.begin(WRITING, error.code, error.facts, now)
            return written
        waiting = Checkpoint.objects.filter(pk=row.pk, written_at=None)
        written += waiting.update(name=name, written_at=now)
    if written:
        troubles.end(WRITING, now)
    return written


def name_of_row(row: Checkpoint) -> str:
    """Under which name it is, or will be, in the second place."""
    return name_of(tell_row(row))


def tell_row(row: Checkpoint) -> Told:
    """What a row says, without its signature: good for its name."""
    return tell(
        portal="",
        sequence=row.sequence,
        count=row.count,
        digest=row.digest,
        previous="",
        now=row.at,
    )


def _require_whole(head: EventHead, previous: Checkpoint | None) -> None:
    """From the last checkpoint to the head every row fits. Raises `AuditBrokenError`."""
    walk = Walk(previous.sequence, previous.digest) if previous else Walk()
    found = walk_rows(walk, until=head.sequence)
    if found is None and (walk.sequence, walk.digest) != (head.sequence, head.digest):
        is_short = walk.sequence < head.sequence
        found = Break(walk.sequence + is_short, Fault.CUT if is_short else Fault.HEAD)
    if found is not None:
        raise AuditBrokenError(sequence=str(found.sequence), fault=found.fault.value)


def _find_sealer(now: datetime) -> ServiceCertificate:
    """In force, whichever lasts longest. Raises `KeyMissingError`."""
    seals = ServiceCertificate.objects.of_kind(ServiceKind.SEAL).current(now).unrevoked()
    sealer = seals.first()
    if sealer is None:
        raise KeyMissingError(path="a certificate for sealing")
    return sealer


def _record(told: Told, data: bytes) -> Checkpoint | None:
    """None where another worker was faster by less than a second."""
    try:
        with transaction.atomic():
            return Checkpoint.objects.create(
                sequence=told.sequence,
                digest=told.digest,
                count=told.count,
                at=told.made_at,
                cms_der=data,
            )
    except IntegrityError:
        return None
