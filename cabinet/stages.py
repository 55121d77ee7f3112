"""The parts of every application in order, in words: done, under way, still to come. Tables."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.events import EventKind
from renewals.machine import State


class Doer(StrEnum):
    """Whose part a stage is."""

    HOLDER = "holder"
    APPROVER = "approver"
    PORTAL = "portal"


@dataclass(frozen=True)
class Stage:
    """A part of every application: done with its event, under way, or still to come."""

    event: EventKind
    doer: Doer
    done: Promise
    now: Promise
    now_note: Promise
    ahead: Promise
    ahead_note: Promise


STAGES: tuple[Stage, ...] = (
    Stage(
        EventKind.RENEWAL_OPENED,
        Doer.HOLDER,
        done=_("Application opened"),
        now=_("Application opened"),
        now_note=_("You"),
        ahead=_("Application opened"),
        ahead_note=_("You"),
    ),
    Stage(
        EventKind.RENEWAL_SUBMITTED,
        Doer.HOLDER,
        done=_("Statement signed, the signature is right"),
        now=_("Waits for your signature"),
        now_note=_("You: check the data, make the new key, sign the statement."),
        ahead=_("Signing the statement"),
        ahead_note=_("You: with your present key"),
    ),
    Stage(
        EventKind.RENEWAL_ISSUED,
        Doer.PORTAL,
        done=_("Certificate issued"),
        now=_("The certificate is being issued"),
        now_note=_("Automatically, usually within seconds."),
        ahead=_("Issue of the certificate"),
        ahead_note=_("Automatically, within seconds"),
    ),
    Stage(
        EventKind.RENEWAL_INSTALLED,
        Doer.HOLDER,
        done=_("New signature installed, the new key works"),
        now=_("Waits for you to install it"),
        now_note=_("You: the password of the new key, and its file on another computer."),
        ahead=_("Installation of the new signature"),
        ahead_note=_("You: the password of the new key is needed"),
    ),
)
APPROVAL = Stage(
    EventKind.RENEWAL_APPROVED,
    Doer.APPROVER,
    done=_("Application approved"),
    now=_("Waits for your organisation to approve it"),
    now_note=_("The head, or somebody whom he trusts. You do not have to do anything."),
    ahead=_("Approval"),
    ahead_note=_("The head of your organisation, or somebody whom he trusts"),
)
# Which stage is under way. A state that is not here has none.
UNDER_WAY: dict[State, EventKind] = {
    State.DRAFT: EventKind.RENEWAL_SUBMITTED,
    State.AWAITING_APPROVAL: EventKind.RENEWAL_APPROVED,
    State.APPROVED: EventKind.RENEWAL_ISSUED,
    State.ISSUING: EventKind.RENEWAL_ISSUED,
    State.ISSUED: EventKind.RENEWAL_INSTALLED,
}
