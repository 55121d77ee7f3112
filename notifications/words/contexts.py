"""Which facts the templates of each message are given: a table, no sentences."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from notifications.kinds import MessageKind
from notifications.models import Notice
from notifications.words import application as application_words
from notifications.words import expiry as expiry_words
from notifications.words import oversight as oversight_words
from notifications.words import security as security_words
from notifications.words.situation import Situation

Builder = Callable[[Notice, Situation, datetime], dict[str, Any]]

BUILDERS: dict[MessageKind, Builder] = {
    MessageKind.EXPIRY_SOON: expiry_words.own_end,
    MessageKind.EXPIRY_ENDED: expiry_words.own_end,
    MessageKind.EXPIRY_PEOPLE: expiry_words.people_ends,
    MessageKind.EXPIRY_DIGEST: expiry_words.people_ends,
    MessageKind.APPLICATION_SUBMITTED: application_words.own_application,
    MessageKind.APPLICATION_APPROVED: application_words.own_application,
    MessageKind.APPLICATION_REJECTED: application_words.own_application,
    MessageKind.APPLICATION_ISSUED: application_words.own_application,
    MessageKind.APPLICATION_INSTALLED: application_words.installed,
    MessageKind.APPLICATION_LAPSED: application_words.own_application,
    MessageKind.APPLICATION_FAILED: application_words.own_application,
    MessageKind.APPROVAL_WAITING: application_words.waiting,
    MessageKind.APPROVAL_RIGHT: security_words.right,
    MessageKind.SIGN_IN_NEW_DEVICE: security_words.sign_in,
    MessageKind.CERTIFICATE_ISSUED: security_words.issued,
    MessageKind.CERTIFICATE_REVOKED: security_words.revoked,
    MessageKind.CERTIFICATE_HELD: security_words.held,
    MessageKind.CERTIFICATE_RELEASED: security_words.held,
    MessageKind.EMPLOYEE_REVOKED: security_words.revoked,
    MessageKind.EMPLOYEE_HELD: security_words.held,
    MessageKind.CONTACT_CHANGED: security_words.contact,
    MessageKind.DELEGATION_GIVEN: security_words.right,
    MessageKind.ADDRESS_FAILED: security_words.address,
    MessageKind.OPERATORS_FAILED: application_words.own_application,
    MessageKind.OPERATORS_UNDELIVERED: security_words.undelivered,
    MessageKind.OPERATORS_TROUBLE: oversight_words.trouble,
    MessageKind.OPERATORS_PROPOSAL: oversight_words.proposal,
}


def context_of(notice: Notice, situation: Situation, *, now: datetime) -> dict[str, Any]:
    """In the language that is spoken; `rows`, where there are any, are the notice's table."""
    return BUILDERS[MessageKind(notice.kind)](notice, situation, now)
