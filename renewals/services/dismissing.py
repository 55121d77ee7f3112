"""The head dismisses somebody: his certificates of the organisation are revoked, at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pki.models import Certificate
from pki.revocation import Reason
from renewals.actor import Actor
from renewals.errors import DismissalError
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Mandate, Renewal, Right, Statement
from renewals.services import drawing, journal, statements
from renewals.services.delegating import end_mandates
from renewals.services.moves import move_all
from renewals.services.plans import void_plans
from renewals.services.revoking import revoke
from renewals.services.rights import Entitlement, require_head
from renewals.services.verification import keep
from renewals.statement import StatementPurpose, describe_certificate, mask_identifier


def state_dismissal(*, actor: Actor, iin: str, language: str, now: datetime) -> Statement:
    """The request to revoke everything that names this person and the organisation.

    Raises `NotHeadError`, `FormerHeadError`, `DismissalError`.
    """
    with drawing.refusals(actor=actor, now=now):
        require_head(actor)
        certificates = _certificates(actor, iin, now=now)
    with statements.speak(language):
        lines = [
            *drawing.describe_actor(actor, Entitlement(Right.HEAD)),
            ("", ""),
            (_("Employee"), certificates[0].facts.subject.full_name),
            (_("IIN"), mask_identifier(iin)),
            (_("Reason"), _("does not belong to the organisation any more (affiliationChanged)")),
        ]
        for certificate in certificates:
            lines += describe_certificate(statements.line_of(certificate.facts))
        closing = _(
            "I ask to revoke the certificates named above and every other one that names this "
            "person and our organisation. Open applications of this person end. I know that this "
            "cannot be undone."
        )
    return drawing.draw(
        StatementPurpose.DISMISSAL,
        actor=actor,
        lines=lines,
        closing=closing,
        terms={"iin": iin, "name": certificates[0].facts.subject.full_name},
        language=language,
        now=now,
    )


def _certificates(actor: Actor, iin: str, *, now: datetime) -> list[Certificate]:
    """In force or about to be; the head himself is none of them."""
    rows = Certificate.objects.of_organisation(actor.bin).for_iin(iin)
    found = list(rows.filter(not_after__gte=now).unrevoked().order_by("not_before", "id"))
    if not found or iin == actor.iin:
        raise DismissalError
    return found


def dismiss(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> None:
    """Revoke, end open applications and mandates, by the head's signature, in one transaction.

    Sessions by these certificates end with their next request. A repetition changes nothing.
    Raises `PKIError`, `StatementError`, `SignerError`, `NotHeadError`, `FormerHeadError`,
    `DismissalError`.
    """
    with drawing.refusals(actor=actor, now=now), statements.repetition(None, statement_id):
        statement = drawing.fetch(statement_id, StatementPurpose.DISMISSAL, actor=actor, now=now)
        proof, signer = drawing.verify_own(statement, cms, actor=actor, now=now)
        require_head(signer)
        iin = str(statement.terms["iin"])
        with transaction.atomic():
            statements.spend(statement, now=now)
            _end_applications(signer, iin, now=now)
            certificates = _certificates(signer, iin, now=now)
            signature = keep(statement, proof, now=now)
            journal.record(
                EventKind.PERSON_DISMISSED,
                actor=signer,
                now=now,
                facts={"bin": signer.bin, "iin": iin, "signature": signature.pk},
            )
            revoke(
                certificates,
                reason=Reason.AFFILIATION_CHANGED,
                actor=signer,
                now=now,
                signature_id=signature.pk,
            )
            mandates = Mandate.objects.of_organisation(signer.bin).filter(holder_iin=iin)
            end_mandates(list(mandates.standing()), actor=signer, now=now)


def _end_applications(actor: Actor, iin: str, *, now: datetime) -> None:
    """Locked first: a worker that is about to store a certificate waits, and then finds it over.

    What it may have signed in the meantime is void, and revoked.
    """
    open_ones = Renewal.objects.of_organisation(actor.bin).filter(holder_iin=iin).open()
    renewals = list(open_ones.select_for_update().order_by("id"))
    if not renewals:
        return
    move_all(renewals, Action.CANCEL, actor=actor, now=now)
    requests = [
        row for renewal in renewals for row in renewal.requests.select_related("plan") if row.plan
    ]
    void_plans([row.plan for row in requests if row.plan], now=now)
