"""Why an application was refused or a certificate revoked, as its holder reads it: tables."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pki.revocation import Reason
from renewals.models import Decision, Renewal, Verdict
from renewals.rejection import REASONS, RejectionReason
from renewals.statement import put_on_one_line

REVOCATIONS: dict[str, Promise] = {
    Reason.SUPERSEDED.value: _("its holder asked for it, because a new one has replaced it"),
    Reason.AFFILIATION_CHANGED.value: _("the head of the organisation asked for it"),
    Reason.CESSATION_OF_OPERATION.value: _("its application was withdrawn or ended"),
    Reason.KEY_COMPROMISE.value: _("somebody else may have its key"),
    Reason.PRIVILEGE_WITHDRAWN.value: _("the right for which it was issued was withdrawn"),
}
NO_REASON = _("none was given")


def revocation_words(reason: str) -> str:
    """For a value of `pki.revocation.Reason`."""
    return str(REVOCATIONS.get(reason, NO_REASON))


def rejection_words(renewal: Renewal, decision: Decision | None) -> str:
    """The approver's reason and note; after a failure, the operator's own words."""
    if decision is None or decision.verdict != Verdict.REJECT.value:
        return put_on_one_line(renewal.reason)
    if decision.reason not in {known.value for known in RejectionReason}:
        return put_on_one_line(decision.note)
    words = str(REASONS[RejectionReason(decision.reason)])
    return f"{words}. {put_on_one_line(decision.note)}" if decision.note else words
