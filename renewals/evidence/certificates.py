"""Are the new certificates those for which the holder has asked?"""

import hashlib

from pki.certificate import parse_certificate
from pki.chain import Usage
from pki.csr import parse_request
from renewals.evidence.errors import EvidenceCertificateError, EvidenceRecordError
from renewals.evidence.names import certificate_file, issued_name, request_file
from renewals.evidence.opened import Opened
from renewals.evidence.record import RecordedCertificate
from renewals.evidence.report import IssuedTo
from renewals.evidence.signatures import judge_status, read_lines
from renewals.machine import State
from renewals.statement import group_hex

WITH_CERTIFICATES = frozenset({State.ISSUED.value, State.INSTALLED.value})
WITHOUT_CERTIFICATES = frozenset({State.REJECTED.value})


def judge_certificate(
    opened: Opened, recorded: RecordedCertificate, holder_der: bytes
) -> IssuedTo | None:
    """A new certificate of the same person, for a key that he asked for. None if none came."""
    name = issued_name(recorded.purpose)
    if recorded.request != request_file(recorded.purpose):
        raise EvidenceRecordError(field="request")
    request_der = opened.files[recorded.request]
    digest = group_hex(hashlib.sha256(request_der).hexdigest())
    if not any(line.endswith(f": {digest}") for line in read_lines(opened, "statement.txt")):
        raise EvidenceCertificateError(name=recorded.request)
    if not recorded.certificate:
        return None
    if recorded.certificate != certificate_file(name):
        raise EvidenceRecordError(field="certificate")
    facts = parse_certificate(opened.files[recorded.certificate])
    holder = parse_certificate(holder_der)
    same = (facts.subject.iin, facts.subject.bin) == (holder.subject.iin, holder.subject.bin)
    if not same or facts.spki_der != parse_request(request_der).spki_der:
        raise EvidenceCertificateError(name=recorded.certificate)
    if (facts.purpose.value, facts.serial_hex) != (recorded.purpose, recorded.serial):
        raise EvidenceCertificateError(name=recorded.certificate)
    opened.require_past(facts.not_before)
    issuer_der = opened.require_path(facts, moment=facts.not_before, usage=Usage.ANY)
    status = judge_status(
        opened, facts, file=recorded.revocation, issuer_der=issuer_der, moment=opened.sealed_at
    )
    return IssuedTo(
        purpose=recorded.purpose,
        serial_hex=facts.serial_hex,
        issuer=facts.issuer_common_name,
        issuer_der=issuer_der,
        not_before=facts.not_before,
        not_after=facts.not_after,
        status=status,
    )


def require_certificates(opened: Opened) -> None:
    """As many as the state says that there are."""
    record = opened.record
    made = [bool(row.certificate) for row in record.certificates]
    if not made or len({row.purpose for row in record.certificates}) != len(made):
        raise EvidenceRecordError(field="certificates")
    if record.state in WITH_CERTIFICATES and not all(made):
        raise EvidenceRecordError(field="state")
    if record.state in WITHOUT_CERTIFICATES and any(made):
        raise EvidenceRecordError(field="state")
