"""What is kept of an application: its certificates, statements, signatures, papers and events."""

from renewals.models.application import Renewal, Request
from renewals.models.decision import Decision, Mandate, MandateKind, Right, Verdict
from renewals.models.event import Event, EventHead
from renewals.models.paper import Document, DocumentKind, Evidence
from renewals.models.statement import Signature, Statement

__all__ = [
    "Decision",
    "Document",
    "DocumentKind",
    "Event",
    "EventHead",
    "Evidence",
    "Mandate",
    "MandateKind",
    "Renewal",
    "Request",
    "Right",
    "Signature",
    "Statement",
    "Verdict",
]
