"""Why an approver refuses an application, in words: a table."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class RejectionReason(StrEnum):
    """Why an approver refuses; more stands in his note."""

    NOT_OURS = "not_ours"
    NOT_NEEDED = "not_needed"
    WRONG_DATA = "wrong_data"
    DOCUMENTS = "documents"
    OTHER = "other"


REASONS: dict[RejectionReason, Promise] = {
    RejectionReason.NOT_OURS: gettext_lazy("Does not work for the organisation any more"),
    RejectionReason.NOT_NEEDED: gettext_lazy("Does not need an electronic signature at work"),
    RejectionReason.WRONG_DATA: gettext_lazy("The data or the role are wrong"),
    RejectionReason.DOCUMENTS: gettext_lazy("Documents are missing or wrong"),
    RejectionReason.OTHER: gettext_lazy("Another reason"),
}
