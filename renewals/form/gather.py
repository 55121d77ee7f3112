"""The facts of the form, read from an application's rows. Reads, never writes."""

import hashlib
from urllib.parse import urlencode

from django.conf import settings

from renewals.errors import IncompleteError
from renewals.form.facts import (
    AttachedDocument,
    DecisionFacts,
    FormFacts,
    IssuedCertificate,
    RenewedCertificate,
    SignedStatement,
)
from renewals.machine import State
from renewals.models import Decision, Renewal, Request, Signature, Verdict
from renewals.statement import StatementPurpose, mask_identifier


def facts_of(renewal: Renewal) -> FormFacts:
    """What the form of a submitted application shows today.

    Raises `IncompleteError` before it is submitted: there is nothing to put on paper.
    """
    signatures = Signature.objects.filter(
        statement__renewal=renewal, statement__purpose=StatementPurpose.APPLICATION.value
    )
    signature = signatures.first()
    if signature is None or renewal.submitted_at is None:
        raise IncompleteError
    decisions = Decision.objects.filter(renewal=renewal).select_related("signature", "mandate")
    decision = decisions.first()
    documents = list(renewal.documents.arrived())
    moments = [renewal.submitted_at, renewal.state_since]
    moments += [row.stored_at for row in documents if row.stored_at is not None]
    return FormFacts(
        portal=settings.PORTAL_NAME,
        verify_address=verify_address(renewal.number),
        number=renewal.number,
        state=State(renewal.state),
        as_of=max(moments),
        holder=renewal.holder_name,
        holder_identifier=mask_identifier(renewal.holder_iin),
        storage=renewal.storage,
        submitted_at=renewal.submitted_at,
        signature=_signed(signature),
        certificates=_certificates(renewal),
        documents=tuple(
            AttachedDocument(row.kind, row.name, row.size, row.sha256) for row in documents
        ),
        organisation=renewal.organisation,
        bin=renewal.bin,
        role=renewal.certificate.company_role if renewal.bin else "",
        decision=_decided(decision) if decision else None,
        refusal=_refusal(renewal, decision),
    )


def verify_address(number: str) -> str:
    """Where anybody can check the application: the address in the square code."""
    return f"{settings.PORTAL_URL.rstrip('/')}/verify/?{urlencode({'number': number})}"


def _signed(row: Signature) -> SignedStatement:
    return SignedStatement(
        signer=row.signer_name,
        verified_at=row.verified_at,
        content_sha256=row.content_sha256,
        cms_sha256=hashlib.sha256(row.cms_der).hexdigest(),
    )


def _certificates(renewal: Renewal) -> tuple[RenewedCertificate, ...]:
    rows = renewal.requests.select_related("old_certificate", "certificate")
    return tuple(_certificate(row) for row in rows)


def _certificate(row: Request) -> RenewedCertificate:
    old, new = row.old_certificate, row.certificate
    return RenewedCertificate(
        purpose=row.purpose,
        issuer=old.facts.issuer_common_name,
        serial_hex=old.serial_hex,
        not_before=old.not_before,
        not_after=old.not_after,
        new_key=row.key_kind,
        request_sha256=hashlib.sha256(row.csr_der).hexdigest(),
        issued=IssuedCertificate(new.serial_hex, new.not_before, new.not_after) if new else None,
    )


def _decided(row: Decision) -> DecisionFacts:
    return DecisionFacts(
        is_approval=row.verdict == Verdict.APPROVE.value,
        approver=row.approver_name,
        right=row.right,
        decided_at=row.decided_at,
        signature=_signed(row.signature),
        giver=row.mandate.giver_name if row.mandate else "",
        ends_on=row.mandate.ends_on if row.mandate else None,
        reason=row.reason,
        note=row.note,
    )


def _refusal(renewal: Renewal, decision: Decision | None) -> str:
    """An operator's own words; what an approver gave as reason stands in his decision."""
    if renewal.state != State.REJECTED.value:
        return ""
    if decision is not None and decision.verdict == Verdict.REJECT.value:
        return ""
    return renewal.reason
