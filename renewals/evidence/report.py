"""What a container proves, in separate facts. What does not hold is raised, never reported.

Hex is lower case, moments are aware and UTC, identifiers are masked.
"""

from dataclasses import dataclass
from datetime import datetime

from pki.revocation import Reason
from renewals.statement import StatementPurpose


@dataclass(frozen=True)
class StampedBy:
    """The time stamp over the seal, by a trusted service. `is_ours` if that is the portal's own."""

    name: str
    issuer: str
    stamped_at: datetime
    is_ours: bool


@dataclass(frozen=True)
class SealedBy:
    """The portal's seal. `sealed_at` is the portal's word, `stamp` the proof of it if there is one.

    Containers made before there were time stamps have none.
    """

    name: str
    issuer: str
    serial_hex: str
    fingerprint: str
    sealed_at: datetime
    stamp: StampedBy | None


@dataclass(frozen=True)
class StatusFacts:
    """What the issuer said of a certificate when the container was made.

    `source` is `ocsp`, `crl`, or `record` where only the portal's own record says it.
    """

    source: str
    revoked_at: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class SignedBy:
    """One signature over one statement, by a certificate under a trusted authority.

    `claimed_at` is the signer's word, `verified_at` the portal's. `was_valid` says whether the
    certificate was in its term and not revoked at `verified_at`; a later revocation is in
    `status` and changes nothing about it.
    """

    purpose: StatementPurpose
    name: str
    iin: str
    organisation: str
    bin: str
    roles: tuple[str, ...]
    issuer: str
    issuer_der: bytes
    serial_hex: str
    not_before: datetime
    not_after: datetime
    claimed_at: datetime | None
    verified_at: datetime
    was_valid: bool
    status: StatusFacts


@dataclass(frozen=True)
class DecidedBy:
    """What was decided. The signed list names the application by number and by digest."""

    is_approval: bool
    right: str
    reason: str
    note: str
    decided_at: datetime
    giver: str
    ends_on: str


@dataclass(frozen=True)
class IssuedTo:
    """A certificate that was issued for a key of which the signed statement tells."""

    purpose: str
    serial_hex: str
    issuer: str
    issuer_der: bytes
    not_before: datetime
    not_after: datetime
    status: StatusFacts


@dataclass(frozen=True)
class ToldEvent:
    """One link of the portal's chain of events."""

    sequence: int
    at: datetime
    kind: str
    digest: str


@dataclass(frozen=True)
class Report:
    """Everything about one container that is whole.

    `signatures` begin with the holder's, then whoever decided, then the head who gave the right
    to decide, as far as there are such.
    """

    number: str
    portal: str
    state: str
    holder: str
    iin: str
    organisation: str
    application_sha256: str
    seal: SealedBy
    signatures: tuple[SignedBy, ...]
    decision: DecidedBy | None
    issued: tuple[IssuedTo, ...]
    events: tuple[ToldEvent, ...]
    files: tuple[str, ...]

    @property
    def applicant(self) -> SignedBy:
        """Who asked."""
        return self.signatures[0]

    @property
    def decider(self) -> SignedBy | None:
        """Who agreed or refused; None where nobody had to."""
        return self.signatures[1] if len(self.signatures) > 1 else None
