"""What the records say of many certificates at once; what never changes is asked only once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pki.records import ends_among, revoked_among
from pki.revocation import RevocationFacts, Status

# An authority of ours by its id, and a serial number.
Pair = tuple[int, str]
MOST_ENDS = 50_000


@dataclass(frozen=True)
class Standing:
    """What became of a certificate, and when it ends; None where the records hold none."""

    facts: RevocationFacts
    not_after: datetime | None


class Standings:
    """Asks the records. For one thread.

    Revocations are asked for each time: a hold comes and goes. That a certificate exists stays
    true, for certificates are never deleted.
    """

    def __init__(self) -> None:
        self._ends: dict[Pair, datetime] = {}

    def ask(self, pairs: Collection[Pair], *, now: datetime) -> dict[Pair, Standing]:
        """Of each of them, as of `now`, which is before this call."""
        if not pairs:
            return {}
        revoked = revoked_among({serial for _authority, serial in pairs}, now=now)
        unseen = {serial for authority, serial in pairs if (authority, serial) not in self._ends}
        found = ends_among(unseen) if unseen else {}
        standings = {
            pair: _standing(revoked.get(pair), self._ends.get(pair) or found.get(pair), now)
            for pair in pairs
        }
        self._remember(found)
        return standings

    def _remember(self, found: dict[Pair, datetime]) -> None:
        self._ends.update(found)
        while len(self._ends) > MOST_ENDS:
            del self._ends[next(iter(self._ends))]


def _standing(
    revoked: RevocationFacts | None, not_after: datetime | None, now: datetime
) -> Standing:
    if revoked is not None:
        return Standing(revoked, not_after)
    status = Status.UNKNOWN if not_after is None else Status.GOOD
    return Standing(RevocationFacts(status, "records", now), not_after)
