"""What happened to an application, for those who are not its holder: moment, what, who."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.events import EventKind
from renewals.models import Renewal

WORDS: dict[EventKind, Promise] = {
    EventKind.RENEWAL_OPENED: _("Opened"),
    EventKind.RENEWAL_PREPARED: _("New key made"),
    EventKind.RENEWAL_SUBMITTED: _("Signed and submitted"),
    EventKind.RENEWAL_UNDECIDED: _("Without a decision for %(days)s days"),
    EventKind.DOCUMENT_ADDED: _("Document added"),
    EventKind.DOCUMENT_REMOVED: _("Document removed"),
    EventKind.RENEWAL_APPROVED: _("Approved"),
    EventKind.RENEWAL_REJECTED: _("Refused"),
    EventKind.RENEWAL_ISSUED: _("Certificate issued"),
    EventKind.RENEWAL_INSTALLED: _("Installed, the new key works"),
    EventKind.RENEWAL_FAILED: _("Not issued"),
    EventKind.RENEWAL_RETRIED: _("Sent for issue again"),
    EventKind.RENEWAL_WITHDRAWN: _("Withdrawn"),
    EventKind.RENEWAL_LAPSED: _("Lapsed"),
    EventKind.RENEWAL_CANCELLED: _("Ended by a revocation"),
    EventKind.CERTIFICATE_REVOKED: _("Certificate revoked"),
}
PORTAL = _("Portal")


@dataclass(frozen=True)
class Happening:
    """One line of the history, the oldest first."""

    at: datetime
    what: str
    who: str


def history_of(renewal: Renewal) -> list[Happening]:
    """What concerns the application itself; looks and refusals are for the operators."""
    known = {kind.value: words for kind, words in WORDS.items()}
    events = renewal.events.filter(kind__in=known).order_by("sequence")
    return [
        Happening(
            event.at,
            str(known[event.kind]) % {"days": event.facts.get("days", "")},
            event.actor["name"] if event.actor_iin else str(PORTAL),
        )
        for event in events
    ]
