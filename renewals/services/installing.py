"""The new key proves itself: installed is only what has signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pki.chain import Usage
from renewals.actor import Actor
from renewals.errors import IncompleteError
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Renewal, Request, Statement
from renewals.rights import require_holder, require_signer
from renewals.services import journal, statements
from renewals.services.moves import move
from renewals.services.verification import keep, verify
from renewals.statement import StatementPurpose, describe_certificate, speak

CHALLENGE_LIFETIME = timedelta(minutes=15)


def state_installation(*, renewal: Renewal, language: str, now: datetime) -> Statement:
    """The text that every new key of this application has to sign. Raises `IncompleteError`."""
    rows = _issued(renewal)
    with speak(language):
        lines = [(_("Application number"), renewal.number)]
        for row in rows:
            if row.certificate is not None:
                lines += describe_certificate(statements.line_of(row.certificate.facts))
    return statements.create(
        StatementPurpose.INSTALLATION,
        lines=lines,
        language=language,
        now=now,
        lifetime=CHALLENGE_LIFETIME,
        renewal=renewal,
    )


def install(
    *, actor: Actor, renewal: Renewal, statement_id: int, signatures: Sequence[bytes], now: datetime
) -> None:
    """Close the application: each of its new keys has signed the statement.

    A repetition of the same post changes nothing. Raises `PKIError`, `StatementError`,
    `WrongCertificateError`, `IncompleteError`, `MoveRefusedError`.
    """
    with journal.refusals(EventKind.RENEWAL_REFUSED, actor=actor, now=now, renewal=renewal):
        require_holder(renewal, actor)
        with statements.repetition(renewal, statement_id):
            _install_once(actor, renewal, statement_id, signatures, now)


def _install_once(
    actor: Actor, renewal: Renewal, statement_id: int, signatures: Sequence[bytes], now: datetime
) -> None:
    rows = _issued(renewal)
    statement = statements.fetch(
        statement_id, StatementPurpose.INSTALLATION, now=now, renewal=renewal
    )
    expected = {row.certificate.fingerprint: row for row in rows if row.certificate is not None}
    proofs = [verify(statement, cms, usage=Usage.ANY, now=now) for cms in signatures]
    for proof in proofs:
        require_signer(proof.signer, [row.certificate for row in rows if row.certificate])
    if {proof.signer.fingerprint for proof in proofs} != expected.keys():
        raise IncompleteError
    with transaction.atomic():
        statements.spend(statement, now=now)
        for proof in proofs:
            keep(statement, proof, now=now)
        # The application before its requests: in the order of whoever ends it.
        move(
            renewal,
            Action.INSTALL,
            actor=actor,
            now=now,
            facts={"certificates": sorted(expected)},
        )
        Request.objects.filter(renewal=renewal).update(installed_at=now)


def _issued(renewal: Renewal) -> list[Request]:
    rows = list(renewal.requests.select_related("certificate"))
    if not rows or any(row.certificate is None for row in rows):
        raise IncompleteError
    return rows
