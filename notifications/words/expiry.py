"""What the messages about ends of signatures are given: facts and tables, no sentences."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from notifications.models import Notice
from notifications.words.facts import short_day
from notifications.words.figures import people_rows, reminders_of, signatures_of
from notifications.words.situation import Situation
from renewals.statement import show_day


def own_end(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """Of the reader's own signatures; what has ended counts when nothing else is left."""
    signatures = signatures_of(situation.told, now=now)
    coming = [one for one in signatures if not one.is_over]
    chosen = coming or signatures
    if not chosen:
        return {}
    first = chosen[0]
    begun = [one.begun for one in chosen]
    ends_on = timezone.localdate(first.ends_at)
    return {
        "count": len(chosen),
        "days": first.days,
        "day": first.day,
        "short_day": short_day(ends_on),
        "time": f"{timezone.localtime(first.ends_at):%H:%M}",
        "is_over": not coming,
        # Nobody signs in with what has ended.
        "is_shut": situation.is_true and not coming,
        "is_begun": all(begun),
        "waits_for_install": any(one is not None and one.can("install") for one in begun),
        "needs_approval": any(one.needs_approval for one in chosen),
        "is_of_organisation": any(one.first.certificate.bin for one in chosen),
        "is_file": any(one.is_file for one in chosen),
        "is_device": any(not one.is_file for one in chosen),
        "rows": [one.row for one in signatures],
        "year": first.year,
        "year_start": show_day(timezone.localdate(first.first.certificate.not_before)),
        "year_end": first.day,
        "reminders": reminders_of(chosen),
    }


def people_ends(notice: Notice, situation: Situation, now: datetime) -> dict[str, Any]:
    """Of the people of the reader's organisation, each by name."""
    rows = people_rows(situation.told, now=now)
    return {
        "rows": rows,
        "count": len(rows) + situation.more,
        "more": situation.more,
        "name": rows[0].label if rows else "",
    }
