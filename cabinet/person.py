"""People of an organisation as its pages show them, with everything for a page in one go.

No certificate is parsed here: names and roles are columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from cabinet.application_tags import Tag, tag_of
from cabinet.people import Place, signatures_of
from cabinet.role_words import role_words
from cabinet.standing import Mark, Standing, standings_from
from pki.certificate import Role
from pki.models import Certificate
from renewals.models import Mandate, Renewal
from renewals.organisation import SIGNING, head_of
from renewals.signature_words import days_between, time_left

PAST = frozenset({Mark.EXPIRED, Mark.REVOKED})
# What of a certificate the list needs.
SHOWN = (
    *("authority_id", "serial_hex", "iin", "bin", "common_name", "purpose", "storage"),
    *("roles", "not_before", "not_after"),
)


@dataclass(frozen=True)
class Person:
    """One line of the list."""

    place: Place
    now: datetime
    # The newest: its name is shown, its id stands in addresses.
    certificate: Certificate
    standings: tuple[Standing, ...]
    mandate: Mandate | None
    # Who is the head today, or ''.
    head_iin: str

    @property
    def roles(self) -> str:
        """Who he is in the organisation, in words."""
        return roles_of(self.certificate, self.head_iin)

    @property
    def is_past(self) -> bool:
        """Without any certificate in force."""
        return self.place.mark in PAST

    @property
    def in_use(self) -> list[Standing]:
        """What he signs with, leaving out what was replaced."""
        used = [one for one in self.standings if not one.is_past]
        return [one for one in used if one.successor is None] or used

    @property
    def days_left(self) -> int | None:
        """Midnights in Almaty until the first of it ends; None where nothing is in force."""
        return None if self.is_past else max(days_between(self.now, self.place.ends_at), 0)

    @property
    def left(self) -> str:
        """The same in words; '' where nothing is in force."""
        return "" if self.is_past else time_left(self.now, self.place.ends_at)

    @property
    def mark(self) -> Mark:
        """As of his place; where nothing but a hold stands in the way, that."""
        held = any(one.is_held for one in self.standings)
        return Mark.SUSPENDED if self.place.mark is Mark.REVOKED and held else self.place.mark

    @property
    def ended_at(self) -> datetime:
        """When the last of it ended: by its term, or before that."""
        ends = [one.revoked_at for one in self.standings if one.revoked_at is not None]
        return max(ends) if self.place.mark is Mark.REVOKED and ends else self.place.ends_at

    @property
    def application(self) -> Renewal | None:
        """The open one that he has sent; a draft is his own."""
        found = (one.application for one in self.standings)
        return next((one for one in found if one and one.submitted_at), None)

    @property
    def tag(self) -> Tag | None:
        """How its state is shown."""
        return tag_of(self.application) if self.application else None


def people_at(bin: str, places: Sequence[Place], *, now: datetime) -> list[Person]:  # noqa: A002
    """Everything that the list shows of these people, in their order; five questions."""
    iins = [place.iin for place in places]
    past = [place.iin for place in places if place.mark in PAST]
    # Of who is in use, what is over by its term has nothing to say any more.
    wanted = Q(iin__in=iins, not_after__gte=now) | Q(iin__in=past)
    rows: dict[str, list[Certificate]] = defaultdict(list)
    for row in signatures_of(bin).filter(wanted).only(*SHOWN):
        rows[row.iin].append(row)
    standings: dict[str, list[Standing]] = defaultdict(list)
    for one in standings_from([row for found in rows.values() for row in found], now=now):
        standings[one.first.iin].append(one)
    mandates = _mandates(bin, iins, now)
    head = head_of(bin)
    return [
        Person(
            place=place,
            now=now,
            certificate=newest(rows[place.iin]),
            standings=tuple(standings[place.iin]),
            mandate=mandates.get(place.iin),
            head_iin=head.iin if head else "",
        )
        for place in places
    ]


def newest(rows: Iterable[Certificate]) -> Certificate:
    """The one that says best who somebody is now."""
    return max(rows, key=lambda row: (row.not_before, row.pk))


def roles_of(certificate: Certificate, head_iin: str) -> str:
    """Its roles in words; a head whom a newer certificate has replaced is a former one."""
    if Role.HEAD.value not in certificate.roles or certificate.iin == head_iin:
        return role_words(certificate.roles)
    others = role_words(role for role in certificate.roles if role != Role.HEAD.value)
    return ", ".join(words for words in (gettext("former head"), others) if words)


def may_sign(standings: Iterable[Standing]) -> bool:
    """Whether one in use says that he may sign for the organisation, and can sign."""
    rows = (row for one in standings if not one.is_past for row in one.certificates)
    return any(Role.SIGNING_RIGHT.value in row.roles and row.purpose in SIGNING for row in rows)


def _mandates(bin: str, iins: Sequence[str], now: datetime) -> dict[str, Mandate]:  # noqa: A002
    """What each holds today, by IIN; of several the one that lasts longest."""
    held = Mandate.objects.of_organisation(bin).in_force(timezone.localdate(now))
    return {row.holder_iin: row for row in held.filter(holder_iin__in=iins).order_by("ends_on")}
