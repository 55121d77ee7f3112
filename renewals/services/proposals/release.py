"""The release of a hold: who asked for it, how he was known, and that the certificate is found."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pki.models import Certificate
from renewals.errors import GroundError, NotHeldError, StatementError
from renewals.grounds import ASKED_BY, IDENTIFIED, AskedBy, Identified
from renewals.models import Proposal
from renewals.services.asking import NOTE_LENGTH
from renewals.services.holding import is_held, release
from renewals.services.proposals.kinds import Lines, ProposalActors, ProposedAct, Terms
from renewals.statement import group_hex, mask_identifier, put_on_one_line


def terms_of(
    certificate: Certificate, *, asked_by: str, identified: str, note: str
) -> dict[str, object]:
    """What is proposed, as data. Raises `GroundError` where something is missing."""
    text = " ".join(put_on_one_line(note).split())
    try:
        AskedBy(asked_by), Identified(identified)
    except ValueError as error:
        raise GroundError from error
    if not 0 < len(text) <= NOTE_LENGTH:
        raise GroundError
    return {
        "certificate": certificate.pk,
        "serial": certificate.serial_hex,
        "name": certificate.facts.subject.full_name,
        "iin": mask_identifier(certificate.iin),
        "asked_by": asked_by,
        "identified": identified,
        "note": text,
    }


def _describe(terms: Terms) -> Lines:
    try:
        asked_by = ASKED_BY[AskedBy(str(terms["asked_by"]))]
        identified = IDENTIFIED[Identified(str(terms["identified"]))]
        return [
            (_("Certificate"), f"№ {group_hex(str(terms['serial']))}"),
            (_("Holder"), str(terms["name"])),
            (_("IIN"), str(terms["iin"])),
            (_("Asked for by"), str(asked_by)),
            (_("Known to the operator"), str(identified)),
            (_("Paper and note"), str(terms["note"])),
        ]
    except (KeyError, ValueError) as error:
        raise StatementError from error


def _certificate(terms: Terms) -> Certificate:
    row = Certificate.objects.filter(
        pk=int(str(terms.get("certificate", 0))), serial_hex=str(terms.get("serial", ""))
    ).first()
    if row is None:
        raise StatementError
    return row


def _check(terms: Terms, now: datetime) -> None:
    certificate = _certificate(terms)
    if certificate.not_after < now or not is_held(certificate):
        raise NotHeldError


def _carry_out(proposal: Proposal, actors: ProposalActors, now: datetime) -> None:
    terms: Terms = proposal.terms
    release(
        _certificate(terms),
        actor=actors.second,
        now=now,
        facts={
            "proposal": proposal.pk,
            "proposed_by": actors.first.iin,
            "asked_by": terms["asked_by"],
            "identified": terms["identified"],
            "note": terms["note"],
        },
    )


RELEASE = ProposedAct(
    title=gettext_lazy("Release of a certificate on hold"),
    proposed=gettext_lazy(
        "I propose to release the certificate named above: its holder has it and nobody else "
        "has had it."
    ),
    confirmed=gettext_lazy(
        "I confirm it, having checked it myself: the certificate named above is good again."
    ),
    subject=lambda terms: f"release:{terms.get('certificate')}",
    describe=_describe,
    check=_check,
    carry_out=_carry_out,
)
