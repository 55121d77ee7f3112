"""What can be done about a notice: one way on for each message. A table, nothing is decided."""

from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cabinet.approver import approver_of
from notifications.kinds import MessageKind
from notifications.models import Notice


class Part(StrEnum):
    """As whom the reader has to be signed in to go this way."""

    ANYBODY = "anybody"
    # By a certificate of an organisation: his personal one leads nowhere there.
    COLLEAGUE = "colleague"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Action:
    """A button. `name` is that of a URL; `numbered`: it takes the number of the application."""

    words: Promise
    name: str
    part: Part = Part.ANYBODY
    numbered: bool = False
    slug: str = ""
    query: str = ""


@dataclass(frozen=True)
class Way:
    """Where a reader gets by it; without `url` he has to sign in by another certificate first."""

    words: str
    url: str


TO_SIGNATURE = Action(_("To my signature"), "my")
TO_APPLICATION = Action(_("To the application"), "status", numbered=True)
TO_APPLICATIONS = Action(_("To my applications"), "renewals")
TO_QUEUE = Action(_("To the applications that wait"), "approvals", Part.COLLEAGUE)
TO_PEOPLE = Action(_("To the people of my organisation"), "organisation", Part.COLLEAGUE)
TO_CONTACTS = Action(_("To my contacts"), "contacts")
TO_DESK = Action(
    _("To what is not as it must be"), "admin:renewals_trouble_changelist", Part.OPERATOR
)

ACTIONS: dict[MessageKind, Action] = {
    MessageKind.EXPIRY_SOON: TO_SIGNATURE,
    MessageKind.EXPIRY_ENDED: Action(
        _("What to take to a service centre"), "help", slug="service-centre"
    ),
    MessageKind.EXPIRY_PEOPLE: TO_PEOPLE,
    MessageKind.EXPIRY_DIGEST: TO_PEOPLE,
    MessageKind.APPLICATION_SUBMITTED: TO_APPLICATION,
    MessageKind.APPLICATION_APPROVED: TO_APPLICATION,
    MessageKind.APPLICATION_REJECTED: TO_APPLICATION,
    MessageKind.APPLICATION_ISSUED: TO_APPLICATION,
    MessageKind.APPLICATION_INSTALLED: TO_APPLICATION,
    MessageKind.APPLICATION_LAPSED: TO_APPLICATION,
    MessageKind.APPLICATION_FAILED: TO_APPLICATION,
    MessageKind.APPROVAL_WAITING: TO_QUEUE,
    MessageKind.APPROVAL_RIGHT: TO_QUEUE,
    MessageKind.SIGN_IN_NEW_DEVICE: TO_SIGNATURE,
    MessageKind.CERTIFICATE_ISSUED: TO_SIGNATURE,
    MessageKind.CERTIFICATE_REVOKED: TO_SIGNATURE,
    MessageKind.CERTIFICATE_HELD: TO_SIGNATURE,
    MessageKind.CERTIFICATE_RELEASED: TO_SIGNATURE,
    MessageKind.EMPLOYEE_REVOKED: TO_PEOPLE,
    MessageKind.EMPLOYEE_HELD: TO_PEOPLE,
    MessageKind.CONTACT_CHANGED: TO_CONTACTS,
    MessageKind.DELEGATION_GIVEN: Action(_("To the rights to approve"), "mandates", Part.COLLEAGUE),
    MessageKind.ADDRESS_FAILED: TO_CONTACTS,
    MessageKind.OPERATORS_FAILED: Action(
        _("To the applications that failed"),
        "admin:renewals_renewal_changelist",
        Part.OPERATOR,
        query="state__exact=failed",
    ),
    MessageKind.OPERATORS_UNDELIVERED: Action(
        _("To what was not delivered"),
        "admin:notifications_delivery_changelist",
        Part.OPERATOR,
        query="state__exact=failed",
    ),
    MessageKind.OPERATORS_TROUBLE: TO_DESK,
    MessageKind.OPERATORS_PROPOSAL: Action(
        _("To the proposals"),
        "admin:renewals_proposal_changelist",
        Part.OPERATOR,
        query="state=waiting",
    ),
}


def way_of(notice: Notice, request: HttpRequest) -> Way | None:
    """The one button of a notice for this reader; None where nothing is to be done."""
    action = ACTIONS.get(MessageKind(notice.kind))
    if action is None:
        return None
    if action.numbered and notice.renewal is None:
        action = TO_APPLICATIONS
    reached = {
        Part.ANYBODY: True,
        Part.COLLEAGUE: approver_of(request) is not None,
        Part.OPERATOR: request.user.is_staff,
    }[action.part]
    return Way(str(action.words), _url(action, notice) if reached else "")


def _url(action: Action, notice: Notice) -> str:
    number = [notice.renewal.number] if action.numbered and notice.renewal else []
    url = reverse(action.name, args=number or ([action.slug] if action.slug else []))
    return f"{url}?{action.query}" if action.query else url
