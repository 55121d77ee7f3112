"""Who could approve in an organisation today, by name. Reads only; the rule is the services'."""

from dataclasses import dataclass
from datetime import datetime

from pki.models import Certificate
from renewals.machine import State
from renewals.models import Renewal, Right
from renewals.organisation import head_of
from renewals.rights import approvers_of
from renewals.services.drawing import describe_right

MOST_NAMES = 10


@dataclass(frozen=True)
class Named:
    """Somebody who could approve, and by what right, in words."""

    name: str
    right: str
    is_head: bool


@dataclass(frozen=True)
class Outlook:
    """Of one organisation, for somebody of it who cannot approve his own application."""

    # Whom the newest certificate of a head names, in force or not.
    head: Certificate | None
    approvers: tuple[Named, ...]
    # Since when an application waits, where it is about one.
    since: datetime | None = None

    @property
    def has_approver(self) -> bool:
        """Whether anybody could decide today."""
        return bool(self.approvers)

    @property
    def head_approves(self) -> bool:
        """Whether the head is among them: his certificate is in force."""
        return any(one.is_head for one in self.approvers)


def outlook_of(renewal: Renewal, *, now: datetime) -> Outlook | None:
    """For an application that waits for an approver; None for all others."""
    if renewal.state != State.AWAITING_APPROVAL.value:
        return None
    return outlook_for(renewal.bin, renewal.holder_iin, now=now, since=renewal.submitted_at)


def outlook_for(
    bin: str,  # noqa: A002  # the identifier's own name
    iin: str,
    *,
    now: datetime,
    since: datetime | None = None,
) -> Outlook:
    """For this person, who is none of the approvers. A few names are enough."""
    found: dict[str, Named] = {}
    for row, entitlement in approvers_of(bin, without_iin=iin, now=now):
        if len(found) == MOST_NAMES:
            break
        is_head = entitlement.right is Right.HEAD
        found.setdefault(row.iin, Named(row.common_name, describe_right(entitlement), is_head))
    return Outlook(
        head=head_of(bin),
        approvers=tuple(sorted(found.values(), key=lambda one: (not one.is_head, one.name))),
        since=since,
    )
