"""A container whose list and seal hold, and whom its verifier trusts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pki.asic import read_container
from pki.cades import SealFacts, require_sealer, verify_seal
from pki.certificate import CertificateFacts
from pki.chain import Usage, validate_path
from pki.container_errors import SealerError
from pki.errors import ExpiredError, KeyUsageError, NotYetValidError, PKIError
from pki.revocation import Reason, RevocationFacts, Status
from pki.timestamp import StampFacts
from renewals.evidence.errors import (
    EvidenceFilesError,
    EvidenceMomentError,
    SealRevokedError,
    SealTermError,
    SealUnknownError,
)
from renewals.evidence.names import RECORD
from renewals.evidence.record import Record, read_moment, read_record
from renewals.evidence.report import StampedBy
from renewals.evidence.stamps import judge_stamp
from renewals.evidence.trust import Trust

# What is known of a certificate today: asked by issuer (DER) and serial.
StatusOf = Callable[[bytes, str], RevocationFacts]
SECOND = timedelta(seconds=1)
# With the key in a stranger's hands the moment in a seal says nothing.
BACKDATABLE = frozenset(
    {Reason.KEY_COMPROMISE, Reason.CA_COMPROMISE, Reason.AA_COMPROMISE, Reason.UNSPECIFIED}
)
# Whoever has the authority's key makes a service for time stamps, too.
ALL_KEYS = frozenset({Reason.CA_COMPROMISE, Reason.AA_COMPROMISE})


@dataclass(frozen=True)
class Opened:
    """The files and the record of a sealed container; `used` gathers the authorities of paths."""

    files: Mapping[str, bytes]
    record: Record
    seal: SealFacts
    issuer_der: bytes
    trust: Trust
    stamp: StampFacts | None = None
    used: set[bytes] = field(default_factory=set)

    @property
    def sealed_at(self) -> datetime:
        """Aware, UTC, whole seconds."""
        return self.seal.sealed_at

    @property
    def stamped_by(self) -> StampedBy | None:
        """The time stamp, for the report."""
        if self.stamp is None:
            return None
        return StampedBy(
            name=self.stamp.signer.subject.common_name,
            issuer=self.stamp.signer.issuer_common_name,
            stamped_at=self.stamp.stamped_at,
            is_ours=self.stamp.chain[1] in self.trust.sealers,
        )

    def require_path(
        self, certificate: CertificateFacts, *, moment: datetime, usage: Usage
    ) -> bytes:
        """The issuer's certificate, DER, of a path that held then. Raises `certificate.*`."""
        path = validate_path(
            certificate.der,
            intermediates=self.trust.intermediates,
            anchors=self.trust.anchors,
            moment=moment,
            usage=usage,
        )
        self.used.update(path.chain[1:])
        return path.chain[1]

    def require_past(self, moment: datetime) -> None:
        """Nothing in a container is younger than it. Raises `EvidenceMomentError`."""
        # The seal's moment has no fractions of a second.
        if moment >= self.sealed_at + SECOND:
            raise EvidenceMomentError


def open_evidence(data: bytes, trust: Trust, status_of: StatusOf | None) -> Opened:
    """Read the container, judge its seal at the seal's own moment, read the record.

    Raises `PKIError`.
    """
    container = read_container(data)
    seal = verify_seal(container.seal, content=container.manifest)
    path = _require_known(seal, trust)
    stamp = judge_stamp(container, seal, trust)
    if status_of is not None:
        _require_unrevoked(seal, stamp, status_of(path[1], seal.signer.serial_hex), status_of)
    if RECORD not in container.files:
        raise EvidenceFilesError(name=RECORD)
    record = read_record(container.files[RECORD])
    if read_moment(record.made_at) != seal.sealed_at:
        raise EvidenceMomentError
    opened = Opened(container.files, record, seal, path[1], trust, stamp)
    opened.used.update(path[1:])
    return opened


def _require_known(seal: SealFacts, trust: Trust) -> tuple[bytes, ...]:
    """The path of the seal's certificate, which seals and nothing else, at its own moment."""
    try:
        path = validate_path(
            seal.signer.der,
            intermediates=trust.intermediates,
            anchors=trust.anchors,
            moment=seal.sealed_at,
            usage=Usage.SERVICE,
        )
    except (ExpiredError, NotYetValidError) as error:
        raise SealTermError from error
    except KeyUsageError as error:
        raise SealerError from error
    except PKIError as error:
        raise SealUnknownError(code=error.code) from error
    if path.chain[1] not in trust.sealers:
        raise SealUnknownError(code="not ours")
    require_sealer(seal.signer.der)
    return path.chain


def _require_unrevoked(
    seal: SealFacts, stamp: StampFacts | None, today: RevocationFacts, status_of: StatusOf
) -> None:
    """Only what our records know, and by nobody who could have chosen its moment."""
    if today.status is Status.GOOD:
        return
    if today.status is not Status.REVOKED or today.revoked_at is None:
        raise SealRevokedError
    if today.reason in BACKDATABLE:
        # With a time stamp its moment is not the word of whoever has the key.
        if stamp is None or not _still_counts(stamp, status_of):
            raise SealRevokedError
        if today.reason in ALL_KEYS or today.revoked_at <= stamp.stamped_at + stamp.accuracy:
            raise SealRevokedError
    if today.revoked_at <= seal.sealed_at:
        raise SealRevokedError


def _still_counts(stamp: StampFacts, status_of: StatusOf) -> bool:
    """Of an outside service we have no records: its pins count until they are taken away."""
    status = status_of(stamp.chain[1], stamp.signer.serial_hex)
    if status.status is not Status.REVOKED or status.revoked_at is None:
        return True
    return status.reason not in BACKDATABLE and status.revoked_at > stamp.stamped_at
