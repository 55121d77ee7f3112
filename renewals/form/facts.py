"""What the form shows: plain values, no rows and no clock. Words stand in `content`."""

from dataclasses import dataclass
from datetime import date, datetime

from renewals.machine import State


@dataclass(frozen=True)
class IssuedCertificate:
    """A new certificate. `serial_hex` is lower case."""

    serial_hex: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class RenewedCertificate:
    """A certificate that is renewed, and the request for the new one.

    `purpose` is a value of `pki.certificate.Purpose`; `request_sha256` is hex, over the PKCS#10
    request as it was sent.
    """

    purpose: str
    issuer: str
    serial_hex: str
    not_before: datetime
    not_after: datetime
    new_key: str
    request_sha256: str
    issued: IssuedCertificate | None = None


@dataclass(frozen=True)
class AttachedDocument:
    """A file that was sent with the application. `kind` is a value of `DocumentKind`."""

    kind: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class SignedStatement:
    """An electronic signature. Digests are SHA-256, hex: of the text, and of the CMS over it."""

    signer: str
    verified_at: datetime
    content_sha256: str
    cms_sha256: str


@dataclass(frozen=True)
class DecisionFacts:
    """What was decided, by whom, by what right.

    `right` is a value of `Right`; `giver` and `ends_on` belong to rights that were given;
    `reason` is a value of `RejectionReason`, '' for an approval.
    """

    is_approval: bool
    approver: str
    right: str
    decided_at: datetime
    signature: SignedStatement
    giver: str = ""
    ends_on: date | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class FormFacts:
    """One application at one moment, `as_of`: the newest of all moments that it shows.

    `holder_identifier` is the IIN as it may be shown; `organisation`, `bin` and `role` are '' for
    individuals. `refusal` is what an operator wrote who ended the application.
    """

    portal: str
    verify_address: str
    number: str
    state: State
    as_of: datetime
    holder: str
    holder_identifier: str
    storage: str
    submitted_at: datetime
    signature: SignedStatement
    certificates: tuple[RenewedCertificate, ...]
    documents: tuple[AttachedDocument, ...] = ()
    organisation: str = ""
    bin: str = ""
    role: str = ""
    decision: DecisionFacts | None = None
    refusal: str = ""
