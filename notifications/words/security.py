"""What the messages about sign-ins, certificates, rights and contacts are given: no sentences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from notifications.channels.registry import CHANNELS
from notifications.models import Notice
from notifications.words.facts import at_of, channel_of, fact, short_day, short_moment
from notifications.words.figures import Row, Signature, name_of, reminders_of, signatures_of
from notifications.words.reasons import revocation_words
from notifications.words.situation import Situation
from pki.revocation import Reason
from renewals.statement import put_on_one_line, show_day, show_moment


def sign_in(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """When, by what, from where."""
    rows = [
        _when(at_of(notice)),
        Row(_("Device"), fact(notice, "device")),
        Row(_("Network address"), fact(notice, "address")),
    ]
    return {"rows": _filled(rows), **_moment(at_of(notice))}


def issued(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """A new certificate: its end goes into the calendar."""
    signatures = signatures_of(situation.told, now=now)
    rows = [Row(_("Signature"), one.title, one.row.value) for one in signatures]
    return {
        "rows": [_when(at_of(notice)), *rows],
        "reminders": reminders_of(signatures),
        **_moment(at_of(notice)),
    }


def revoked(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """For its holder, or for the head of his organisation."""
    revocations = [one.revocation for one in situation.told if one.revocation]
    reason = fact(notice, "reason") or next((one.reason for one in revocations), "")
    moments = [one.revoked_at for one in revocations]
    at = min(moments, default=at_of(notice))
    signatures = signatures_of(situation.told, now=now)
    name = name_of(situation.told[0].certificate.common_name) if situation.told else ""
    rows = [
        _when(at),
        *(Row(_("Signature"), one.title) for one in signatures),
        Row(_("Reason"), revocation_words(reason, fact(notice, "ground"))),
    ]
    return {
        "rows": rows,
        "name": name,
        "is_replaced": reason == Reason.SUPERSEDED.value,
        **_moment(at),
    }


def held(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """Suspended or released, for its holder or the head; one word for what it is by now."""
    reasons = {one.revocation.reason for one in situation.told if one.revocation}
    signatures = signatures_of(situation.told, now=now)
    rows = [_when(at_of(notice)), *(Row(_("Signature"), one.title) for one in signatures)]
    return {
        "rows": rows,
        "name": name_of(situation.told[0].certificate.common_name) if situation.told else "",
        "now": _fate(reasons, signatures),
        **_moment(at_of(notice)),
    }


def right(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """The right to approve in the head's place, for who gave it and who has it."""
    mandate = situation.mandate
    if mandate is None:
        return {}
    start, end = show_day(mandate.starts_on), show_day(mandate.ends_on)
    holder = name_of(mandate.holder_name)
    days = _("from %(start)s until %(end)s") % {"start": start, "end": end}
    rows = [
        Row(_("Organisation"), put_on_one_line(mandate.organisation)),
        Row(_("Who may approve"), holder),
        Row(_("Days"), days),
    ]
    return {
        "rows": _filled(rows),
        "holder": holder,
        "giver": name_of(mandate.giver_name),
        "start": start,
        "end": end,
        "short_day": short_day(mandate.ends_on),
        "is_over": mandate.ended_at is not None or mandate.ends_on < timezone.localdate(now),
        **_moment(at_of(notice)),
    }


def contact(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """An address before and after, both masked already; '' where there was or is none."""
    old, new = fact(notice, "old"), fact(notice, "new")
    rows = [
        _when(at_of(notice)),
        Row(_("Channel"), channel_of(notice)),
        Row(_("Before"), old),
        Row(_("Now"), new),
    ]
    return {"rows": _filled(rows), "old": old, "new": new, **_moment(at_of(notice))}


def address(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """One that does not work, masked."""
    row, value = situation.address, ""
    if row is not None and row.channel in CHANNELS:
        value = CHANNELS[row.channel].mask(row.value)
    rows = [Row(_("Channel"), channel_of(notice)), Row(_("Address"), value)]
    return {"rows": _filled(rows), "channel": channel_of(notice), "value": value}


def undelivered(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """How many messages were given up, for operators."""
    count = notice.facts.get("count")
    try:
        day = parse_date(fact(notice, "date"))
    except ValueError:
        day = None
    return {
        "count": count if isinstance(count, int) else 0,
        "day": show_day(day or timezone.localdate(notice.created_at)),
    }


def _fate(reasons: set[str], signatures: Sequence[Signature]) -> str:
    """`revoked`, `ended`, `held` or `good`; '' where nothing is known of it any more."""
    if reasons - {Reason.CERTIFICATE_HOLD.value}:
        return "revoked"
    if signatures and all(one.is_over for one in signatures):
        return "ended"
    if reasons:
        return "held"
    return "good" if signatures else ""


def _when(moment: datetime) -> Row:
    return Row(_("When"), show_moment(moment))


def _moment(moment: datetime) -> dict[str, str]:
    return {"at": show_moment(moment), "short_at": short_moment(moment)}


def _filled(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.value]
