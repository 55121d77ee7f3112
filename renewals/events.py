"""The names of what happened. Others may rely on them; a name is never given a new meaning."""

from enum import StrEnum


class EventKind(StrEnum):
    """Subject and past participle."""

    SIGN_IN_SUCCEEDED = "sign_in.succeeded"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGN_OUT = "sign_in.ended"
    RENEWAL_OPENED = "renewal.opened"
    RENEWAL_PREPARED = "renewal.prepared"
    RENEWAL_SUBMITTED = "renewal.submitted"
    RENEWAL_APPROVED = "renewal.approved"
    RENEWAL_CLAIMED = "renewal.claimed"
    RENEWAL_ISSUED = "renewal.issued"
    RENEWAL_FAILED = "renewal.failed"
    RENEWAL_INSTALLED = "renewal.installed"
    RENEWAL_RETRIED = "renewal.retried"
    RENEWAL_REJECTED = "renewal.rejected"
    RENEWAL_WITHDRAWN = "renewal.withdrawn"
    RENEWAL_LAPSED = "renewal.lapsed"
    RENEWAL_REFUSED = "renewal.refused"
    CERTIFICATE_ENROLLED = "certificate.enrolled"
    CERTIFICATE_REVOKED = "certificate.revoked"
    PLAN_VOIDED = "plan.voided"
    RECORD_VIEWED = "record.viewed"
    TEXT_CHANGED = "text.changed"
