"""What stands in a notice beside its sentences: signatures with their ends, people, the year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.channels.base import Reminder
from notifications.words.lookup import Told
from notifications.words.standings import Need
from pki.certificate import Role, Storage
from pki.subject import show_name
from renewals.models import Renewal
from renewals.signature_words import days_between, time_left, title_of
from renewals.statement import put_on_one_line, show_day

PARTS = 12
# How a part of the year is drawn: gone, the one in which it ends, still to come.
GONE, NOW, AHEAD = "gone", "now", "ahead"


@dataclass(frozen=True)
class Row:
    """A line of a notice's table; `note` may be ''."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Signature:
    """What a person calls one signature: a certificate, or the two of a pair."""

    told: tuple[Told, ...]
    now: datetime

    @property
    def first(self) -> Told:
        """The one that ends first."""
        return self.told[0]

    @property
    def ends_at(self) -> datetime:
        """The last second of it."""
        return self.first.certificate.not_after

    @property
    def is_over(self) -> bool:
        """RFC 5280, 4.1.2.5: the term includes the second of `notAfter`."""
        return self.now > self.ends_at

    @property
    def days(self) -> int:
        """Midnights in Almaty until it ends; 0 is today. Never negative."""
        return max(days_between(self.now, self.ends_at), 0)

    @property
    def day(self) -> str:
        """`5 December 2026`."""
        return show_day(timezone.localdate(self.ends_at))

    @property
    def begun(self) -> Renewal | None:
        """The application that its holder has begun; None while any part of it has none."""
        if any(one.need is not Need.BEGUN for one in self.told):
            return None
        return self.first.application

    @property
    def needs_approval(self) -> bool:
        """Whether somebody of the organisation decides: about all but its first head."""
        row = self.first.certificate
        return bool(row.bin) and row.company_role != Role.HEAD.value

    @property
    def is_file(self) -> bool:
        """Whether this portal can renew it."""
        return self.first.certificate.storage in {Storage.FILE.value, Storage.UNKNOWN.value}

    @property
    def title(self) -> str:
        """Whose it is and where its key is kept; never a number."""
        row = self.first.certificate
        if row.bin and not row.organisation.strip():
            return _("Your organisation")
        return put_on_one_line(title_of(row))

    @property
    def row(self) -> Row:
        """Its line in a table."""
        return self.row_named(self.title)

    def row_named(self, label: str) -> Row:
        """The same beside another label."""
        if self.first.need in {Need.REPLACED, Need.REVOKED, Need.UNDER_WAY}:
            return Row(label, self._until, settled_words(self.first.need))
        if self.is_over:
            return Row(label, _("ended on %(day)s") % {"day": self.day})
        return Row(label, self._until, time_left(self.now, self.ends_at))

    @property
    def _until(self) -> str:
        return _("until %(day)s") % {"day": self.day}

    @property
    def year(self) -> tuple[str, ...]:
        """Its term in twelve parts."""
        row = self.first.certificate
        return year_of(row.not_before, row.not_after, now=self.now)

    @property
    def reminder(self) -> Reminder:
        """For a calendar. The same signature is the same entry, however often it is told."""
        number = min(one.certificate.pk for one in self.told)
        return Reminder(
            uid=f"certificate-{number}@{settings.PORTAL_NAME}",
            title=_("Your electronic signature ends: %(title)s") % {"title": self.title},
            ends_at=self.ends_at,
            url=f"{settings.PORTAL_URL.rstrip('/')}/my/",
        )


def signatures_of(told: Iterable[Told], *, now: datetime) -> list[Signature]:
    """What belongs together as one, what ends first first."""
    found: dict[object, list[Told]] = {}
    for one in sorted(told, key=lambda one: (one.certificate.not_after, one.certificate.pk)):
        row = one.certificate
        key = (row.bin, row.storage, timezone.localdate(row.not_after))
        found.setdefault(key, []).append(one)
    return [Signature(tuple(group), now) for group in found.values()]


def people_rows(told: Iterable[Told], *, now: datetime) -> list[Row]:
    """Name and end of each person's first signature; nobody twice."""
    rows: dict[str, Row] = {}
    for one in sorted(told, key=lambda one: (one.certificate.not_after, one.certificate.pk)):
        if one.certificate.iin in rows:
            continue
        row = Signature((one,), now).row_named(name_of(one.certificate.common_name))
        begun = one.need is Need.BEGUN
        note = _("has begun an application") if begun else row.note
        rows[one.certificate.iin] = replace(row, note=note)
    return list(rows.values())


def settled_words(need: Need) -> str:
    """Why there is nothing to do; '' where there is."""
    match need:
        case Need.REPLACED:
            return _("renewed")
        case Need.REVOKED:
            return _("revoked")
        case Need.UNDER_WAY:
            return _("an application is under way")
    return ""


def name_of(common_name: str) -> str:
    """A person's name as people write it, on one line."""
    return show_name(put_on_one_line(common_name))


def year_of(start: datetime, end: datetime, *, now: datetime) -> tuple[str, ...]:
    """The term in twelve parts, however long it is."""
    term = max(end - start, timedelta(seconds=1))
    at = int((now - start) / term * PARTS)
    return tuple(GONE if part < at else NOW if part == at else AHEAD for part in range(PARTS))


def reminders_of(signatures: Sequence[Signature]) -> tuple[Reminder, ...]:
    """Of those that have not ended."""
    return tuple(one.reminder for one in signatures if not one.is_over)
