"""The state of an application in two words, and who acts next in one."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renewals.machine import Party, State
from renewals.models import Renewal


@dataclass(frozen=True)
class Tag:
    """Icon and words carry the state; `kind` only colours it."""

    kind: str
    icon: str
    words: Promise


TAGS: dict[State, Tag] = {
    State.DRAFT: Tag("", "dash", _("Draft")),
    State.AWAITING_APPROVAL: Tag("warn", "clock", _("Waits for approval")),
    State.APPROVED: Tag("info", "next", _("Being issued")),
    State.ISSUING: Tag("info", "next", _("Being issued")),
    State.ISSUED: Tag("warn", "key", _("To be installed")),
    State.INSTALLED: Tag("ok", "check", _("Installed")),
    State.FAILED: Tag("bad", "stop", _("Not issued")),
    State.REJECTED: Tag("bad", "stop", _("Refused")),
    State.WITHDRAWN: Tag("", "dash", _("Withdrawn")),
    State.LAPSED: Tag("", "clock", _("Lapsed")),
}
PARTIES: dict[Party, Promise] = {
    Party.HOLDER: _("you"),
    Party.APPROVER: _("the head of your organisation, or whom he trusts"),
    Party.WORKER: _("the portal"),
    Party.OPERATOR: _("our operator"),
    Party.NOBODY: _("nobody, it is finished"),
}


def tag_of(renewal: Renewal) -> Tag:
    """How the state is shown."""
    return TAGS[State(renewal.state)]


def next_party_words(renewal: Renewal) -> Promise:
    """Who has the next step."""
    return PARTIES[renewal.next_party]
