"""What became of each application of a signed list: read from the rows, never remembered."""

from dataclasses import dataclass

from cabinet.sentences import sentence
from renewals.events import EventKind
from renewals.models import Decision, Event, Statement
from renewals.services.ruling import Ruling


@dataclass(frozen=True)
class Line:
    """One application; `refusal` says why this list did not decide about it, or ''."""

    number: str
    name: str
    refusal: str


@dataclass(frozen=True)
class Outcome:
    """Every application in the order of the list."""

    lines: tuple[Line, ...]

    @property
    def decided(self) -> int:
        """How many this list decided about."""
        return sum(not line.refusal for line in self.lines)

    @property
    def all_decided(self) -> bool:
        """Whether nothing was left out."""
        return self.decided == len(self.lines)


def outcome_of(statement: Statement) -> Outcome:
    """For a statement that was spent."""
    entries = Ruling.of(statement).entries
    ids = [entry.renewal_id for entry in entries]
    decided = set(
        Decision.objects.filter(signature__statement=statement).values_list("renewal_id", flat=True)
    )
    refusals = {
        event.renewal_id: event.facts
        for event in Event.objects.filter(
            renewal__in=ids, kind=EventKind.RENEWAL_REFUSED.value, facts__statement=statement.pk
        ).order_by("sequence")
    }
    lines = []
    for entry in entries:
        facts = {name: str(value) for name, value in refusals.get(entry.renewal_id, {}).items()}
        refusal = "" if entry.renewal_id in decided else sentence(facts.get("code", ""), facts)
        lines.append(Line(entry.number, entry.name, refusal))
    return Outcome(tuple(lines))
