"""What the signing of two operators has to know of a thing that it carries out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from renewals.actor import Actor
from renewals.models import Proposal

Terms = Mapping[str, object]
Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ProposalActors:
    """Who signed, both as operators: who proposed and who confirmed."""

    first: Actor
    second: Actor


@dataclass(frozen=True)
class ProposedAct:
    """A kind of proposal.

    `subject` of the terms is what it is about: one proposal for each is open at a time. `describe`
    says all that will be done, in the language that is spoken and from the terms alone: the lines
    stand in both signed texts. Both raise `StatementError` for terms that they cannot read.
    `check` raises `PKIError` or `RenewalError` when it cannot be done, or not any more.
    `carry_out` does it and records it, in the transaction of the second signature.
    """

    title: Promise
    # What the first and the second operator say at the end of their texts.
    proposed: Promise
    confirmed: Promise
    subject: Callable[[Terms], str]
    describe: Callable[[Terms], Lines]
    check: Callable[[Terms, datetime], None]
    carry_out: Callable[[Proposal, ProposalActors, datetime], None]
