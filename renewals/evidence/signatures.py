"""Who signed which statement, and whether his certificate was valid then."""

from datetime import datetime

from pki.certificate import CertificateFacts
from pki.chain import Usage
from pki.cms import verify_cms
from pki.crl import read_crl
from pki.crl_scope import scope_of
from pki.errors import CRLStaleError, StatusUnknownError
from pki.ocsp import read_answer
from pki.revocation import RevocationFacts, Status
from renewals.evidence.errors import EvidenceRecordError, EvidenceStatementError
from renewals.evidence.names import SIGNERS, certificate_file, cms_file, text_file
from renewals.evidence.opened import SECOND, Opened
from renewals.evidence.record import RecordedSignature, read_moment, show_moment
from renewals.evidence.report import SignedBy, StatusFacts
from renewals.statement import StatementPurpose, mask_identifier

# `write_statement`: title, nothing, portal, purpose.
PURPOSE_LINE = 3


def judge_signature(opened: Opened, recorded: RecordedSignature) -> tuple[SignedBy, bytes]:
    """The signature with the issuer's answer, and the signer's certificate, DER.

    Raises `PKIError`.
    """
    purpose = _purpose_of(opened, recorded)
    facts = verify_cms(opened.files[recorded.file], content=opened.files[recorded.text])
    signer = facts.signer
    _require_recorded(opened, recorded, signer, facts.signing_time)
    verified_at = read_moment(recorded.verified_at)
    opened.require_past(verified_at)
    usage = Usage.ANY if purpose is StatementPurpose.APPLICATION else Usage.SIGN
    issuer_der = opened.require_path(signer, moment=verified_at, usage=usage)
    status = judge_status(
        opened,
        signer,
        file=recorded.revocation,
        issuer_der=issuer_der,
        moment=verified_at,
        recorded=recorded.status,
    )
    signed = SignedBy(
        purpose=purpose,
        name=signer.subject.full_name,
        iin=mask_identifier(signer.subject.iin),
        organisation=signer.subject.organisation,
        bin=signer.subject.bin,
        roles=tuple(role.value for role in signer.roles),
        issuer=signer.issuer_common_name,
        issuer_der=issuer_der,
        serial_hex=signer.serial_hex,
        not_before=signer.not_before,
        not_after=signer.not_after,
        claimed_at=facts.signing_time,
        verified_at=verified_at,
        was_valid=_held_at(status, verified_at),
        status=status,
    )
    return signed, signer.der


def read_lines(opened: Opened, name: str) -> list[str]:
    """The lines of a statement. Raises `EvidenceStatementError` for what is no text."""
    try:
        return opened.files[name].decode().split("\n")
    except UnicodeDecodeError as error:
        raise EvidenceStatementError(name=name, number=opened.record.number) from error


def _purpose_of(opened: Opened, recorded: RecordedSignature) -> StatementPurpose:
    """What the text itself says it is for; its files are called after that."""
    lines = read_lines(opened, recorded.text)
    try:
        purpose = StatementPurpose(recorded.purpose)
        names = (
            text_file(purpose),
            cms_file(purpose),
            certificate_file(SIGNERS[purpose]),
        )
    except (ValueError, KeyError) as error:
        raise EvidenceRecordError(field="purpose") from error
    if names != (recorded.text, recorded.file, recorded.certificate):
        raise EvidenceRecordError(field="files")
    if len(lines) <= PURPOSE_LINE or not lines[PURPOSE_LINE].endswith(f" ({purpose.value})"):
        raise EvidenceStatementError(name=recorded.text, number=opened.record.number)
    return purpose


def _require_recorded(
    opened: Opened,
    recorded: RecordedSignature,
    signer: CertificateFacts,
    claimed_at: datetime | None,
) -> None:
    if opened.files[recorded.certificate] != signer.der:
        raise EvidenceRecordError(field=recorded.certificate)
    said = (recorded.signer, recorded.serial, recorded.claimed_at)
    if said != (signer.subject.full_name, signer.serial_hex, show_moment(claimed_at)):
        raise EvidenceRecordError(field=recorded.file)


def judge_status(
    opened: Opened,
    certificate: CertificateFacts,
    *,
    file: str,
    issuer_der: bytes,
    moment: datetime,
    recorded: str = "",
) -> StatusFacts:
    """What the issuer said when the container was made. Unknown is never good.

    Raises `StatusUnknownError`, the `ocsp.*` and the `crl.*` errors.
    """
    if not file:
        # A list that is too large to be carried along: the portal's word alone.
        if recorded != Status.GOOD.value:
            raise StatusUnknownError
        return StatusFacts("record")
    if file.endswith(".ocsp"):
        facts = read_answer(
            opened.files[file],
            serial_hex=certificate.serial_hex,
            issuer_der=issuer_der,
            not_before=opened.sealed_at,
            not_after=opened.sealed_at,
        )
    else:
        facts = _by_list(opened, certificate, file, issuer_der, moment)
    if facts.status is Status.UNKNOWN:
        raise StatusUnknownError
    return StatusFacts(facts.source, facts.revoked_at, facts.reason)


def _by_list(
    opened: Opened, certificate: CertificateFacts, file: str, issuer_der: bytes, moment: datetime
) -> RevocationFacts:
    """A list of the container's moment, or else of the signature's."""
    data, scope = opened.files[file], scope_of(certificate.der)
    try:
        found = read_crl(data, issuer_der=issuer_der, moment=opened.sealed_at, scope=scope)
    except CRLStaleError:
        found = read_crl(data, issuer_der=issuer_der, moment=moment, scope=scope)
    return found.status(certificate.serial_hex)


def _held_at(status: StatusFacts, moment: datetime) -> bool:
    """Answers carry no fractions of a second."""
    return status.revoked_at is None or moment < status.revoked_at + SECOND
