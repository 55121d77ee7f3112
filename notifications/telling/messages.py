"""What is told of each event, to whom and in which form: a table, nothing is done here.

Adding a message: a name in `kinds.py`, a line here, a folder below `templates/notifications/`.
"""

from dataclasses import dataclass
from enum import StrEnum

from notifications.kinds import Form, MessageKind, Topic
from renewals.events import EventKind

LETTER = frozenset({Form.LETTER})
BOTH = frozenset({Form.LETTER, Form.SHORT})


class Audience(StrEnum):
    """Who hears of it. Found by `notifications.telling.audience`."""

    HOLDER = "holder"
    ACTOR = "actor"
    APPROVERS = "approvers"
    HEAD = "head"
    GIVEN = "given"
    OPERATORS = "operators"
    OTHER_OPERATORS = "other-operators"


@dataclass(frozen=True)
class Message:
    """A message: its topic, and the forms in which it goes out besides the inbox."""

    kind: MessageKind
    topic: Topic
    forms: frozenset[Form]


@dataclass(frozen=True)
class Telling:
    """An event is told to an audience by a message."""

    message: MessageKind
    audience: Audience


MESSAGES: dict[MessageKind, Message] = {
    one.kind: one
    for one in (
        # The forms of these follow the threshold: see `settings.EXPIRY_THRESHOLDS`.
        Message(MessageKind.EXPIRY_SOON, Topic.EXPIRY, BOTH),
        Message(MessageKind.EXPIRY_ENDED, Topic.EXPIRY, LETTER),
        Message(MessageKind.EXPIRY_PEOPLE, Topic.ORGANISATION, LETTER),
        Message(MessageKind.EXPIRY_DIGEST, Topic.ORGANISATION, LETTER),
        Message(MessageKind.APPLICATION_SUBMITTED, Topic.APPLICATION, LETTER),
        Message(MessageKind.APPLICATION_APPROVED, Topic.APPLICATION, LETTER),
        Message(MessageKind.APPLICATION_REJECTED, Topic.APPLICATION, BOTH),
        # A new certificate: as much a matter of security as of the application.
        Message(MessageKind.APPLICATION_ISSUED, Topic.SECURITY, BOTH),
        Message(MessageKind.APPLICATION_INSTALLED, Topic.APPLICATION, LETTER),
        Message(MessageKind.APPLICATION_LAPSED, Topic.APPLICATION, LETTER),
        Message(MessageKind.APPLICATION_FAILED, Topic.APPLICATION, LETTER),
        Message(MessageKind.APPROVAL_WAITING, Topic.APPROVAL, LETTER),
        Message(MessageKind.APPROVAL_RIGHT, Topic.APPROVAL, LETTER),
        Message(MessageKind.SIGN_IN_NEW_DEVICE, Topic.SECURITY, BOTH),
        Message(MessageKind.CERTIFICATE_ISSUED, Topic.SECURITY, BOTH),
        Message(MessageKind.CERTIFICATE_REVOKED, Topic.SECURITY, BOTH),
        Message(MessageKind.CERTIFICATE_HELD, Topic.SECURITY, BOTH),
        Message(MessageKind.CERTIFICATE_RELEASED, Topic.SECURITY, BOTH),
        Message(MessageKind.EMPLOYEE_REVOKED, Topic.ORGANISATION, LETTER),
        Message(MessageKind.EMPLOYEE_HELD, Topic.ORGANISATION, LETTER),
        Message(MessageKind.CONTACT_CHANGED, Topic.SECURITY, BOTH),
        Message(MessageKind.DELEGATION_GIVEN, Topic.SECURITY, BOTH),
        Message(MessageKind.ADDRESS_FAILED, Topic.SECURITY, BOTH),
        Message(MessageKind.OPERATORS_FAILED, Topic.OPERATIONS, LETTER),
        Message(MessageKind.OPERATORS_UNDELIVERED, Topic.OPERATIONS, LETTER),
        Message(MessageKind.OPERATORS_TROUBLE, Topic.OPERATIONS, LETTER),
        Message(MessageKind.OPERATORS_PROPOSAL, Topic.OPERATIONS, LETTER),
        Message(MessageKind.CONTACT_CODE, Topic.SECURITY, BOTH),
    )
}

TELLINGS: dict[EventKind, tuple[Telling, ...]] = {
    EventKind.RENEWAL_SUBMITTED: (
        Telling(MessageKind.APPLICATION_SUBMITTED, Audience.HOLDER),
        Telling(MessageKind.APPROVAL_WAITING, Audience.APPROVERS),
    ),
    EventKind.RENEWAL_UNDECIDED: (Telling(MessageKind.APPROVAL_WAITING, Audience.APPROVERS),),
    EventKind.RENEWAL_APPROVED: (Telling(MessageKind.APPLICATION_APPROVED, Audience.HOLDER),),
    EventKind.RENEWAL_REJECTED: (Telling(MessageKind.APPLICATION_REJECTED, Audience.HOLDER),),
    EventKind.RENEWAL_ISSUED: (Telling(MessageKind.APPLICATION_ISSUED, Audience.HOLDER),),
    EventKind.RENEWAL_INSTALLED: (Telling(MessageKind.APPLICATION_INSTALLED, Audience.HOLDER),),
    EventKind.RENEWAL_LAPSED: (Telling(MessageKind.APPLICATION_LAPSED, Audience.HOLDER),),
    EventKind.RENEWAL_CANCELLED: (Telling(MessageKind.APPLICATION_LAPSED, Audience.HOLDER),),
    EventKind.RENEWAL_FAILED: (
        Telling(MessageKind.APPLICATION_FAILED, Audience.HOLDER),
        Telling(MessageKind.OPERATORS_FAILED, Audience.OPERATORS),
    ),
    EventKind.SIGN_IN_SUCCEEDED: (Telling(MessageKind.SIGN_IN_NEW_DEVICE, Audience.ACTOR),),
    EventKind.CERTIFICATE_ENROLLED: (Telling(MessageKind.CERTIFICATE_ISSUED, Audience.HOLDER),),
    EventKind.CERTIFICATE_REVOKED: (
        Telling(MessageKind.CERTIFICATE_REVOKED, Audience.HOLDER),
        Telling(MessageKind.EMPLOYEE_REVOKED, Audience.HEAD),
    ),
    EventKind.CERTIFICATE_HELD: (
        Telling(MessageKind.CERTIFICATE_HELD, Audience.HOLDER),
        Telling(MessageKind.EMPLOYEE_HELD, Audience.HEAD),
    ),
    EventKind.CERTIFICATE_RELEASED: (Telling(MessageKind.CERTIFICATE_RELEASED, Audience.HOLDER),),
    EventKind.TROUBLE_BEGAN: (Telling(MessageKind.OPERATORS_TROUBLE, Audience.OPERATORS),),
    EventKind.PROPOSAL_MADE: (Telling(MessageKind.OPERATORS_PROPOSAL, Audience.OTHER_OPERATORS),),
    EventKind.CONTACT_CHANGED: (Telling(MessageKind.CONTACT_CHANGED, Audience.ACTOR),),
    EventKind.MANDATE_GIVEN: (
        Telling(MessageKind.DELEGATION_GIVEN, Audience.ACTOR),
        Telling(MessageKind.APPROVAL_RIGHT, Audience.GIVEN),
    ),
    EventKind.MANDATE_CONFIRMED: (Telling(MessageKind.APPROVAL_RIGHT, Audience.GIVEN),),
}
# Told to nobody: seen on pages, or of interest to the record alone.
SILENT = frozenset(
    {
        EventKind.SIGN_IN_REFUSED,
        EventKind.SIGN_OUT,
        EventKind.RENEWAL_OPENED,
        EventKind.RENEWAL_PREPARED,
        EventKind.RENEWAL_CLAIMED,
        EventKind.RENEWAL_RETRIED,
        EventKind.RENEWAL_WITHDRAWN,
        EventKind.RENEWAL_REFUSED,
        EventKind.DOCUMENT_ADDED,
        EventKind.DOCUMENT_REMOVED,
        EventKind.DOCUMENT_READ,
        EventKind.EVIDENCE_MADE,
        EventKind.MANDATE_FILED,
        EventKind.MANDATE_REFUSED,
        EventKind.MANDATE_ENDED,
        EventKind.PERSON_DISMISSED,
        EventKind.PEOPLE_EXPORTED,
        EventKind.ORGANISATION_REFUSED,
        EventKind.CONTACT_SIGNED,
        EventKind.CONTACT_REFUSED,
        EventKind.CHOICE_CHANGED,
        EventKind.PLAN_VOIDED,
        EventKind.REVOCATION_REFUSED,
        EventKind.KEY_BLOCKED,
        EventKind.KEYS_OPENED,
        EventKind.LIST_PUBLISHED,
        EventKind.AUTHORITY_CHANGED,
        EventKind.SERVICE_CERTIFIED,
        EventKind.TRUST_CHANGED,
        EventKind.PROPOSAL_SETTLED,
        EventKind.PROPOSAL_REFUSED,
        EventKind.TROUBLE_ENDED,
        EventKind.SETTINGS_CHANGED,
        EventKind.AUDIT_EXPORTED,
        EventKind.RECORD_VIEWED,
        EventKind.TEXT_CHANGED,
    }
)
