"""What the messages about applications are given: facts and tables, no sentences."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.kinds import MessageKind
from notifications.models import Notice
from notifications.words.facts import at_of, short_day
from notifications.words.figures import Row, name_of, reminders_of, signatures_of
from notifications.words.lookup import Told
from notifications.words.reasons import rejection_words
from notifications.words.situation import Situation
from pki.revocation import Reason
from renewals.rejection import RejectionReason
from renewals.signature_words import days_between
from renewals.statement import show_day, show_moment


def own_application(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """For its holder, and for operators, who get nothing but its number."""
    renewal, decision = situation.renewal, situation.decision
    if renewal is None:
        return {}
    signatures = signatures_of(situation.told, now=now)
    rows = [Row(_("Application"), f"№ {renewal.number}")]
    if notice.kind != MessageKind.OPERATORS_FAILED:
        rows += [Row(_("Signature"), one.title, one.row.value) for one in signatures]
    wrong = decision is not None and decision.reason == RejectionReason.WRONG_DATA.value
    return {
        "rows": rows,
        "application": renewal.number,
        "waits": renewal.waits_for_approver,
        "can_install": renewal.can("install"),
        "approver": name_of(decision.approver_name) if decision else "",
        "reason": rejection_words(renewal, decision),
        "is_wrong_data": wrong,
        "is_revoked": any(_is_revoked(one) for one in situation.told),
        "is_over": any(one.is_over for one in signatures),
        "day": signatures[0].day if signatures else "",
        "lifetime": settings.APPLICATION_LIFETIME.days,
        "at": show_moment(at_of(notice)),
    }


def installed(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """The end of the new signature goes into the calendar."""
    reminders = reminders_of(signatures_of(situation.told, now=now))
    return {**own_application(notice, situation, now), "reminders": reminders}


def waiting(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """For whoever decides: who waits, since when, and until when."""
    renewal = situation.renewal
    if renewal is None or renewal.submitted_at is None:
        return {}
    # What lapses is closed then, or when the signature ends by which it was signed.
    ends = [one.certificate.not_after for one in situation.told]
    lapses_at = min([renewal.submitted_at + settings.APPLICATION_LIFETIME, *ends])
    lapses = show_day(timezone.localdate(lapses_at))
    name = name_of(renewal.holder_name)
    return {
        "rows": [
            Row(_("Applicant"), name),
            Row(_("Application"), f"№ {renewal.number}"),
            Row(_("Submitted"), show_moment(renewal.submitted_at)),
            Row(_("Lapses"), lapses),
        ],
        "name": name,
        "application": renewal.number,
        "days": max(days_between(renewal.submitted_at, now), 0),
        "since": show_day(timezone.localdate(renewal.submitted_at)),
        "lapses": lapses,
        "short_day": short_day(timezone.localdate(lapses_at)),
    }


def _is_revoked(told: Told) -> bool:
    """For good: no application ends by a hold."""
    hold = Reason.CERTIFICATE_HOLD.value
    return told.revocation is not None and told.revocation.reason != hold
