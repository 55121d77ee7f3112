"""Why an application was refused or a certificate revoked, as its holder reads it: tables."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pki.revocation import Reason
from renewals.grounds import GROUNDS, Ground
from renewals.models import Decision, Renewal, Verdict
from renewals.rejection import REASONS, RejectionReason
from renewals.statement import put_on_one_line

REVOCATIONS: dict[str, Promise] = {
    Reason.SUPERSEDED.value: _("a new one has replaced it"),
    Reason.AFFILIATION_CHANGED.value: _(
        "its holder does not belong to the organisation any more, or the data in it have changed"
    ),
    Reason.CESSATION_OF_OPERATION.value: _("it is not used any more, or its application ended"),
    Reason.CERTIFICATE_HOLD.value: _("it is suspended until it is clear where it is"),
    Reason.KEY_COMPROMISE.value: _("somebody else may have its key"),
    Reason.PRIVILEGE_WITHDRAWN.value: _("the right for which it was issued was withdrawn"),
}
NO_REASON = _("none was given")


def revocation_words(reason: str, ground: str = "") -> str:
    """For a value of `pki.revocation.Reason`, or what its asker chose of `renewals.grounds`."""
    if ground in {known.value for known in Ground}:
        return str(GROUNDS[Ground(ground)].words)
    return str(REVOCATIONS.get(reason, NO_REASON))


def rejection_words(renewal: Renewal, decision: Decision | None) -> str:
    """The approver's reason and note; after a failure, the operator's own words."""
    if decision is None or decision.verdict != Verdict.REJECT.value:
        return put_on_one_line(renewal.reason)
    if decision.reason not in {known.value for known in RejectionReason}:
        return put_on_one_line(decision.note)
    words = str(REASONS[RejectionReason(decision.reason)])
    return f"{words}. {put_on_one_line(decision.note)}" if decision.note else words
