"""Rights to approve as the head's pages list them: in which part of its life each one is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cabinet.application_tags import Tag
from renewals.models import Mandate, MandateKind
from renewals.organisation import head_of, signers_of

MOST_ENDED = 20


class Phase(StrEnum):
    """In which part of its life a right is."""

    IN_FORCE = "in_force"
    TO_COME = "to_come"
    UNCHECKED = "unchecked"
    VOID = "void"
    OVER = "over"
    ENDED = "ended"
    REFUSED = "refused"


# The head may take these back; of the others nothing is left.
STANDING = frozenset({Phase.IN_FORCE, Phase.TO_COME, Phase.UNCHECKED, Phase.VOID})
TAGS: dict[Phase, Tag] = {
    Phase.IN_FORCE: Tag("ok", "check", _("In force")),
    Phase.TO_COME: Tag("info", "clock", _("Not yet begun")),
    Phase.UNCHECKED: Tag("warn", "clock", _("Waits for our operator")),
    Phase.VOID: Tag("", "dash", _("Given by a former head")),
    Phase.OVER: Tag("", "clock", _("Over")),
    Phase.ENDED: Tag("", "dash", _("Ended early")),
    Phase.REFUSED: Tag("bad", "stop", _("Not confirmed")),
}


@dataclass(frozen=True)
class MandateRow:
    """One right. `is_idle`: its holder has no certificate by which he could use it now."""

    mandate: Mandate
    phase: Phase
    is_idle: bool

    @property
    def tag(self) -> Tag:
        """How the phase is shown."""
        return TAGS[self.phase]

    @property
    def is_standing(self) -> bool:
        """Whether there is something to take back."""
        return self.phase in STANDING


def mandate_rows(bin: str, *, now: datetime, iin: str = "") -> list[MandateRow]:  # noqa: A002
    """All that stand, then those that ended lately; of one person or of everybody."""
    mandates = Mandate.objects.of_organisation(bin)
    if iin:
        mandates = mandates.filter(holder_iin=iin)
    today = timezone.localdate(now)
    # What neither ended nor was refused may be over by its days; the newest first in both.
    standing = list(mandates.standing().filter(ends_on__gte=today))
    ended = list(mandates.exclude(pk__in=[row.pk for row in standing])[:MOST_ENDED])
    holders = {row.holder_iin for row in standing}
    able = set(signers_of(bin, now).filter(iin__in=holders).values_list("iin", flat=True))
    head = head_of(bin)
    return [
        MandateRow(
            row,
            phase_of(row, head.iin if head else "", today=today),
            is_idle=row in standing and row.holder_iin not in able,
        )
        for row in standing + ended
    ]


def phase_of(mandate: Mandate, head_iin: str, *, today: date) -> Phase:
    """By its dates, and by who is the head today."""
    if mandate.refused_at is not None:
        return Phase.REFUSED
    if mandate.ended_at is not None:
        return Phase.ENDED
    if mandate.ends_on < today:
        return Phase.OVER
    if mandate.confirmed_at is None:
        return Phase.UNCHECKED
    if mandate.kind == MandateKind.DELEGATION.value and mandate.giver_iin != head_iin:
        return Phase.VOID
    return Phase.TO_COME if mandate.starts_on > today else Phase.IN_FORCE
