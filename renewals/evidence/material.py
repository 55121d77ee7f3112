"""What goes into a container, as plain values: read once, so that nothing moves meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from renewals.evidence.names import SIGNERS, issued_name
from renewals.statement import StatementPurpose


@dataclass(frozen=True)
class SignedText:
    """A statement and the signature over it, as received.

    `chain` is DER from the signer to the anchor; `status` is what was known of the certificate
    when the signature came.
    """

    purpose: StatementPurpose
    text: bytes
    cms: bytes
    chain: tuple[bytes, ...]
    claimed_at: datetime | None
    verified_at: datetime
    status: str


@dataclass(frozen=True)
class RequestedCertificate:
    """A request, and what was issued for it: DER from the certificate to the anchor, or nothing."""

    purpose: str
    csr_der: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True)
class DecidedMaterial:
    """A decision beside its signature. `giver` and `ends_on` belong to rights that were given."""

    verdict: str
    right: str
    reason: str
    note: str
    decided_at: datetime
    giver: str
    ends_on: str


@dataclass(frozen=True)
class HappenedMaterial:
    """One link of the chain of events."""

    sequence: int
    at: datetime
    kind: str
    actor: str
    digest: str


@dataclass(frozen=True)
class Material:
    """One application at one moment. `iin` is as it may be shown."""

    number: str
    state: str
    holder: str
    iin: str
    organisation: str
    bin: str
    signed: tuple[SignedText, ...]
    requested: tuple[RequestedCertificate, ...]
    happened: tuple[HappenedMaterial, ...]
    decided: DecidedMaterial | None = None

    def chains(self) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        """Every certificate that needs an answer, by the name of its file, with its path."""
        for signed in self.signed:
            yield SIGNERS[signed.purpose], signed.chain
        for requested in self.requested:
            if requested.chain:
                yield issued_name(requested.purpose), requested.chain
