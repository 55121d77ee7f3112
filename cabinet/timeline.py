"""What happened to an application, who acts now, what comes: words by tables, dates by events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cabinet.sentences import sentence
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Renewal
from renewals.statement import show_moment


class Look(StrEnum):
    """How an entry is marked."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    STOP = "stop"


class Doer(StrEnum):
    """Whose part a stage is."""

    HOLDER = "holder"
    PORTAL = "portal"


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, in the reader's language."""

    look: Look
    title: str
    note: str


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
    Doer.PORTAL,
    done=_("Application approved"),
    now=_("Waits for approval"),
    now_note=_("You do not have to do anything."),
    ahead=_("Approval"),
    ahead_note=_("Not by you"),
)
# Which stage is under way. A state that is not here has none.
UNDER_WAY: dict[State, EventKind] = {
    State.DRAFT: EventKind.RENEWAL_SUBMITTED,
    State.AWAITING_APPROVAL: EventKind.RENEWAL_APPROVED,
    State.APPROVED: EventKind.RENEWAL_ISSUED,
    State.ISSUING: EventKind.RENEWAL_ISSUED,
    State.ISSUED: EventKind.RENEWAL_INSTALLED,
}
ENDS: dict[State, tuple[EventKind, Promise]] = {
    State.FAILED: (EventKind.RENEWAL_FAILED, _("The certificate could not be issued")),
    State.REJECTED: (EventKind.RENEWAL_REJECTED, _("Refused by an operator")),
    State.WITHDRAWN: (EventKind.RENEWAL_WITHDRAWN, _("Withdrawn by you")),
    State.LAPSED: (EventKind.RENEWAL_LAPSED, _("Lapsed")),
}
HEADINGS: dict[State, tuple[Promise, Promise]] = {
    State.DRAFT: (
        _("The application is not sent yet"),
        _("The next step is yours. What you did is saved; nothing is sent before you sign."),
    ),
    State.AWAITING_APPROVAL: (
        _("The application waits for approval"),
        _("You do not have to do anything now."),
    ),
    State.APPROVED: (
        _("The certificate is being issued"),
        _("You do not have to do anything: this takes seconds, and the page updates by itself."),
    ),
    State.ISSUING: (
        _("The certificate is being issued"),
        _("You do not have to do anything: this takes seconds, and the page updates by itself."),
    ),
    State.ISSUED: (
        _("The certificate is ready"),
        _("The next step is yours: install the new signature. It takes a minute."),
    ),
    State.INSTALLED: (
        _("The new signature is installed"),
        _("The renewal is finished, you do not have to do anything more."),
    ),
    State.FAILED: (_("The certificate was not issued"), _("%(reason)s")),
    State.REJECTED: (_("The application was refused"), _("The operator's reason: %(reason)s")),
    State.WITHDRAWN: (
        _("The application is withdrawn"),
        _("Nothing was changed: your present signature works as before."),
    ),
    State.LAPSED: (
        _("The application has lapsed"),
        _("It waited for 30 days, or the certificate that it was to renew is no longer in force."),
    ),
}
WITHDRAWN_AFTER_ISSUE = _(
    "Your present signature works as before. The new certificate was never installed and is "
    "revoked."
)


def heading_of(renewal: Renewal) -> tuple[str, str]:
    """What happens now and who acts next, as a heading and a sentence."""
    state = State(renewal.state)
    title, lead = HEADINGS[state]
    if state is State.WITHDRAWN and renewal.issued_at is not None:
        lead = WITHDRAWN_AFTER_ISSUE
    return str(title), str(lead) % {"reason": _reason(renewal)}


def timeline_of(renewal: Renewal) -> list[Entry]:
    """Every stage in order; where it ended early, why instead of what will not come."""
    moments = {event.kind: event.at for event in renewal.events.order_by("sequence")}
    state = State(renewal.state)
    entries = [
        entry
        for stage in _stages(state, moments)
        if (entry := _entry(stage, UNDER_WAY.get(state), moments, is_over=state in ENDS))
    ]
    if state in ENDS:
        kind, title = ENDS[state]
        at = moments.get(kind, renewal.state_since)
        entries.append(Entry(Look.STOP, str(title), show_moment(at)))
    return entries


def _stages(state: State, moments: Mapping[str, datetime]) -> list[Stage]:
    stages = list(STAGES)
    if state is State.AWAITING_APPROVAL or EventKind.RENEWAL_APPROVED.value in moments:
        stages.insert(2, APPROVAL)
    return stages


def _entry(
    stage: Stage, under_way: EventKind | None, moments: Mapping[str, datetime], *, is_over: bool
) -> Entry | None:
    # An application sent to the worker again has an earlier outcome behind it.
    if stage.event is under_way:
        return Entry(Look.NOW, str(stage.now), str(stage.now_note))
    at = moments.get(stage.event.value)
    if at is not None:
        return Entry(Look.DONE, str(stage.done), _done_note(stage.doer, at))
    return None if is_over else Entry(Look.NEXT, str(stage.ahead), str(stage.ahead_note))


def _done_note(doer: Doer, at: datetime) -> str:
    words = gettext("You, %(moment)s") if doer is Doer.HOLDER else gettext("Portal, %(moment)s")
    return words % {"moment": show_moment(at)}


def _reason(renewal: Renewal) -> str:
    """The sentence for a code, with its facts; an operator's own words as they are."""
    if renewal.state != State.FAILED.value:
        return renewal.reason
    event = renewal.events.filter(kind=EventKind.RENEWAL_FAILED.value).last()
    facts = event.facts if event else {}
    return sentence(renewal.reason, {name: str(value) for name, value in facts.items()})
