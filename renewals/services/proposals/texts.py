"""What the two texts of a proposal say, and whether a signed one says it."""

from django.utils.translation import gettext as _

from renewals.actor import Actor
from renewals.models import Proposal, ProposalKind, Statement
from renewals.services.drawing import require_said
from renewals.services.proposals.kinds import Terms
from renewals.services.proposals.table import PROPOSED_ACTS
from renewals.statement import mask_identifier, show_moment, speak


def describe(kind: ProposalKind, terms: Terms) -> list[tuple[str, str]]:
    """What will be done, in the language that is spoken. Raises `StatementError`."""
    act = PROPOSED_ACTS[kind]
    return [(_("What is proposed"), str(act.title)), *act.describe(terms)]


def describe_signer(actor: Actor) -> list[tuple[str, str]]:
    """The operator who is about to sign."""
    return [(_("Signed by"), actor.name), (_("IIN"), mask_identifier(actor.iin))]


def describe_proposal(proposal: Proposal) -> list[tuple[str, str]]:
    """What the second operator reads: who proposed it, and all that it does."""
    return [
        (_("Proposal"), f"№ {proposal.pk}"),
        (_("Proposed by"), proposal.first.signer_name),
        (_("IIN"), mask_identifier(proposal.first.signer_iin)),
        (_("Proposed"), show_moment(proposal.created_at)),
        *describe(ProposalKind(proposal.kind), proposal.terms),
    ]


def require_proposes(statement: Statement, kind: ProposalKind, terms: Terms) -> None:
    """Raises `StatementError` unless the first text says just these terms."""
    with speak(statement.language):
        require_said(statement, describe(kind, terms))


def require_confirms(statement: Statement, proposal: Proposal) -> None:
    """Raises `StatementError` unless the second text says just this proposal."""
    with speak(statement.language):
        require_said(statement, describe_proposal(proposal))
