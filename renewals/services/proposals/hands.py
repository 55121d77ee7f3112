"""Whose hands are on a proposal: both operators at this moment, and never the same person."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from django.contrib.auth import get_user_model

from pki.certificate import parse_certificate
from pki.chain import Usage
from pki.errors import PKIError, StatusUnknownError
from renewals.actor import Actor, ActorKind
from renewals.errors import NotOperatorError, SignerError, StatementError
from renewals.events import EventKind
from renewals.models import Proposal, Signature, Statement
from renewals.oversight_errors import OwnProposalError, ProposerError
from renewals.rights import require_operator
from renewals.services import journal, statements
from renewals.services.verification import Proof, judge, read_signature, verify


def binding_of(actor: Actor) -> str:
    """A statement is for one person, whichever certificate he uses."""
    return statements.binding_of(actor.iin)


def refusals(*, actor: Actor, now: datetime) -> AbstractContextManager[None]:
    """Record why something about a proposal was refused."""
    return journal.refusals(EventKind.PROPOSAL_REFUSED, actor=actor, now=now)


def require_serving(actor: Actor) -> None:
    """Signed in as an operator, and still one of them. Raises `NotOperatorError`."""
    require_operator(actor)
    if not _is_serving(actor.iin):
        raise NotOperatorError


def require_second(proposal: Proposal, actor: Actor) -> None:
    """Another person than who proposed it, by IIN. Raises `OwnProposalError`."""
    if not actor.iin or actor.iin == proposal.first.signer_iin:
        raise OwnProposalError


def verify_own(statement: Statement, cms: bytes, *, actor: Actor, now: datetime) -> Proof:
    """The signature of the same person, by any signing certificate of his.

    Raises `PKIError`, `SignerError`.
    """
    proof = verify(statement, cms, usage=Usage.SIGN, now=now)
    if not actor.iin or proof.signer.subject.iin != actor.iin:
        raise SignerError
    return proof


def acting(proof: Proof) -> Actor:
    """The operator by the certificate that signed."""
    return Actor.from_certificate(proof.signer, ActorKind.OPERATOR)


def first_of(proposal: Proposal, *, now: datetime) -> Actor:
    """Who proposed it: his signature as it was kept, judged again at this moment.

    Raises `ProposerError`, `StatementError` where the row is not what was signed, and
    `StatusUnknownError`.
    """
    first = proposal.first
    if not _is_serving(first.signer_iin):
        raise ProposerError
    with _damage():
        signer = read_signature(first.statement, bytes(first.cms_der)).signer
        _require_as_kept(first, signer.fingerprint, signer.subject.iin)
    try:
        judge(parse_certificate(signer.der), usage=Usage.SIGN, now=now)
    except StatusUnknownError:
        raise
    except PKIError as error:
        raise ProposerError from error
    return Actor.from_certificate(signer, ActorKind.OPERATOR)


def _is_serving(iin: str) -> bool:
    return bool(iin) and get_user_model().objects.operators().filter(iin=iin).exists()


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except PKIError as error:
        raise StatementError from error


def _require_as_kept(first: Signature, fingerprint: str, iin: str) -> None:
    if (first.signer_fingerprint, first.signer_iin) != (fingerprint, iin):
        raise StatementError
