"""The closed lists of notices: topics, messages, what becomes of a delivery. Names only."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Topic(StrEnum):
    """What a person may switch on or off, per channel."""

    EXPIRY = "expiry"
    APPLICATION = "application"
    APPROVAL = "approval"
    ORGANISATION = "organisation"
    SECURITY = "security"
    OPERATIONS = "operations"


class MessageKind(StrEnum):
    """A message; its value is the name of its folder of templates."""

    EXPIRY_SOON = "expiry-soon"
    EXPIRY_ENDED = "expiry-ended"
    EXPIRY_PEOPLE = "expiry-people"
    EXPIRY_DIGEST = "expiry-digest"
    APPLICATION_SUBMITTED = "application-submitted"
    APPLICATION_APPROVED = "application-approved"
    APPLICATION_REJECTED = "application-rejected"
    APPLICATION_ISSUED = "application-issued"
    APPLICATION_INSTALLED = "application-installed"
    APPLICATION_LAPSED = "application-lapsed"
    APPLICATION_FAILED = "application-failed"
    APPROVAL_WAITING = "approval-waiting"
    APPROVAL_RIGHT = "approval-right"
    SIGN_IN_NEW_DEVICE = "sign-in-new-device"
    CERTIFICATE_ISSUED = "certificate-issued"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_HELD = "certificate-held"
    CERTIFICATE_RELEASED = "certificate-released"
    EMPLOYEE_REVOKED = "employee-revoked"
    EMPLOYEE_HELD = "employee-held"
    CONTACT_CHANGED = "contact-changed"
    DELEGATION_GIVEN = "delegation-given"
    ADDRESS_FAILED = "address-failed"
    OPERATORS_FAILED = "operators-failed"
    OPERATORS_UNDELIVERED = "operators-undelivered"
    OPERATORS_TROUBLE = "operators-trouble"
    OPERATORS_PROPOSAL = "operators-proposal"
    # Sent to an address that is being verified; never in the inbox.
    CONTACT_CODE = "contact-code"


class Form(StrEnum):
    """How much a channel can carry: a letter, or a text of a few dozen words."""

    LETTER = "letter"
    SHORT = "short"


class DeliveryState(StrEnum):
    """What became of a delivery. `DROPPED`: it was not true any more when its time came."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


TOPIC_WORDS: dict[Topic, Promise] = {
    Topic.EXPIRY: _("My signature ends soon"),
    Topic.APPLICATION: _("My applications"),
    Topic.APPROVAL: _("Applications that wait for me"),
    Topic.ORGANISATION: _("Signatures of my organisation's people"),
    Topic.SECURITY: _("Security: sign-ins, new and revoked certificates, changed contacts"),
    Topic.OPERATIONS: _("Operators: what has failed, what waits for a second signature"),
}
