"""A person signs that a contact is replaced or removed. Knows no channels and sends nothing."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pki.chain import Usage
from renewals.actor import Actor, ActorKind
from renewals.errors import SignerError, StatementError
from renewals.events import EventKind
from renewals.models import Statement
from renewals.services import journal, statements
from renewals.services.drawing import require_said
from renewals.services.journal import Entry
from renewals.services.verification import Proof, keep, verify
from renewals.statement import StatementPurpose, mask_identifier, speak

LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class ContactTerms:
    """What is signed: on which channel, which address (masked), and the new one, '' for none.

    `channel_name` is in the language of the statement.
    """

    channel: str
    channel_name: str
    old: str
    new: str


# Runs in the transaction of the signature, before its event. What it raises leaves the statement
# unspent; what it returns is written down after that event.
Perform = Callable[[ContactTerms], Sequence[Entry]]


def binding_of(actor: Actor) -> str:
    """A statement is for one person, whichever certificate he uses."""
    return statements.binding_of(actor.iin)


def state_change(
    *,
    actor: Actor,
    channel_name: str,
    channel: str,
    old: str,
    new: str,
    language: str,
    now: datetime,
) -> Statement:
    """The text by which a person replaces his address, or removes it where `new` is ''."""
    with speak(language):
        terms = ContactTerms(channel, channel_name, old, new)
        lines = [
            (_("Signed by"), actor.name),
            (_("IIN"), mask_identifier(actor.iin)),
            ("", ""),
            *_describe(terms),
        ]
        closing = (
            _(
                "I ask to send notices to the new address once it is verified by a code. The "
                "present one is told of the change."
            )
            if new
            else _("I ask to send no more notices to this address. It is told of the change.")
        )
    return statements.create(
        StatementPurpose.CONTACT,
        lines=lines,
        closing=closing,
        language=language,
        now=now,
        lifetime=LIFETIME,
        binding=binding_of(actor),
        terms=asdict(terms),
    )


def _describe(terms: ContactTerms) -> list[tuple[str, str]]:
    return [
        (_("Contact"), f"{terms.channel_name} ({terms.channel})"),
        (_("Present address"), terms.old),
        (_("New address"), terms.new or _("none, it is removed")),
    ]


def confirm_change(
    *, actor: Actor, statement_id: int, cms: bytes, now: datetime, perform: Perform
) -> Statement:
    """Spend the statement by a signature of the same person, and do what it says.

    A repetition changes nothing. Raises `PKIError`, `StatementError`, `SignerError`, and whatever
    `perform` raises.
    """
    binding = binding_of(actor)
    with (
        journal.refusals(EventKind.CONTACT_REFUSED, actor=actor, now=now),
        statements.repetition(None, statement_id),
    ):
        statement = statements.fetch(
            statement_id, StatementPurpose.CONTACT, now=now, binding=binding
        )
        proof = verify(statement, cms, usage=Usage.SIGN, now=now)
        signer = _require_own(proof, actor)
        terms = _read_terms(statement)
        with transaction.atomic():
            statements.spend(statement, now=now)
            signature = keep(statement, proof, now=now)
            further = perform(terms)
            facts = {"signature": signature.pk, "channel": terms.channel, "removes": not terms.new}
            signed = Entry(EventKind.CONTACT_SIGNED, signer, facts=facts)
            journal.append([signed, *further], now=now)
    return Statement.objects.get(pk=statement_id, binding=binding)


def _require_own(proof: Proof, actor: Actor) -> Actor:
    """Any certificate of the same person will do. Raises `SignerError`."""
    signer = Actor.from_certificate(proof.signer, ActorKind.HOLDER)
    if not actor.iin or signer.iin != actor.iin:
        raise SignerError
    return signer


def _read_terms(statement: Statement) -> ContactTerms:
    """Held against the signed text. Raises `StatementError`."""
    try:
        terms = ContactTerms(**{name: str(value) for name, value in statement.terms.items()})
    except TypeError as error:
        raise StatementError from error
    with speak(statement.language):
        require_said(statement, _describe(terms))
    return terms
