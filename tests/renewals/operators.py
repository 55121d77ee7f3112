"""Two operators who sign, and what they propose."""

from dataclasses import dataclass, replace

from django.core.management import call_command

from pki.models import Authority
from renewals.actor import Actor, ActorKind
from renewals.models import Proposal, ProposalKind, Statement
from renewals.services import proposing
from tests.renewals.people import NOW, Holder, enrol_holder, iin_of


@dataclass(frozen=True)
class Operator:
    """Somebody at the desk."""

    holder: Holder

    @property
    def actor(self) -> Actor:
        """Signed in as an operator."""
        return replace(self.holder.actor, kind=ActorKind.OPERATOR)

    def state(self, kind: ProposalKind, terms: dict[str, object]) -> Statement:
        """The first text."""
        return proposing.state_proposal(
            kind=kind, terms=terms, actor=self.actor, language="ru", now=NOW
        )

    def propose(self, kind: ProposalKind, terms: dict[str, object]) -> Proposal:
        """The first signature."""
        text = self.state(kind, terms)
        return proposing.propose(
            actor=self.actor, statement_id=text.pk, cms=self.holder.sign(text), now=NOW
        )

    def read(self, proposal: Proposal) -> Statement:
        """The second text."""
        return proposing.state_confirmation(
            proposal=proposal, actor=self.actor, language="en", now=NOW
        )

    def sign(self, text: Statement, cms: bytes | None = None) -> Proposal:
        """The second signature."""
        return proposing.confirm(
            actor=self.actor,
            statement_id=text.pk,
            cms=self.holder.sign(text) if cms is None else cms,
            now=NOW,
        )

    def confirm(self, proposal: Proposal) -> Proposal:
        """Read and sign."""
        return self.sign(self.read(proposal))


def operator(authority: Authority, number: int) -> Operator:
    """One more, with a certificate of our own."""
    call_command("operators", "add", iin_of(number), verbosity=0)
    return Operator(enrol_holder(authority, iin=iin_of(number)))
