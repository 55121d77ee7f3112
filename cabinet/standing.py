"""How a person's signatures stand today: what is left of each and what can be done now.

Computed from rows in one pass; no certificate is parsed here and nothing is decided: whether
one may be renewed is for the services.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from cabinet.steps import Step, next_step
from pki.certificate import Purpose
from pki.models import Certificate, Revocation
from pki.revocation import Reason
from renewals.machine import State
from renewals.models import Renewal, Request
from renewals.services.opening import PAIRED_WITHIN, RENEWABLE
from renewals.signature_words import days_between, files_note_of, time_left, title_of

SOON_DAYS = 30


class Mark(StrEnum):
    """In which part of its life a signature is."""

    NOT_YET_VALID = "not_yet_valid"
    IN_FORCE = "in_force"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


IN_USE = frozenset({Mark.IN_FORCE, Mark.ENDS_SOON})


class Offer(StrEnum):
    """What its holder can do with it now. The value names a template part."""

    RENEW = "renew"
    CONTINUE = "continue"
    WAIT = "wait"
    INSTALL = "install"
    REPLACED = "replaced"
    NONE = "none"


OFFER_OF_STATE: dict[State, Offer] = {
    State.DRAFT: Offer.CONTINUE,
    State.AWAITING_APPROVAL: Offer.WAIT,
    State.APPROVED: Offer.WAIT,
    State.ISSUING: Offer.WAIT,
    State.FAILED: Offer.WAIT,
    State.ISSUED: Offer.INSTALL,
}


@dataclass(frozen=True)
class Standing:
    """A certificate or a pair, the one for signing first."""

    certificates: tuple[Certificate, ...]
    now: datetime
    revoked_at: datetime | None = None
    # Revoked by nothing but a hold: it may come back.
    is_held: bool = False
    # The open application for it, and the one that has replaced it.
    application: Renewal | None = None
    successor: Renewal | None = None

    @property
    def first(self) -> Certificate:
        """The one by which an application would be signed."""
        return self.certificates[0]

    @property
    def is_pair(self) -> bool:
        """Two files: one to sign in, one to sign."""
        return len(self.certificates) > 1

    @property
    def not_before(self) -> datetime:
        """When the whole of it is in force."""
        return max(row.not_before for row in self.certificates)

    @property
    def not_after(self) -> datetime:
        """The last second in which all of it is in force."""
        return min(row.not_after for row in self.certificates)

    @property
    def days_left(self) -> int:
        """Midnights in Asia/Almaty until it ends: 0 is today. Never negative."""
        return max(days_between(self.now, self.not_after), 0)

    @property
    def total_days(self) -> int:
        """The whole term."""
        return max((self.not_after - self.not_before).days, 1)

    @property
    def mark(self) -> Mark:
        """Revoked outweighs expired: it says more."""
        if self.revoked_at is not None:
            return Mark.SUSPENDED if self.is_held else Mark.REVOKED
        # RFC 5280, 4.1.2.5: the term includes the second of `notAfter`.
        if self.now > self.not_after:
            return Mark.EXPIRED
        if self.now < self.not_before:
            return Mark.NOT_YET_VALID
        return Mark.ENDS_SOON if self.days_left <= SOON_DAYS else Mark.IN_FORCE

    @property
    def offer(self) -> Offer:
        """What comes next."""
        if self.application is not None:
            return OFFER_OF_STATE[State(self.application.state)]
        if self.mark not in IN_USE or Purpose(self.first.purpose) not in RENEWABLE:
            return Offer.NONE
        return Offer.RENEW if self.successor is None else Offer.REPLACED

    @property
    def offer_part(self) -> str:
        """The template of what comes next."""
        return f"cabinet/parts/offer/{self.offer.value}.html"

    @property
    def step(self) -> Step | None:
        """The page on which its open application goes on."""
        return next_step(self.application) if self.application else None

    @property
    def title(self) -> str:
        """Whose signature and where it is kept, in the reader's language."""
        return title_of(self.first)

    @property
    def files_note(self) -> str:
        """What a file that is no pair and no single key is good for; '' for all others."""
        return "" if self.is_pair else files_note_of(self.first)

    @property
    def left(self) -> str:
        """What is left of it, in words; '' where nothing is."""
        return time_left(self.now, self.not_after) if self.mark in IN_USE else ""

    @property
    def ring_days(self) -> int:
        """The arc of its ring: none without words beside it."""
        return self.days_left if self.mark in IN_USE else 0

    @property
    def is_urgent(self) -> bool:
        """Whether it has to be dealt with: it ends soon and nothing has replaced it."""
        return self.mark is Mark.ENDS_SOON and self.successor is None

    @property
    def is_past(self) -> bool:
        """Of no use any more."""
        return self.mark in {Mark.EXPIRED, Mark.REVOKED}


def standings_of(iin: str, *, now: datetime) -> list[Standing]:
    """Everything that this person holds, what ends first in front, what is past at the end."""
    rows = (
        Certificate.objects.for_iin(iin)
        # Issued and not yet installed: part of its application, not yet a signature.
        .exclude(renewal_request__renewal__state=State.ISSUED.value)
        .defer("der")
    )
    return standings_from(list(rows), now=now)


def standings_from(rows: Sequence[Certificate], *, now: datetime) -> list[Standing]:
    """The same for certificates that were fetched already, of one person or of many."""
    revoked = _revocations(rows)
    open_ones, successors = _applications(rows)
    found = [
        Standing(
            unit,
            now,
            *_fate(revoked[row.pk] for row in unit if row.pk in revoked),
            next((open_ones[row.pk] for row in unit if row.pk in open_ones), None),
            next((successors[row.pk] for row in unit if row.pk in successors), None),
        )
        for unit in pair_up(rows, revoked)
    ]
    used = sorted((one for one in found if not one.is_past), key=lambda one: one.not_after)
    past = sorted((one for one in found if one.is_past), key=lambda one: one.not_after)
    return used + past[::-1]


def _fate(revocations: Iterable[Revocation]) -> tuple[datetime | None, bool]:
    """Since when a signature is revoked, and whether that is a mere hold."""
    rows = list(revocations)
    is_held = bool(rows) and all(row.reason == Reason.CERTIFICATE_HOLD.value for row in rows)
    return min((row.revoked_at for row in rows), default=None), is_held


def standing_of(certificate: Certificate, *, now: datetime) -> Standing:
    """The signature to which this certificate belongs."""
    standings = standings_of(certificate.iin, now=now)
    found = next((one for one in standings if certificate in one.certificates), None)
    if found is not None:
        return found
    # Not installed yet: what can be done with it is what its application says.
    request = Request.objects.filter(certificate=certificate).select_related("renewal").first()
    return Standing((certificate,), now, application=request.renewal if request else None)


def pair_up(
    rows: Iterable[Certificate], apart: Iterable[int] = ()
) -> list[tuple[Certificate, ...]]:
    """Every certificate once: AUTH + SIGN of one holder made together as a pair, SIGN first.

    A certificate whose id is in `apart` (revoked) pairs only with another of them.
    """
    lonely = set(apart)
    waiting: dict[object, list[Certificate]] = {}
    units: list[tuple[Certificate, ...]] = []
    ordered = sorted(rows, key=lambda row: (row.purpose != Purpose.SIGN.value, row.not_before))
    for row in ordered:
        key = (row.authority_id, row.iin, row.bin, row.storage, row.pk in lonely)
        if row.purpose == Purpose.SIGN.value:
            waiting.setdefault(key, []).append(row)
            continue
        partner = _nearest(row, waiting.get(key, []))
        if row.purpose == Purpose.AUTH.value and partner is not None:
            waiting[key].remove(partner)
            units.append((partner, row))
        else:
            units.append((row,))
    return units + [(row,) for group in waiting.values() for row in group]


def _nearest(row: Certificate, others: Sequence[Certificate]) -> Certificate | None:
    def gap(other: Certificate) -> timedelta:
        return abs(other.not_before - row.not_before)

    return min((one for one in others if gap(one) <= PAIRED_WITHIN), key=gap, default=None)


def _revocations(rows: Sequence[Certificate]) -> dict[int, Revocation]:
    """The revocation of each revoked one, by its id."""
    serials = [row.serial_hex for row in rows]
    found = {
        (one.authority_id, one.serial_hex): one
        for one in Revocation.objects.filter(serial_hex__in=serials)
    }
    keys = {row.pk: (row.authority_id, row.serial_hex) for row in rows}
    return {pk: found[key] for pk, key in keys.items() if key in found}


def _applications(
    rows: Sequence[Certificate],
) -> tuple[dict[int, Renewal], dict[int, Renewal]]:
    """The open application and the installed one of each certificate, by its id."""
    requests = (
        Request.objects.filter(Q(is_open=True) | Q(renewal__state=State.INSTALLED.value))
        .filter(old_certificate__in=[row.pk for row in rows])
        .select_related("renewal")
        .defer("csr_der", "spki_der")
        .order_by("renewal_id")
    )
    open_ones: dict[int, Renewal] = {}
    successors: dict[int, Renewal] = {}
    for request in requests:
        target = open_ones if request.is_open else successors
        target[request.old_certificate_id] = request.renewal
    return open_ones, successors
