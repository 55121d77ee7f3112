"""Parts of one application in the container of another, sealed by somebody who has the seal."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from pki.certificate import Role
from pki.container_errors import OCSPCertificateError
from pki.errors import CMSContentError, PKIError
from renewals.evidence.errors import (
    EvidenceApprovalError,
    EvidenceApproverError,
    EvidenceCertificateError,
    EvidenceFormError,
    EvidenceRecordError,
    EvidenceStatementError,
)
from renewals.statement import group_hex
from tests.renewals.evidence.containers import Kept, judge, keep, lie, seal, signed_moment
from tests.renewals.firm import Firm
from tests.renewals.people import Holder, enrol_employee, iin_of, sign

pytestmark = pytest.mark.django_db


def others(kept: Kept, *names: str) -> dict[str, bytes]:
    return {name: kept.files[name] for name in names}


def test_the_statement_of_another_application_is_refused(own: Kept, second: Kept) -> None:
    for names, error in (
        (["statement.txt"], CMSContentError),
        (["statement.p7s"], CMSContentError),
        (["statement.txt", "statement.p7s"], EvidenceRecordError),
        (["statement.txt", "statement.p7s", "certificates/holder.cer"], EvidenceRecordError),
    ):
        with pytest.raises(error):
            judge(lie(own, others(second, *names)))


def test_a_statement_of_another_with_a_fitting_record_is_refused(own: Kept, second: Kept) -> None:
    names = ("statement.txt", "statement.p7s", "certificates/holder.cer", "revocation/holder.ocsp")
    record = {
        **second.record,
        "number": own.renewal.number,
        "form_sha256": own.record["form_sha256"],
    }
    with pytest.raises(PKIError) as raised:
        judge(lie(second, others(own, "form.pdf"), record))
    assert isinstance(raised.value, EvidenceStatementError)
    with pytest.raises(PKIError):
        judge(lie(own, others(second, *names), {"signatures": second.record["signatures"]}))


def test_an_approval_of_another_application_is_refused(approved: Kept, firm: Firm) -> None:
    person = enrol_employee(
        firm.authority, Role.EMPLOYEE, iin=iin_of(300), days_left=timedelta(days=11)
    )
    renewal = person.submit()
    firm.head.approve(renewal)
    other = keep(renewal)
    names = ("approval.txt", "approval.p7s")
    record = with_claimed(approved, other.files["approval.p7s"], 1)
    with pytest.raises(EvidenceApprovalError):
        judge(lie(approved, others(other, *names), record))
    with pytest.raises(CMSContentError):
        judge(lie(approved, others(other, "approval.txt")))


def test_a_list_with_one_entry_altered_is_refused(approved: Kept) -> None:
    text = approved.files["approval.txt"].decode()
    for old, new in (
        (approved.renewal.number, "2026-99999999"),
        (group_hex(approved.record["application_sha256"]), group_hex("0" * 64)),
        ("ДАНИЯР", "ДАНИЛА"),
    ):
        assert old in text
        with pytest.raises(CMSContentError):
            judge(lie(approved, {"approval.txt": text.replace(old, new, 1).encode()}))


def test_a_list_that_names_the_number_with_another_digest_is_refused(
    approved: Kept, head: Holder
) -> None:
    """Signed by the head himself, but about another text."""
    text = approved.files["approval.txt"].decode()
    digest = group_hex(approved.record["application_sha256"])
    for changed in (
        text.replace(digest, group_hex("0" * 64)),
        text.replace(f"№ {approved.renewal.number}", "№ 2026-00000000"),
        text.replace(f": {digest}", f":{digest}"),
        text.replace("(approval)", "(rejection)"),
        text.replace("(approval)", "(delegation)"),
    ):
        (certificate,) = head.certificates.values()
        (key,) = head.keys.values()
        files = {"approval.txt": changed.encode(), "approval.p7s": sign(changed, key, certificate)}
        record = with_claimed(approved, files["approval.p7s"], 1)
        with pytest.raises((EvidenceApprovalError, EvidenceStatementError)):
            judge(lie(approved, files, record))


def with_claimed(kept: Kept, cms: bytes, at: int) -> dict[str, Any]:
    """The record that fits a signature made anew: it claims another moment."""
    signatures = [dict(row) for row in kept.record["signatures"]]
    signatures[at]["claimed_at"] = signed_moment(cms).isoformat()
    return {"signatures": signatures}


def approve_by(kept: Kept, person: Holder, **decision: str) -> bytes:
    """The same list, signed by somebody else, with a record that says so."""
    text = kept.files["approval.txt"].decode()
    (certificate,) = person.certificates.values()
    (key,) = person.keys.values()
    cms = sign(text, key, certificate)
    record = with_claimed(kept, cms, 1)
    row = record["signatures"][1]
    row |= {"signer": person.actor.name, "serial": certificate.serial_hex, "revocation": ""}
    files = {"approval.p7s": cms, "certificates/approver.cer": bytes(certificate.der)}
    record["decision"] = {**kept.record["decision"], **decision}
    changed = {**kept.files, **files}
    del changed["revocation/approver.ocsp"]
    return lie(Kept(kept.renewal, seal(changed, kept.sealed_at)), record=record)


def test_whoever_has_no_right_by_his_certificate_did_not_approve(
    approved: Kept, firm: Firm, hr: Holder, stranger: Holder
) -> None:
    assert judge(approve_by(approved, hr, right="hr")).decision is not None
    applicant = next(
        person for person in firm.applicants(3) if person.iin == approved.renewal.holder_iin
    )
    for person, right in (
        (hr, "head"),
        (hr, "nothing"),
        (firm.hire(Role.EMPLOYEE), "hr"),
        (firm.hire(Role.EMPLOYEE, number=51), "head"),
        (stranger, "power_of_attorney"),
        (applicant, "power_of_attorney"),
        (hr, "delegation"),
    ):
        with pytest.raises((EvidenceApproverError, EvidenceRecordError)):
            judge(approve_by(approved, person, right=right))


def test_a_delegation_to_somebody_else_is_refused(
    delegated: Kept, firm: Firm, head: Holder
) -> None:
    other = firm.hire(Role.SIGNING_RIGHT, number=52)
    mandate = firm.head.delegate(other)
    assert mandate.signature is not None
    text, cms = mandate.signature.statement.text, bytes(mandate.signature.cms_der)
    record = with_claimed(delegated, cms, 2)
    with pytest.raises(EvidenceApproverError):
        judge(lie(delegated, {"delegation.txt": text.encode(), "delegation.p7s": cms}, record))


def test_without_the_decision_an_employees_certificate_was_not_approved(approved: Kept) -> None:
    gone = {"approval.txt", "approval.p7s", "certificates/approver.cer", "revocation/approver.ocsp"}
    files = {name: data for name, data in approved.files.items() if name not in gone}
    record = {"decision": None, "signatures": approved.record["signatures"][:1]}
    with pytest.raises(EvidenceApproverError):
        judge(lie(Kept(approved.renewal, seal(files, approved.sealed_at)), record=record))


def test_a_form_of_another_application_is_refused(own: Kept, second: Kept) -> None:
    form = second.files["form.pdf"]
    digest = hashlib.sha256(form).hexdigest()
    for changes, record in (
        ({"form.pdf": form}, {}),
        ({"form.pdf": form}, {"form_sha256": digest}),
        ({"form.pdf": b"%PDF-1.7"}, {"form_sha256": hashlib.sha256(b"%PDF-1.7").hexdigest()}),
    ):
        with pytest.raises(EvidenceFormError):
            judge(lie(own, changes, record))


def test_a_certificate_for_another_key_or_person_is_refused(own: Kept, second: Kept) -> None:
    ours, theirs = own.files, second.files
    with pytest.raises(EvidenceCertificateError):
        judge(lie(own, {"certificates/issued-SIGN.cer": ours["certificates/issued-AUTH.cer"]}))
    with pytest.raises(EvidenceCertificateError):
        judge(
            lie(own, {"certificates/issued-SIGN.cer": theirs["certificates/issued-COMBINED.cer"]})
        )
    for csr in (ours["requests/AUTH.csr"], theirs["requests/COMBINED.csr"], b""):
        with pytest.raises(EvidenceCertificateError):
            judge(lie(own, {"requests/SIGN.csr": csr}))


def test_an_answer_about_another_certificate_is_refused(own: Kept, second: Kept) -> None:
    for answer in (second.files["revocation/holder.ocsp"], own.files["revocation/seal.ocsp"]):
        with pytest.raises(OCSPCertificateError):
            judge(lie(own, {"revocation/holder.ocsp": answer}))
