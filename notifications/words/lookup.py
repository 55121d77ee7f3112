"""The rows behind a batch of notices: each table is asked once, and only for its columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifications.kinds import MessageKind
from notifications.models import Address, Notice
from notifications.words.endings import ending
from notifications.words.facts import at_of, fact
from notifications.words.standings import COLUMNS, Need, applications_of, standings
from pki.models import Certificate, Revocation
from renewals.models import Mandate, Proposal, Renewal, Request, Trouble

EXPIRY = frozenset({MessageKind.EXPIRY_SOON, MessageKind.EXPIRY_ENDED, MessageKind.EXPIRY_PEOPLE})
SHOWN = (*COLUMNS, "common_name", "organisation", "storage", "company_role", "not_before")


@dataclass(frozen=True)
class Told:
    """A certificate of a notice: what is to be done about it, by which open application, and
    what became of it.
    """

    certificate: Certificate
    need: Need = Need.NEEDED
    application: Renewal | None = None
    revocation: Revocation | None = None


@dataclass(frozen=True)
class Lookup:
    """Rows by id; names by IIN; people near the end by BIN."""

    told: Mapping[int, Told]
    renewals: Mapping[int, Renewal]
    # The certificates of an application: the new ones where there are any, then the old.
    applied: Mapping[int, Sequence[int]]
    mandates: Mapping[int, Mandate] = field(default_factory=dict)
    addresses: Mapping[int, Address] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    ending: Mapping[str, Sequence[Told]] = field(default_factory=dict)
    # By subject and beginning: the same thing may be in trouble again.
    troubles: Mapping[tuple[str, datetime], Trouble] = field(default_factory=dict)
    proposals: Mapping[int, Proposal] = field(default_factory=dict)

    @classmethod
    def of(cls, notices: Sequence[Notice], *, now: datetime) -> "Lookup":
        """Ask for everything that these notices speak of."""
        renewals = {notice.renewal_id for notice in notices if notice.renewal_id}
        applied = _applied(renewals)
        named = {number for notice in notices for number in certificates_of(notice)}
        named |= {number for numbers in applied.values() for number in numbers}
        rows = list(Certificate.objects.filter(pk__in=named).only(*SHOWN))
        near = [notice for notice in notices if notice.kind in EXPIRY]
        standing = {number for notice in near for number in certificates_of(notice)}
        return cls(
            told=_told(rows, standing, now=now),
            renewals=Renewal.objects.select_related("decision").in_bulk(renewals),
            applied=applied,
            mandates=Mandate.objects.in_bulk(_numbers(notices, "mandate")),
            addresses=Address.objects.in_bulk(_numbers(notices, "address")),
            names=_names({notice.iin for notice in notices}),
            ending=_ending(notices, now=now),
            troubles=_troubles(notices),
            proposals=Proposal.objects.select_related("first").in_bulk(
                _numbers(notices, "proposal")
            ),
        )

    def told_of(self, notice: Notice) -> tuple[Told, ...]:
        """The certificates that a notice names, or those of its application."""
        numbers = certificates_of(notice) or self.applied.get(notice.renewal_id or 0, ())
        return tuple(self.told[number] for number in numbers if number in self.told)

    def trouble_of(self, notice: Notice) -> Trouble | None:
        """That a notice tells of, over or not."""
        return self.troubles.get(_trouble_key(notice))


def certificates_of(notice: Notice) -> list[int]:
    """The ids of the certificates that it names itself."""
    numbers = notice.facts.get("certificates")
    return [number for number in numbers or () if isinstance(number, int)]


def _numbers(notices: Iterable[Notice], name: str) -> set[int]:
    """Ids among the facts; `address` is a network address in other messages."""
    found = (notice.facts.get(name) for notice in notices)
    return {number for number in found if isinstance(number, int)}


def _told(rows: Sequence[Certificate], near: set[int], *, now: datetime) -> dict[int, Told]:
    ends = [row for row in rows if row.pk in near]
    needs = standings(ends, now=now)
    open_ones = applications_of(ends, now=now) if ends else {}
    revocations = {
        (one.authority_id, one.serial_hex): one
        for one in Revocation.objects.filter(serial_hex__in=[row.serial_hex for row in rows])
    }
    return {
        row.pk: Told(
            certificate=row,
            need=needs.get(row.pk, Need.NEEDED),
            application=open_ones.get(row.pk),
            revocation=revocations.get((row.authority_id, row.serial_hex)),
        )
        for row in rows
    }


def _applied(renewals: Iterable[int]) -> dict[int, list[int]]:
    """The one for signing first, as everywhere."""
    rows = Request.objects.filter(renewal__in=list(renewals)).order_by("-purpose")
    found: dict[int, list[int]] = {}
    for renewal, old, new in rows.values_list("renewal", "old_certificate", "certificate"):
        found.setdefault(renewal, []).append(new or old)
    return found


def _names(iins: Iterable[str]) -> dict[str, str]:
    """What the newest certificate of each says."""
    rows = Certificate.objects.filter(iin__in=list(iins)).order_by("not_before", "id")
    return dict(rows.values_list("iin", "common_name"))


def _ending(notices: Iterable[Notice], *, now: datetime) -> dict[str, list[Told]]:
    bins = {
        str(notice.facts.get("bin", ""))
        for notice in notices
        if notice.kind == MessageKind.EXPIRY_DIGEST
    }
    found: dict[str, list[Told]] = {}
    for row in ending(bins, now=now) if bins else ():
        found.setdefault(row.bin, []).append(Told(row))
    return found


def _troubles(notices: Iterable[Notice]) -> dict[tuple[str, datetime], Trouble]:
    keys = {_trouble_key(one) for one in notices if one.kind == MessageKind.OPERATORS_TROUBLE}
    if not keys:
        return {}
    subjects, moments = zip(*keys, strict=True)
    rows = Trouble.objects.filter(subject__in=subjects, began_at__in=moments)
    return {(row.subject, row.began_at): row for row in rows}


def _trouble_key(notice: Notice) -> tuple[str, datetime]:
    """The event and the row have the same time."""
    return fact(notice, "subject"), at_of(notice)
