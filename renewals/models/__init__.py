"""What is kept of an application: its certificates, statements, signatures, papers and events."""

from renewals.models.application import Renewal, Request
from renewals.models.decision import Decision, Mandate, MandateKind, Right, Verdict
from renewals.models.event import Event, EventHead
from renewals.models.oversight import (
    Checkpoint,
    Proposal,
    ProposalKind,
    ProposalState,
    Trouble,
)
from renewals.models.paper import Document, DocumentKind, Evidence
from renewals.models.statement import Signature, Statement

__all__ = [
    "Checkpoint",
    "Decision",
    "Document",
    "DocumentKind",
    "Event",
    "EventHead",
    "Evidence",
    "Mandate",
    "MandateKind",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Renewal",
    "Request",
    "Right",
    "Signature",
    "Statement",
    "Trouble",
    "Verdict",
]
