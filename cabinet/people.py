"""The people of an organisation, as its certificates show them: who, in what order, how many.

Questions to the database alone, by columns; what is shown of each person is `cabinet.person`'s.
Somebody is in use while a certificate of his is in force; all others are past, and then the one
that ended last says whether it was revoked or expired.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from cabinet.standing import SOON_DAYS, Mark
from pki.certificate import Purpose
from pki.models import Certificate, CertificateQuerySet, is_revoked
from renewals.machine import State
from renewals.models import Request

MONTHS = 12
MOST_WORDS = 4
ENTERING = (Purpose.AUTH.value, Purpose.COMBINED.value)
SIGNING = (Purpose.SIGN.value, Purpose.COMBINED.value)
# A certificate may have been issued for these, and was never shown to work.
UNINSTALLED = (State.ISSUED.value, State.WITHDRAWN.value, State.LAPSED.value)

# Rows of `iin` with what was asked for each: `ends_at` and `last_at`, or `ended_at`.
People = QuerySet[Any, Any]


class Group(StrEnum):
    """Whom a list shows."""

    ALL = "all"
    SOON = "soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Place:
    """Somebody's place in the list.

    `ends_at` is when the first of what he signs in and signs with ends, for want of anything
    newer; of who is past, when the last of it ended or would have.
    """

    iin: str
    mark: Mark
    ends_at: datetime


@dataclass(frozen=True)
class Month:
    """Of how many people the last certificate ends in it; `first` is its first day in Almaty."""

    first: date
    people: int


@dataclass(frozen=True)
class Counts:
    """How many people are in which group, and when the certificates of those in use end."""

    groups: dict[Group, int]
    months: tuple[Month, ...]


@dataclass(frozen=True)
class Search:
    """People of one organisation at one moment; with `words`, those whose name has them all."""

    bin: str
    now: datetime
    words: tuple[str, ...] = ()

    def places(self, group: Group, start: int = 0, count: int | None = None) -> list[Place]:
        """`count` people from place `start` on: what ends first in front, then who ended last."""
        if group is Group.SOON:
            return self._used_places(self._soon(), start, count)
        if group is not Group.ALL:
            return _past_places(self._past(group), start, count)
        found = self._used_places(self._in_use(), start, count)
        if count is not None and len(found) == count:
            return found
        before = start if found or not start else self._in_use().count()
        rest = None if count is None else count - len(found)
        return found + _past_places(self._past(group), start - before, rest)

    def counts(self) -> Counts:
        """Two questions, whatever the size."""
        firsts = months_from(timezone.localdate(self.now))
        begins = [_begin(first) for first in firsts]
        endings = {
            f"month_{at}": Count("iin", filter=Q(last_at__gte=begin, last_at__lt=end))
            for at, (begin, end) in enumerate(pairwise(begins))
        }
        used = self._in_use().aggregate(
            people=Count("iin"),
            soon=Count("iin", filter=Q(ends_at__lt=self._soon_until)),
            **endings,
        )
        past = self._past(Group.ALL).aggregate(
            people=Count("iin"), revoked=Count("iin", filter=Q(revoked_end=F("ended_at")))
        )
        return Counts(
            groups={
                Group.ALL: used["people"] + past["people"],
                Group.SOON: used["soon"],
                Group.EXPIRED: past["people"] - past["revoked"],
                Group.REVOKED: past["revoked"],
            },
            months=tuple(
                Month(first, used[f"month_{at}"]) for at, first in enumerate(firsts[:MONTHS])
            ),
        )

    def _in_use(self) -> People:
        asked: People = (
            self._usable()
            .values("iin")
            .annotate(
                last_at=Max("not_after"),
                ends_at=Least(
                    Coalesce(Max("not_after", filter=Q(purpose__in=ENTERING)), "last_at"),
                    Coalesce(Max("not_after", filter=Q(purpose__in=SIGNING)), "last_at"),
                ),
            )
            .order_by("ends_at", "iin")
        )
        return asked

    def _soon(self) -> People:
        soon: People = self._in_use().filter(ends_at__lt=self._soon_until)
        return soon

    def _past(self, group: Group) -> People:
        rows = self._signatures().exclude(iin__in=self._usable().values("iin"))
        asked: People = (
            rows.values("iin")
            .annotate(
                ended_at=Max("not_after"),
                revoked_end=Max("not_after", filter=is_revoked()),
            )
            .order_by("-ended_at", "iin")
        )
        if group is Group.REVOKED:
            asked = asked.filter(revoked_end=F("ended_at"))
        if group is Group.EXPIRED:
            asked = asked.filter(Q(revoked_end=None) | Q(revoked_end__lt=F("ended_at")))
        return asked

    def _usable(self) -> CertificateQuerySet:
        """Not over and not revoked; what begins later counts, too."""
        return self._signatures().filter(not_after__gte=self.now).unrevoked()

    def _signatures(self) -> CertificateQuerySet:
        rows = signatures_of(self.bin)
        return rows.filter(iin__in=self._named) if self.words else rows

    @cached_property
    def _named(self) -> list[str]:
        """Whom the words name, looked through once.

        All of them stand in one certificate, which may be an old one: a surname changes.
        """
        rows = signatures_of(self.bin)
        for word in self.words[:MOST_WORDS]:
            rows = rows.filter(_has(word))
        return list(rows.order_by().values_list("iin", flat=True).distinct())

    def _used_places(self, people: People, start: int, count: int | None) -> list[Place]:
        soon_until = self._soon_until
        rows = people.values_list("iin", "ends_at")[_slice(start, count)]
        return [
            Place(iin, Mark.ENDS_SOON if ends_at < soon_until else Mark.IN_FORCE, ends_at)
            for iin, ends_at in rows
        ]

    @property
    def _soon_until(self) -> datetime:
        """The midnight after the last day that counts as soon."""
        return _begin(timezone.localdate(self.now) + timedelta(days=SOON_DAYS + 1))


def signatures_of(bin: str) -> CertificateQuerySet:  # noqa: A002  # the identifier's own name
    """Certificates of people; what was issued and never installed is nobody's signature."""
    never = Request.objects.filter(
        renewal__bin=bin, renewal__state__in=UNINSTALLED, certificate__isnull=False
    )
    rows = Certificate.objects.of_organisation(bin).exclude(iin="")
    return rows.exclude(pk__in=never.values("certificate"))


def months_from(today: date) -> list[date]:
    """The first day of this month and of the twelve after it."""
    this = today.year * 12 + today.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(this, this + MONTHS + 1)]


def words_of(typed: str) -> tuple[str, ...]:
    """What was typed into the search, word by word."""
    return tuple(typed.split()[:MOST_WORDS])


def _past_places(people: People, start: int, count: int | None) -> list[Place]:
    rows = people.values_list("iin", "ended_at", "revoked_end")[_slice(start, count)]
    return [
        Place(iin, Mark.REVOKED if ended_at == revoked_end else Mark.EXPIRED, ended_at)
        for iin, ended_at, revoked_end in rows
    ]


def _slice(start: int, count: int | None) -> slice:
    return slice(start, None if count is None else start + count)


def _has(word: str) -> Q:
    """In whatever case it was typed: not every database knows that of Cyrillic letters."""
    found = Q()
    for form in sorted({word, word.upper(), word.title()}):
        found |= Q(common_name__contains=form)
    return found


def _begin(day: date) -> datetime:
    """Its midnight in Almaty."""
    return timezone.make_aware(datetime.combine(day, time.min))
