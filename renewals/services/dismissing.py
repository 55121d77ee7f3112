"""The head dismisses somebody: his certificates of the organisation are revoked, at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pki.models import Certificate, CertificateQuerySet
from pki.revocation import Reason
from renewals.actor import Actor
from renewals.errors import DismissalError
from renewals.events import EventKind
from renewals.models import Mandate, Renewal, Right, Signature, Statement
from renewals.rights import Entitlement, require_head
from renewals.services import drawing, journal, statements
from renewals.services.delegating import end_mandates
from renewals.services.revoking import end_applications, revoke
from renewals.services.verification import keep
from renewals.statement import (
    StatementPurpose,
    describe_certificate,
    mask_identifier,
    speak,
)


def state_dismissal(*, actor: Actor, iin: str, language: str, now: datetime) -> Statement:
    """The request to revoke everything that names this person and the organisation.

    Raises `NotHeadError`, `FormerHeadError`, `DismissalError`.
    """
    with drawing.refusals(actor=actor, now=now):
        require_head(actor)
        certificates = _certificates(actor, iin, now=now)
    name = certificates[0].facts.subject.full_name
    with speak(language):
        lines = [
            *drawing.describe_actor(actor, Entitlement(Right.HEAD)),
            ("", ""),
            *_describe(name, iin),
        ]
        for certificate in certificates:
            lines += describe_certificate(statements.line_of(certificate.facts))
        closing = _(
            "I ask to revoke the certificates named above and every other one that names this "
            "person and our organisation. Open applications of this person for our organisation "
            "end. I know that this cannot be undone."
        )
    return drawing.draw(
        StatementPurpose.DISMISSAL,
        actor=actor,
        lines=lines,
        closing=closing,
        terms={"iin": iin, "name": name},
        language=language,
        now=now,
    )


def _describe(name: str, iin: str) -> list[tuple[str, str]]:
    return [
        (_("Employee"), name),
        (_("IIN"), mask_identifier(iin)),
        (_("Reason"), _("does not belong to the organisation any more (affiliationChanged)")),
    ]


def revocable(bin: str, iin: str, *, now: datetime) -> CertificateQuerySet:  # noqa: A002
    """What a dismissal of this person would revoke: in force or about to be, installed or not."""
    rows = Certificate.objects.of_organisation(bin).for_iin(iin)
    return rows.filter(not_after__gte=now).revocable().order_by("not_before", "id")


def _certificates(actor: Actor, iin: str, *, now: datetime) -> list[Certificate]:
    """The head himself is none of them."""
    found = list(revocable(actor.bin, iin, now=now))
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
        iin = _read_iin(statement)
        with transaction.atomic():
            statements.spend(statement, now=now)
            _dismiss(signer, iin, keep(statement, proof, now=now), now=now)


def _read_iin(statement: Statement) -> str:
    """Of whom the signed text speaks. Raises `StatementError`."""
    name, iin = (str(statement.terms.get(key, "")) for key in ("name", "iin"))
    with speak(statement.language):
        drawing.require_said(statement, _describe(name, iin))
    return iin


def _dismiss(actor: Actor, iin: str, signature: Signature, *, now: datetime) -> None:
    """Everything that may be under somebody else's hands is held first, events come last.

    A worker that is about to store a certificate waits, and then finds the application over.
    """
    renewals = list(
        Renewal.objects.of_organisation(actor.bin)
        .filter(holder_iin=iin)
        .open()
        .select_for_update(no_key=True)
        .order_by("id")
    )
    # Also what he gave to others while he was the head: it must not come back with him.
    mandates = list(
        Mandate.objects.of_organisation(actor.bin)
        .filter(Q(holder_iin=iin) | Q(giver_iin=iin))
        .standing()
        .select_for_update(no_key=True)
        .order_by("id")
    )
    revoked = revoke(
        _certificates(actor, iin, now=now),
        reason=Reason.AFFILIATION_CHANGED,
        actor=actor,
        now=now,
        signature_id=signature.pk,
    )
    if not revoked:
        raise DismissalError  # in another tab, just now
    journal.record(
        EventKind.PERSON_DISMISSED,
        actor=actor,
        now=now,
        facts={"bin": actor.bin, "iin": iin, "signature": signature.pk},
    )
    end_applications(renewals, actor=actor, now=now)
    end_mandates(mandates, actor=actor, now=now, signature_id=signature.pk)
