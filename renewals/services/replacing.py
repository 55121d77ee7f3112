"""The old certificates of an installed application are revoked by a signature of their holder."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pki.chain import Usage
from pki.models import Certificate
from pki.revocation import Reason
from renewals.actor import Actor
from renewals.errors import IncompleteError, NotHolderError
from renewals.events import EventKind
from renewals.machine import State
from renewals.models import Renewal, Statement
from renewals.rights import require_holder
from renewals.services import journal, statements
from renewals.services.revoking import revoke
from renewals.services.verification import keep, verify
from renewals.statement import StatementPurpose, describe_certificate, mask_identifier, speak

STATEMENT_LIFETIME = timedelta(hours=1)


def replaced_by(renewal: Renewal, *, now: datetime) -> list[Certificate]:
    """The old certificates of an installed application that are still in force."""
    if renewal.state != State.INSTALLED.value:
        return []
    return list(
        Certificate.objects.filter(
            pk__in=renewal.requests.values("old_certificate"), not_after__gt=now
        ).revocable()
    )


def state_revocation(*, renewal: Renewal, language: str, now: datetime) -> Statement:
    """The request to revoke what this application replaced. Raises `IncompleteError`."""
    certificates = replaced_by(renewal, now=now)
    if not certificates:
        raise IncompleteError
    standing = statements.find_standing(
        StatementPurpose.REVOCATION,
        renewal=renewal,
        language=language,
        now=now,
        lifetime=STATEMENT_LIFETIME,
    )
    return standing or _write_request(renewal, certificates, language=language, now=now)


def _write_request(
    renewal: Renewal, certificates: Sequence[Certificate], *, language: str, now: datetime
) -> Statement:
    with speak(language):
        lines = [
            (_("Application number"), renewal.number),
            ("", ""),
            (_("Applicant"), renewal.holder_name),
            (_("IIN"), mask_identifier(renewal.holder_iin)),
            (_("Reason"), _("replaced by a new certificate (superseded)")),
        ]
        for certificate in certificates:
            lines += describe_certificate(statements.line_of(certificate.facts))
        closing = _(
            "I ask to revoke the certificates named above. I know that this cannot be undone."
        )
    return statements.create(
        StatementPurpose.REVOCATION,
        lines=lines,
        closing=closing,
        language=language,
        now=now,
        lifetime=STATEMENT_LIFETIME,
        renewal=renewal,
    )


def revoke_replaced(
    *, actor: Actor, renewal: Renewal, statement_id: int, cms: bytes, now: datetime
) -> None:
    """Revoke the old certificates as superseded, by a signature of their holder.

    Raises `PKIError`, `StatementError`, `NotHolderError`, `IncompleteError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        with statements.repetition(renewal, statement_id):
            _revoke_once(actor, renewal, statement_id, cms, now)


def _revoke_once(
    actor: Actor, renewal: Renewal, statement_id: int, cms: bytes, now: datetime
) -> None:
    certificates = list(
        Certificate.objects.filter(pk__in=renewal.requests.values("old_certificate")).revocable()
    )
    statement = statements.fetch(
        statement_id, StatementPurpose.REVOCATION, now=now, renewal=renewal
    )
    if renewal.state != State.INSTALLED.value:
        raise IncompleteError
    proof = verify(statement, cms, usage=Usage.SIGN, now=now)
    if proof.signer.subject.iin != renewal.holder_iin:
        raise NotHolderError
    with transaction.atomic():
        statements.spend(statement, now=now)
        signature = keep(statement, proof, now=now)
        revoke(
            certificates,
            reason=Reason.SUPERSEDED,
            actor=actor,
            renewal=renewal,
            now=now,
            signature_id=signature.pk,
        )
