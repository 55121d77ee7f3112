"""Statements that people sign for their organisation: what each begins with, who may sign it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pki.chain import Usage
from renewals.actor import Actor, ActorKind
from renewals.errors import SignerError, StatementError
from renewals.events import EventKind
from renewals.models import Right, Statement
from renewals.rights import Entitlement
from renewals.services import journal, statements
from renewals.services.verification import Proof, verify
from renewals.statement import (
    StatementPurpose,
    describe_purpose,
    mask_identifier,
    says,
    show_day,
)

LIFETIME = timedelta(hours=1)
RIGHTS: dict[Right, Promise] = {
    Right.HEAD: gettext_lazy("first head"),
    Right.HR: gettext_lazy("HR employee with the right to confirm"),
    Right.DELEGATION: gettext_lazy("delegation by %(giver)s, until %(until)s"),
    Right.POWER_OF_ATTORNEY: gettext_lazy("power of attorney, until %(until)s"),
}


def binding_of(actor: Actor) -> str:
    """A statement is for one person and one organisation, whichever certificate he uses."""
    return statements.binding_of(f"{actor.iin} {actor.bin}")


def describe_right(entitlement: Entitlement) -> str:
    """By what right, in the language that is spoken."""
    mandate = entitlement.mandate
    facts = {
        "giver": mandate.giver_name if mandate else "",
        "until": show_day(mandate.ends_on) if mandate else "",
    }
    return str(RIGHTS[entitlement.right]) % facts


def describe_actor(actor: Actor, entitlement: Entitlement) -> list[tuple[str, str]]:
    """Organisation, person and right: the beginning of every such statement."""
    return [
        (_("Organisation"), actor.organisation),
        (_("BIN"), actor.bin),
        (_("Signed by"), actor.name),
        (_("IIN"), mask_identifier(actor.iin)),
        (_("By right of"), describe_right(entitlement)),
    ]


def draw(
    purpose: StatementPurpose,
    *,
    actor: Actor,
    lines: Sequence[tuple[str, str]],
    closing: str,
    terms: Mapping[str, object],
    language: str,
    now: datetime,
) -> Statement:
    """Write and keep a statement that only this person, for this organisation, can use."""
    return statements.create(
        purpose,
        lines=lines,
        closing=closing,
        language=language,
        now=now,
        lifetime=LIFETIME,
        binding=binding_of(actor),
        terms=terms,
    )


def fetch(
    statement_id: int, purpose: StatementPurpose, *, actor: Actor, now: datetime
) -> Statement:
    """The statement drawn for him. Raises `StatementError` and its kinds."""
    return statements.fetch(statement_id, purpose, now=now, binding=binding_of(actor))


def require_said(statement: Statement, lines: Sequence[tuple[str, str]]) -> None:
    """Nothing is done that does not stand in the signed text, whatever is kept beside it.

    Call it inside `speak(statement.language)`. Raises `StatementError`.
    """
    purpose = describe_purpose(StatementPurpose(statement.purpose))
    if not says(statement.text, [purpose]) or not says(statement.text, lines):
        raise StatementError


def verify_own(
    statement: Statement, cms: bytes, *, actor: Actor, now: datetime
) -> tuple[Proof, Actor]:
    """The signature of the same person for the same organisation, by any signing certificate.

    Rights are read from the certificate that signed, not from the session's.
    Raises `PKIError`, `SignerError`.
    """
    proof = verify(statement, cms, usage=Usage.SIGN, now=now)
    signer = Actor.from_certificate(proof.signer, ActorKind.HOLDER)
    if (signer.iin, signer.bin) != (actor.iin, actor.bin):
        raise SignerError
    return proof, signer


def refusals(*, actor: Actor, now: datetime) -> AbstractContextManager[None]:
    """Record why something about an organisation was refused."""
    return journal.refusals(EventKind.ORGANISATION_REFUSED, actor=actor, now=now)
