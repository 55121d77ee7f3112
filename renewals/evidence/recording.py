"""The record of a container, from what was read of the application."""

import hashlib
from collections.abc import Mapping

from pki.certificate import parse_certificate
from renewals.evidence.ingredients import Ingredients
from renewals.evidence.material import Material, SignedText
from renewals.evidence.names import (
    SEAL,
    SIGNERS,
    authority_file,
    certificate_file,
    cms_file,
    issued_name,
    request_file,
    text_file,
)
from renewals.evidence.record import (
    VERSION,
    Record,
    RecordedCertificate,
    RecordedDecision,
    RecordedEvent,
    RecordedSignature,
    show_moment,
)


def record_of(given: Ingredients, *, authorities: int, revocations: Mapping[str, str]) -> Record:
    """What the portal says. `revocations` are files by the name of a certificate's file."""
    material = given.material
    return Record(
        version=VERSION,
        portal=given.portal,
        number=material.number,
        state=material.state,
        made_at=show_moment(given.made_at),
        holder=material.holder,
        iin=material.iin,
        organisation=material.organisation,
        bin=material.bin,
        application_sha256=hashlib.sha256(material.signed[0].text).hexdigest(),
        form_sha256=hashlib.sha256(given.form).hexdigest(),
        seal_revocation=revocations.get(SEAL, ""),
        authorities=tuple(authority_file(number + 1) for number in range(authorities)),
        signatures=tuple(_signature(one, revocations) for one in material.signed),
        certificates=tuple(_certificates(material, revocations)),
        events=tuple(
            RecordedEvent(one.sequence, show_moment(one.at), one.kind, one.actor, one.digest)
            for one in material.happened
        ),
        decision=_decision(material),
    )


def _signature(signed: SignedText, revocations: Mapping[str, str]) -> RecordedSignature:
    name = SIGNERS[signed.purpose]
    facts = parse_certificate(signed.chain[0])
    return RecordedSignature(
        purpose=signed.purpose.value,
        text=text_file(signed.purpose),
        file=cms_file(signed.purpose),
        certificate=certificate_file(name),
        revocation=revocations.get(name, ""),
        signer=facts.subject.full_name,
        serial=facts.serial_hex,
        claimed_at=show_moment(signed.claimed_at),
        verified_at=show_moment(signed.verified_at),
        status=signed.status,
    )


def _certificates(material: Material, revocations: Mapping[str, str]) -> list[RecordedCertificate]:
    found = []
    for one in material.requested:
        name = issued_name(one.purpose)
        is_issued = bool(one.chain)
        found.append(
            RecordedCertificate(
                purpose=one.purpose,
                request=request_file(one.purpose),
                certificate=certificate_file(name) if is_issued else "",
                revocation=revocations.get(name, ""),
                serial=parse_certificate(one.chain[0]).serial_hex if is_issued else "",
            )
        )
    return found


def _decision(material: Material) -> RecordedDecision | None:
    decided = material.decided
    if decided is None:
        return None
    return RecordedDecision(
        verdict=decided.verdict,
        right=decided.right,
        reason=decided.reason,
        note=decided.note,
        decided_at=show_moment(decided.decided_at),
        giver=decided.giver,
        ends_on=decided.ends_on,
    )
