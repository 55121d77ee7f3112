"""A revocation is asked for with a signature: by the holder, the head or an operator.

One way for all. What differs stands in a table: whose certificates, who may, how the text begins.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pki.chain import Usage
from pki.models import Certificate, CertificateQuerySet
from renewals.actor import Actor
from renewals.errors import (
    GroundError,
    RevocationError,
    SignerError,
    StatementError,
)
from renewals.events import EventKind
from renewals.grounds import ASKED_BY, GROUNDS, IDENTIFIED, AskedBy, Door, Ground, Identified
from renewals.models import Right, Statement
from renewals.rights import Entitlement, require_head
from renewals.services import contacting, drawing, journal, statements
from renewals.services.proposals import hands
from renewals.services.revoking import revoke
from renewals.services.verification import Proof, keep, verify
from renewals.statement import (
    StatementPurpose,
    describe_certificate,
    mask_identifier,
    put_on_one_line,
    speak,
)

NOTE_LENGTH = 400
Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Asking:
    """What is asked for. The last three are an operator's: who came, how known, which paper."""

    ground: Ground
    certificate_ids: tuple[int, ...]
    asked_by: AskedBy | None = None
    identified: Identified | None = None
    note: str = ""

    @property
    def terms(self) -> dict[str, object]:
        """For the statement's row; `read` reads them again."""
        return {
            "ground": self.ground.value,
            "certificates": list(self.certificate_ids),
            "asked_by": self.asked_by.value if self.asked_by else "",
            "identified": self.identified.value if self.identified else "",
            "note": self.note,
        }

    @classmethod
    def read(cls, statement: Statement) -> "Asking":
        """From the terms of a statement. Raises `StatementError`."""
        terms = statement.terms
        try:
            asked_by, identified = terms["asked_by"], terms["identified"]
            return cls(
                Ground(terms["ground"]),
                tuple(int(one) for one in terms["certificates"]),
                AskedBy(asked_by) if asked_by else None,
                Identified(identified) if identified else None,
                str(terms["note"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StatementError from error


@dataclass(frozen=True)
class _Rules:
    """A door: the purpose of its texts, to whom they are bound, who may, and over what."""

    purpose: StatementPurpose
    binding: Callable[[Actor], str]
    require: Callable[[Actor], None]
    rows: Callable[[Actor], CertificateQuerySet]
    head: Callable[[Actor], Lines]
    is_same: Callable[[Actor, Actor], bool]


def _anybody(actor: Actor) -> None:
    """Everybody over his own."""


def _describe_person(actor: Actor) -> Lines:
    return [(_("Signed by"), actor.name), (_("IIN"), mask_identifier(actor.iin))]


RULES: dict[Door, _Rules] = {
    Door.HOLDER: _Rules(
        StatementPurpose.REVOCATION,
        binding=contacting.binding_of,
        require=_anybody,
        rows=lambda actor: Certificate.objects.for_iin(actor.iin),
        head=_describe_person,
        is_same=lambda signer, actor: signer.iin == actor.iin,
    ),
    Door.HEAD: _Rules(
        StatementPurpose.EMPLOYEE_REVOCATION,
        binding=drawing.binding_of,
        require=require_head,
        # Of himself he asks as a holder.
        rows=lambda actor: Certificate.objects.of_organisation(actor.bin).exclude(iin=actor.iin),
        head=lambda actor: drawing.describe_actor(actor, Entitlement(Right.HEAD)),
        is_same=lambda signer, actor: (signer.iin, signer.bin) == (actor.iin, actor.bin),
    ),
    Door.OPERATOR: _Rules(
        StatementPurpose.OFFICE_REVOCATION,
        binding=contacting.binding_of,
        require=hands.require_serving,
        rows=lambda _actor: Certificate.objects.all(),
        head=_describe_person,
        is_same=lambda signer, actor: signer.iin == actor.iin,
    ),
}


def require_right(door: Door, actor: Actor, *, now: datetime) -> None:
    """Whether he may ask there at all; a refusal is recorded.

    Raises `NotHeadError`, `FormerHeadError`, `NotOperatorError`.
    """
    with _refusals(actor, now):
        RULES[door].require(actor)


def revocable(door: Door, actor: Actor, *, now: datetime) -> CertificateQuerySet:
    """What he may have revoked there: not over, not revoked for good."""
    return RULES[door].rows(actor).filter(not_after__gte=now).revocable()


def state_revocation(
    door: Door, asking: Asking, *, actor: Actor, language: str, now: datetime
) -> Statement:
    """The request as it will be signed.

    Raises `RevocationError`, `GroundError`, and who may not `NotHeadError`, `FormerHeadError`,
    `NotOperatorError`.
    """
    rules = RULES[door]
    with _refusals(actor, now):
        rules.require(actor)
        asking = _require_sound(door, asking)
        certificates = _fetch(door, asking, actor, now)
    words = GROUNDS[asking.ground]
    with speak(language):
        lines = [*rules.head(actor), *_describe(asking, certificates)]
        closing = (
            _(
                "I ask to suspend the certificates named above. I know that nothing can be signed "
                "with them until the authority releases them."
            )
            if words.is_hold
            else _(
                "I ask to revoke the certificates named above. I know that this cannot be undone."
            )
        )
    return statements.create(
        rules.purpose,
        lines=lines,
        closing=closing,
        language=language,
        now=now,
        lifetime=drawing.LIFETIME,
        binding=rules.binding(actor),
        terms=asking.terms,
    )


def revoke_asked(door: Door, *, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> None:
    """Do what the signed text says, in one transaction. A repetition changes nothing.

    Raises `PKIError`, `StatementError`, `SignerError`, `RevocationError`, and as above.
    """
    rules = RULES[door]
    with _refusals(actor, now), statements.repetition(None, statement_id):
        statement = statements.fetch(
            statement_id, rules.purpose, now=now, binding=rules.binding(actor)
        )
        proof = verify(statement, cms, usage=Usage.SIGN, now=now)
        signer = _require_same(rules, proof, actor)
        rules.require(signer)
        asking = _require_sound(door, Asking.read(statement))
        certificates = _fetch(door, asking, signer, now)
        with speak(statement.language):
            drawing.require_said(statement, _describe(asking, certificates))
        with transaction.atomic():
            statements.spend(statement, now=now)
            signature = keep(statement, proof, now=now)
            changed = revoke(
                certificates,
                reason=GROUNDS[asking.ground].reason,
                actor=signer,
                now=now,
                signature_id=signature.pk,
                facts=_facts(door, asking),
            )
            if not changed:
                raise RevocationError  # in another tab, just now


def _refusals(actor: Actor, now: datetime) -> AbstractContextManager[None]:
    return journal.refusals(EventKind.REVOCATION_REFUSED, actor=actor, now=now)


def _facts(door: Door, asking: Asking) -> dict[str, object]:
    facts: dict[str, object] = {"ground": asking.ground.value, "door": door.value}
    if asking.asked_by and asking.identified:
        facts |= {"asked_by": asking.asked_by.value, "identified": asking.identified.value}
        facts["note"] = asking.note
    return facts


def _require_same(rules: _Rules, proof: Proof, actor: Actor) -> Actor:
    """Rights are read from the certificate that signed. Raises `SignerError`."""
    signer = Actor.from_certificate(proof.signer, actor.kind)
    if not actor.iin or not rules.is_same(signer, actor):
        raise SignerError
    return signer


def _require_sound(door: Door, asking: Asking) -> Asking:
    """A ground of this door; at the desk, who asked and how he was known. Raises `GroundError`."""
    if door not in GROUNDS[asking.ground].doors:
        raise GroundError
    note = " ".join(put_on_one_line(asking.note).split())
    is_office = door is Door.OPERATOR
    if len(note) > NOTE_LENGTH or is_office != bool(asking.asked_by and asking.identified and note):
        raise GroundError
    return Asking(asking.ground, asking.certificate_ids, asking.asked_by, asking.identified, note)


def _fetch(door: Door, asking: Asking, actor: Actor, now: datetime) -> list[Certificate]:
    """All of them, or `RevocationError`."""
    rows = revocable(door, actor, now=now).filter(pk__in=asking.certificate_ids)
    if GROUNDS[asking.ground].is_hold:
        rows = rows.unrevoked()
    found = list(rows.order_by("not_before", "id"))
    if not found or len(found) != len(set(asking.certificate_ids)):
        raise RevocationError
    return found


def _describe(asking: Asking, certificates: Sequence[Certificate]) -> Lines:
    """The lines of the text, in the language that is spoken."""
    words = GROUNDS[asking.ground]
    lines: Lines = []
    if asking.asked_by and asking.identified:
        lines += [
            ("", ""),
            (_("Asked for by"), str(ASKED_BY[asking.asked_by])),
            (_("Known to the operator"), str(IDENTIFIED[asking.identified])),
            (_("Paper and note"), asking.note),
        ]
    lines += [("", ""), (_("Reason"), f"{words.words} ({words.reason.value})")]
    for name, iin in _people(certificates):
        lines += [(_("Holder"), name), (_("IIN"), mask_identifier(iin))]
    for certificate in certificates:
        lines += describe_certificate(statements.line_of(certificate.facts))
    return lines


def _people(certificates: Iterable[Certificate]) -> list[tuple[str, str]]:
    named = {row.iin: row.facts.subject.full_name for row in certificates}
    return [(name, iin) for iin, name in named.items()]
