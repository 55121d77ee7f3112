"""Does a container prove what it says? Pure: bytes and pinned authorities in, facts out."""

import hashlib
import io

import pikepdf

from pki.errors import RevokedError
from renewals.evidence.certificates import judge_certificate, require_certificates
from renewals.evidence.decision import judge_decision
from renewals.evidence.errors import (
    EvidenceFilesError,
    EvidenceFormError,
    EvidenceRecordError,
    EvidenceStatementError,
)
from renewals.evidence.files import write_pem
from renewals.evidence.names import (
    AUTHORITIES,
    FORM,
    README,
    RECORD,
    SEAL,
    STAMPERS,
    authority_file,
    certificate_file,
)
from renewals.evidence.opened import Opened, StatusOf, open_evidence
from renewals.evidence.record import read_moment
from renewals.evidence.report import Report, SealedBy, SignedBy, ToldEvent
from renewals.evidence.signatures import judge_signature, judge_status, read_lines
from renewals.evidence.trust import Trust
from renewals.statement import StatementPurpose


def verify_evidence(data: bytes, *, trust: Trust, status_of: StatusOf | None = None) -> Report:
    """Judge a container by pinned authorities. Asks no clock, no network, no database.

    `status_of` says what is known today of the seal's certificate; without it, its own moment
    alone counts. Raises `PKIError` for whatever does not hold.
    """
    opened = open_evidence(data, trust, status_of)
    record = opened.record
    _require_files(opened)
    judged = [judge_signature(opened, one) for one in record.signatures]
    signatures = tuple(signed for signed, _der in judged)
    _require_statement(opened, signatures)
    decision = judge_decision(opened, judged)
    issued = tuple(judge_certificate(opened, one, judged[0][1]) for one in record.certificates)
    require_certificates(opened)
    _require_form(opened)
    seal = _judge_seal(opened)
    _require_authorities(opened)
    return Report(
        number=record.number,
        portal=record.portal,
        state=record.state,
        holder=record.holder,
        iin=record.iin,
        organisation=record.organisation,
        application_sha256=record.application_sha256,
        seal=seal,
        signatures=signatures,
        decision=decision,
        issued=tuple(one for one in issued if one is not None),
        events=tuple(
            ToldEvent(one.sequence, read_moment(one.at), one.kind, one.digest)
            for one in record.events
        ),
        files=tuple(sorted(opened.files)),
    )


def _require_files(opened: Opened) -> None:
    """Just those that the record tells of: nothing is missing, nothing is carried along."""
    record = opened.record
    wanted = {README, RECORD, FORM, AUTHORITIES, certificate_file(SEAL), *record.authorities}
    wanted |= {record.seal_revocation}
    for one in record.signatures:
        wanted |= {one.text, one.file, one.certificate, one.revocation}
    for row in record.certificates:
        wanted |= {row.request, row.certificate, row.revocation}
    wanted |= {STAMPERS} if opened.stamp is not None else set()
    for name in sorted((wanted - {""}) ^ opened.files.keys()):
        raise EvidenceFilesError(name=name)


def _require_statement(opened: Opened, signatures: tuple[SignedBy, ...]) -> None:
    """The first signature is the holder's, over the application of this number."""
    record = opened.record
    if not signatures or signatures[0].purpose is not StatementPurpose.APPLICATION:
        raise EvidenceStatementError(name="statement.txt", number=record.number)
    text = record.signatures[0].text
    if not any(line.endswith(f": {record.number}") for line in read_lines(opened, text)):
        raise EvidenceStatementError(name=text, number=record.number)
    if hashlib.sha256(opened.files[text]).hexdigest() != record.application_sha256:
        raise EvidenceRecordError(field="application_sha256")
    holder = signatures[0]
    said = (record.holder, record.iin, record.bin)
    if said != (holder.name, holder.iin, holder.bin):
        raise EvidenceRecordError(field="holder")


def _require_form(opened: Opened) -> None:
    """The form that was recorded, and it says that it is of this number."""
    form = opened.files[FORM]
    if hashlib.sha256(form).hexdigest() != opened.record.form_sha256:
        raise EvidenceFormError
    try:
        with pikepdf.open(io.BytesIO(form)) as pdf:
            title = str(pdf.docinfo.get("/Title", ""))
    except (pikepdf.PdfError, ValueError) as error:
        raise EvidenceFormError from error
    if not title.endswith(f"№ {opened.record.number}"):
        raise EvidenceFormError


def _judge_seal(opened: Opened) -> SealedBy:
    """The seal's certificate lies beside the others, with what its issuer said of it."""
    signer = opened.seal.signer
    if opened.files[certificate_file(SEAL)] != signer.der:
        raise EvidenceRecordError(field="seal")
    status = judge_status(
        opened,
        signer,
        file=opened.record.seal_revocation,
        issuer_der=opened.issuer_der,
        moment=opened.sealed_at,
    )
    if status.revoked_at is not None:
        raise RevokedError(
            revoked_at=status.revoked_at.isoformat(),
            reason=status.reason.value if status.reason else "",
        )
    return SealedBy(
        name=signer.subject.common_name,
        issuer=signer.issuer_common_name,
        serial_hex=signer.serial_hex,
        fingerprint=signer.fingerprint,
        sealed_at=opened.sealed_at,
        stamp=opened.stamped_by,
    )


def _require_authorities(opened: Opened) -> None:
    """What is carried for OpenSSL are the authorities by which everything was judged here."""
    names = opened.record.authorities
    if names != tuple(authority_file(number + 1) for number in range(len(names))):
        raise EvidenceRecordError(field="authorities")
    carried = [opened.files[name] for name in names]
    if set(carried) != opened.used or write_pem(carried) != opened.files[AUTHORITIES]:
        raise EvidenceFilesError(name=AUTHORITIES)
