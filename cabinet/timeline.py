"""What happened to an application, who acts now, what comes: words by tables, dates by events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cabinet.sentences import sentence
from cabinet.stages import APPROVAL, STAGES, UNDER_WAY, Doer, Stage
from pki.certificate import Role
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Decision, Renewal, Right, Verdict
from renewals.rejection import REASONS, RejectionReason
from renewals.statement import show_moment


class Look(StrEnum):
    """How an entry is marked."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    STOP = "stop"


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, in the reader's language."""

    look: Look
    title: str
    note: str


RIGHTS: dict[Right, Promise] = {
    Right.HEAD: _("first head"),
    Right.HR: _("HR employee"),
    Right.DELEGATION: _("by delegation of the head"),
    Right.POWER_OF_ATTORNEY: _("by power of attorney"),
}
ENDS: dict[State, tuple[EventKind, Promise]] = {
    State.FAILED: (EventKind.RENEWAL_FAILED, _("The certificate could not be issued")),
    State.REJECTED: (EventKind.RENEWAL_REJECTED, _("Refused")),
    State.WITHDRAWN: (EventKind.RENEWAL_WITHDRAWN, _("Withdrawn by you")),
    State.LAPSED: (EventKind.RENEWAL_LAPSED, _("Lapsed")),
}
HEADINGS: dict[State, tuple[Promise, Promise]] = {
    State.DRAFT: (
        _("The application is not sent yet"),
        _("The next step is yours. What you did is saved; nothing is sent before you sign."),
    ),
    State.AWAITING_APPROVAL: (
        _("The application waits for your organisation"),
        _("You do not have to do anything now: the head, or somebody whom he trusts, decides."),
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
    State.REJECTED: (_("The application was refused"), _("%(who)s. The reason: %(reason)s")),
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
CANCELLED = (
    _("The application has ended"),
    _(
        "The certificate that it was to renew, or the new one, was revoked, and with it this "
        "application ended. If you need another, it is issued at a public service centre."
    ),
)
CANCELLED_ENTRY = _("Ended by a revocation")


def heading_of(renewal: Renewal) -> tuple[str, str]:
    """What happens now and who acts next, as a heading and a sentence."""
    state = State(renewal.state)
    title, lead = HEADINGS[state]
    if state is State.WITHDRAWN and renewal.issued_at is not None:
        lead = WITHDRAWN_AFTER_ISSUE
    if state is State.LAPSED and _is_cancelled(renewal):
        title, lead = CANCELLED
    decision = decision_of(renewal)
    facts = {"reason": _reason(renewal, decision), "who": _refused_by(decision)}
    return str(title), str(lead) % facts


def decision_of(renewal: Renewal) -> Decision | None:
    """What an approver decided; None while nobody has, and where nobody has to."""
    return Decision.objects.filter(renewal=renewal).first() if renewal.bin else None


def timeline_of(renewal: Renewal) -> list[Entry]:
    """Every stage in order; where it ended early, why instead of what will not come."""
    moments = {event.kind: event.at for event in renewal.events.order_by("sequence")}
    state = State(renewal.state)
    decision = decision_of(renewal)
    entries = [
        entry
        for stage in _stages(renewal, moments)
        if (entry := _entry(stage, UNDER_WAY.get(state), moments, decision, is_over=state in ENDS))
    ]
    if state in ENDS:
        entries.append(_end(renewal, moments, decision))
    return entries


def _end(renewal: Renewal, moments: Mapping[str, datetime], decision: Decision | None) -> Entry:
    kind, title = ENDS[State(renewal.state)]
    if kind is EventKind.RENEWAL_LAPSED and EventKind.RENEWAL_CANCELLED.value in moments:
        kind, title = EventKind.RENEWAL_CANCELLED, CANCELLED_ENTRY
    moment = show_moment(moments.get(kind, renewal.state_since))
    if kind is EventKind.RENEWAL_REJECTED:
        return Entry(Look.STOP, _refused_by(decision), moment)
    return Entry(Look.STOP, str(title), moment)


def _stages(renewal: Renewal, moments: Mapping[str, datetime]) -> list[Stage]:
    """With the approval where somebody has to agree: nobody stands above a head."""
    stages = list(STAGES)
    needs_approval = renewal.bin and renewal.certificate.company_role != Role.HEAD.value
    if needs_approval or EventKind.RENEWAL_APPROVED.value in moments:
        stages.insert(2, APPROVAL)
    return stages


def _entry(
    stage: Stage,
    under_way: EventKind | None,
    moments: Mapping[str, datetime],
    decision: Decision | None,
    *,
    is_over: bool,
) -> Entry | None:
    # An application sent to the worker again has an earlier outcome behind it.
    if stage.event is under_way:
        return Entry(Look.NOW, str(stage.now), str(stage.now_note))
    at = moments.get(stage.event.value)
    if at is not None:
        return Entry(Look.DONE, str(stage.done), _done_note(stage.doer, at, decision))
    return None if is_over else Entry(Look.NEXT, str(stage.ahead), str(stage.ahead_note))


def _done_note(doer: Doer, at: datetime, decision: Decision | None) -> str:
    moment = show_moment(at)
    if doer is Doer.APPROVER and decision is not None:
        return f"{decision.approver_name} ({RIGHTS[Right(decision.right)]}), {moment}"
    words = gettext("You, %(moment)s") if doer is Doer.HOLDER else gettext("Portal, %(moment)s")
    return words % {"moment": moment}


def _refused_by(decision: Decision | None) -> str:
    """By whom: whom the organisation trusts, or an operator of ours after a failure."""
    if decision is None or decision.verdict != Verdict.REJECT.value:
        return gettext("Refused by an operator")
    right = str(RIGHTS[Right(decision.right)])
    return gettext("Refused by %(name)s (%(right)s)") % {
        "name": decision.approver_name,
        "right": right,
    }


def _reason(renewal: Renewal, decision: Decision | None) -> str:
    """The sentence for a code, with its facts; what somebody wrote himself as it is."""
    if renewal.state == State.REJECTED.value:
        if decision is None or decision.verdict != Verdict.REJECT.value:
            return renewal.reason
        words = str(REASONS[RejectionReason(decision.reason)])
        return f"{words}. {decision.note}" if decision.note else words
    if renewal.state != State.FAILED.value:
        return renewal.reason
    event = renewal.events.filter(kind=EventKind.RENEWAL_FAILED.value).last()
    facts = event.facts if event else {}
    return sentence(renewal.reason, {name: str(value) for name, value in facts.items()})


def _is_cancelled(renewal: Renewal) -> bool:
    return bool(renewal.events.filter(kind=EventKind.RENEWAL_CANCELLED.value).exists())
