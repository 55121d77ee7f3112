"""What a process that starts, or has run for a while, looks at, writes down and tells."""

import logging
import stat
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from pki.errors import KeyRightsError
from pki.models import Authority
from renewals.actor import WORKER
from renewals.events import EventKind
from renewals.services import journal, keyring, troubles
from renewals.services.authority.certifying import certify_services
from renewals.services.authority.checking import Finding, cross_check

logger = logging.getLogger(__name__)
PIN_SUBJECT = "keys:pin"


def start_worker() -> None:
    """What every worker does first. Without a database it starts all the same, and waits."""
    try:
        start(now=timezone.now())
    except DatabaseError:
        logger.exception("nothing was checked at the start")
    finally:
        # Processes that are forked from this one open connections of their own.
        connections.close_all()


def look_at_start() -> None:
    """What a process without keys does first; it serves all the same."""
    try:
        look(now=timezone.now())
    except DatabaseError as error:
        logger.warning("nothing was checked at the start: %s", error)
    finally:
        connections.close_all()


def start(*, now: datetime) -> list[Finding]:
    """The worker's: open the keys, say so once, and look after everything. Returns what is bad."""
    if keyring.held() is not None:
        names = Authority.objects.issuing().values_list("key_name", flat=True)
        journal.record(
            EventKind.KEYS_OPENED,
            actor=WORKER,
            now=now,
            facts={"backend": settings.CA_KEYS, "names": sorted(names)},
        )
        # Another process may have told of this one's trouble before it was started anew.
        troubles.end(keyring.SUBJECT, now)
    return look_after(now=now)


def look_after(*, now: datetime) -> list[Finding]:
    """Make lacking certificates of services, then check. Troubles begin and end accordingly."""
    certify_services(now=now)
    findings = [*look(now=now), *_pin_file()]
    for finding in findings:
        if finding.is_bad:
            troubles.begin(finding.subject, finding.code, finding.facts, now)
        else:
            troubles.end(finding.subject, now)
    return [finding for finding in findings if finding.is_bad]


def look(*, now: datetime) -> list[Finding]:
    """Only look, and say in the log what is bad: for every process, also one without keys."""
    findings = cross_check(now=now, keys=keyring.holder())
    for finding in findings:
        if finding.is_bad:
            logger.error("%s: %s %s", finding.subject, finding.code, dict(finding.facts))
    return findings


def _pin_file() -> list[Finding]:
    """The file with the PIN is the owner's alone, like a key."""
    if not settings.CA_PIN_FILE:
        return []
    try:
        rights = stat.S_IMODE(Path(settings.CA_PIN_FILE).stat().st_mode)
    except OSError:
        return []  # without a PIN nothing opens: that is told elsewhere
    if not rights & 0o077:
        return [Finding(PIN_SUBJECT)]
    facts = {"path": settings.CA_PIN_FILE, "wanted": "0600"}
    return [Finding(PIN_SUBJECT, KeyRightsError.code, facts)]
