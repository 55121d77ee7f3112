"""What is true of notices at this moment, looked up for a whole batch. Reads, never writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from notifications.kinds import MessageKind
from notifications.models import Address, Notice
from notifications.telling.schedule import ENDED
from notifications.words.lookup import Lookup, Told
from notifications.words.standings import Need
from renewals.models import Decision, Mandate, Proposal, ProposalState, Renewal, Trouble

# So many people of a digest are named.
NAMED = 20


@dataclass(frozen=True)
class Situation:
    """What a notice can say now. `is_true`: whether there is still anything to tell.

    `reader` is the name in his certificates, '' where there is none. `told` are the certificates
    that it speaks of; of a digest one for each person, and `more` people are not named.
    """

    is_true: bool
    reader: str = ""
    told: tuple[Told, ...] = ()
    more: int = 0
    renewal: Renewal | None = None
    mandate: Mandate | None = None
    address: Address | None = None
    trouble: Trouble | None = None
    proposal: Proposal | None = None

    @property
    def decision(self) -> Decision | None:
        """What an approver decided about the application."""
        return getattr(self.renewal, "decision", None)


def gather(notices: Sequence[Notice], *, now: datetime) -> dict[int, Situation]:
    """The situation of each notice, by its id; as many questions for one as for a hundred."""
    lookup = Lookup.of(notices, now=now)
    return {notice.pk: _situation(notice, lookup, now) for notice in notices}


def is_spoken_of(need: Need, days: int) -> bool:
    """Whether a holder is told of the end of such a certificate at this threshold.

    One who has begun is left alone until it is late: then he is told to finish.
    """
    if need is Need.BEGUN:
        return days in {*settings.EXPIRY_LAST_CALLS, ENDED}
    return need is Need.NEEDED


def _situation(notice: Notice, lookup: Lookup, now: datetime) -> Situation:
    reader = lookup.names.get(notice.iin, "")
    told = lookup.told_of(notice)
    renewal = lookup.renewals.get(notice.renewal_id or 0)
    match MessageKind(notice.kind):
        case MessageKind.EXPIRY_SOON | MessageKind.EXPIRY_ENDED | MessageKind.EXPIRY_PEOPLE:
            days = notice.facts.get("days", ENDED)
            spoken = tuple(one for one in told if is_spoken_of(one.need, days))
            # What is settled is still named to whoever reads it later.
            return Situation(is_true=bool(spoken), reader=reader, told=spoken or told)
        case MessageKind.EXPIRY_DIGEST:
            return _digest(notice, lookup, reader)
        case MessageKind.APPROVAL_WAITING:
            waits = renewal is not None and renewal.waits_for_approver
            return Situation(is_true=waits, reader=reader, renewal=renewal, told=told)
        case MessageKind.OPERATORS_TROUBLE:
            trouble = lookup.trouble_of(notice)
            lasts = trouble is not None and trouble.ended_at is None
            return Situation(is_true=lasts, reader=reader, trouble=trouble)
        case MessageKind.OPERATORS_PROPOSAL:
            proposal = lookup.proposals.get(notice.facts.get("proposal") or 0)
            return Situation(is_true=_waits(proposal, now), reader=reader, proposal=proposal)
    return Situation(
        is_true=True,
        reader=reader,
        told=told,
        renewal=renewal,
        mandate=lookup.mandates.get(notice.facts.get("mandate", 0)),
        address=lookup.addresses.get(notice.facts.get("address", 0)),
    )


def _waits(proposal: Proposal | None, now: datetime) -> bool:
    """Too old is too old, swept or not."""
    if proposal is None:
        return False
    return proposal.state == ProposalState.WAITING.value and now < proposal.expires_at


def _digest(notice: Notice, lookup: Lookup, reader: str) -> Situation:
    """Of somebody with several certificates, the one that ends first. Not of the reader's own."""
    people = _first_of_each(lookup.ending.get(notice.facts.get("bin", ""), ()), notice.iin)
    return Situation(
        is_true=bool(people),
        reader=reader,
        told=people[:NAMED],
        more=max(len(people) - NAMED, 0),
    )


def _first_of_each(rows: Iterable[Told], reader_iin: str) -> tuple[Told, ...]:
    found: dict[str, Told] = {}
    for row in rows:
        if row.certificate.iin not in {"", reader_iin}:
            found.setdefault(row.certificate.iin, row)
    return tuple(found.values())
