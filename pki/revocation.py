"""What is known of a certificate's revocation: good, revoked, or not known."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pki.errors import RevokedError, StatusUnknownError


class Status(StrEnum):
    """Three values: what is not known never passes for good."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """RFC 5280, 5.3.1, by the names that X.509 tools print."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"
    REMOVE_FROM_CRL = "removeFromCRL"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"


@dataclass(frozen=True)
class RevocationFacts:
    """`source` is `records` (our own) or `crl`; both moments are aware, UTC."""

    status: Status
    source: str
    checked_at: datetime
    revoked_at: datetime | None = None
    reason: Reason | None = None


def require_good(facts: RevocationFacts) -> None:
    """Raises `RevokedError` or `StatusUnknownError`; there is no soft fail."""
    if facts.status is Status.REVOKED:
        raise RevokedError(
            revoked_at=facts.revoked_at.isoformat() if facts.revoked_at else "",
            reason=facts.reason.value if facts.reason else "",
        )
    if facts.status is not Status.GOOD:
        raise StatusUnknownError
