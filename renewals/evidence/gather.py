"""What is kept of an application, read for its container. Reads, never writes."""

import base64
from collections.abc import Iterator

from renewals.errors import IncompleteError
from renewals.evidence.material import (
    DecidedMaterial,
    HappenedMaterial,
    Material,
    RequestedCertificate,
    SignedText,
)
from renewals.evidence.pinned import Pinned
from renewals.models import Decision, Mandate, Renewal, Signature
from renewals.statement import StatementPurpose, mask_identifier


def material_of(renewal: Renewal, pinned: Pinned) -> Material:
    """Everything about one submitted application.

    Raises `IncompleteError` where nothing was signed. Call it where nobody changes the
    application meanwhile.
    """
    signature = (
        Signature.objects.filter(
            statement__renewal=renewal, statement__purpose=StatementPurpose.APPLICATION.value
        )
        .select_related("statement")
        .first()
    )
    if signature is None:
        raise IncompleteError
    decision = (
        Decision.objects.filter(renewal=renewal)
        .select_related("signature__statement", "mandate__signature__statement")
        .first()
    )
    signed = [signature, *(_decided_by(decision) if decision else ())]
    return Material(
        number=renewal.number,
        state=renewal.state,
        holder=renewal.holder_name,
        iin=mask_identifier(renewal.holder_iin),
        organisation=renewal.organisation,
        bin=renewal.bin,
        signed=tuple(map(_signed, signed)),
        requested=tuple(_requested(renewal, pinned)),
        happened=tuple(_happened(renewal)),
        decided=_decided(decision) if decision else None,
    )


def _decided_by(decision: Decision) -> Iterator[Signature]:
    """The decision's own signature, and the head's where he gave the right."""
    yield decision.signature
    if decision.mandate is not None and decision.mandate.signature is not None:
        yield decision.mandate.signature


def _signed(row: Signature) -> SignedText:
    return SignedText(
        purpose=StatementPurpose(row.statement.purpose),
        text=row.statement.text.encode(),
        cms=bytes(row.cms_der),
        chain=tuple(base64.b64decode(one) for one in row.chain),
        claimed_at=row.signed_at,
        verified_at=row.verified_at,
        status=str(row.revocation.get("status", "")),
    )


def _requested(renewal: Renewal, pinned: Pinned) -> Iterator[RequestedCertificate]:
    for row in renewal.requests.select_related("certificate").order_by("purpose"):
        chain: tuple[bytes, ...] = ()
        if row.certificate is not None:
            chain = (bytes(row.certificate.der), *pinned.path_of(row.certificate.authority_id))
        yield RequestedCertificate(row.purpose, bytes(row.csr_der), chain)


def _decided(decision: Decision) -> DecidedMaterial:
    mandate: Mandate | None = decision.mandate
    return DecidedMaterial(
        verdict=decision.verdict,
        right=decision.right,
        reason=decision.reason,
        note=decision.note,
        decided_at=decision.decided_at,
        giver=mandate.giver_name if mandate else "",
        ends_on=mandate.ends_on.isoformat() if mandate else "",
    )


def _happened(renewal: Renewal) -> Iterator[HappenedMaterial]:
    for row in renewal.events.order_by("sequence"):
        yield HappenedMaterial(
            row.sequence, row.at, row.kind, str(row.actor.get("name", "")), row.digest
        )
