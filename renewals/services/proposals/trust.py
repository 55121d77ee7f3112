"""Which authorities of others are accepted: an authority is added, changed or taken away."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from renewals.models import Proposal
from renewals.services.proposals.kinds import Lines, ProposalActors, ProposedAct, Terms
from renewals.services.trust.accepting import carry_out, require_possible
from renewals.services.trust.changes import read_change
from renewals.services.trust.naming import subject_of


def _subject(terms: Terms) -> str:
    return subject_of(read_change(terms).name)


def _describe(terms: Terms) -> Lines:
    return read_change(terms).describe()


def _check(terms: Terms, now: datetime) -> None:
    require_possible(read_change(terms), now=now)


def _carry_out(proposal: Proposal, actors: ProposalActors, now: datetime) -> None:
    carry_out(
        read_change(proposal.terms),
        actor=actors.second,
        now=now,
        facts={"proposal": proposal.pk, "proposed_by": actors.first.iin},
    )


TRUST = ProposedAct(
    title=gettext_lazy("Change of the authorities that are accepted"),
    proposed=gettext_lazy(
        "I propose this change. I have compared the certificate's SHA-256 with what the authority "
        "itself has published. Nothing changes until a second operator confirms it."
    ),
    confirmed=gettext_lazy(
        "I confirm this change, having compared the certificate's SHA-256 myself with what the "
        "authority has published. It takes effect at once."
    ),
    subject=_subject,
    describe=_describe,
    check=_check,
    carry_out=_carry_out,
)
