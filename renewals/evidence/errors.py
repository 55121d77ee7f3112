"""What a container with a good seal can still be wrong in: its parts do not belong together.

Same branches as `pki.errors`. The last ones are about what the portal keeps, not about proof.
"""

from pki.errors import BadError, NotAllowedError
from renewals.errors import RenewalError


class EvidenceError(BadError):
    """The parts do not belong together."""

    code = "evidence.error"


class EvidenceFilesError(EvidenceError):
    """A file is missing, or one too many. Facts: `name`."""

    code = "evidence.files"


class EvidenceRecordError(EvidenceError):
    """The record says something else than what was signed. Facts: `field`, for the log."""

    code = "evidence.record"


class EvidenceStatementError(EvidenceError):
    """Signed is not the application of this number. Facts: `name`, `number`."""

    code = "evidence.statement"


class EvidenceApprovalError(EvidenceError):
    """The decision does not name this application by number and digest. Facts: `number`."""

    code = "evidence.approval"


class EvidenceApproverError(EvidenceError):
    """Whoever decided had no such right by his certificate. Facts: `name`."""

    code = "evidence.approver"


class EvidenceCertificateError(EvidenceError):
    """A new certificate is not of this holder and this request. Facts: `name`."""

    code = "evidence.certificate"


class EvidenceFormError(EvidenceError):
    """The form is of another application."""

    code = "evidence.form"


class EvidenceMomentError(EvidenceError):
    """Something is said to have happened after the container was made."""

    code = "evidence.moment"


class SealUnknownError(BadError):
    """Sealed by somebody whom this portal does not know. Facts: `code`, for the log."""

    code = "evidence.seal_unknown"


class SealTermError(NotAllowedError):
    """Sealed at a moment when the seal's certificate was not in force."""

    code = "evidence.seal_term"


class SealRevokedError(NotAllowedError):
    """The seal's certificate is revoked, or none of those that were issued."""

    code = "evidence.seal_revoked"


class EvidenceEarlyError(RenewalError):
    """Nothing is decided yet: it is made when a certificate is issued or the application ends."""

    code = "evidence.early"


class EvidenceAwaitedError(RenewalError):
    """It is not made yet: it will be, within seconds."""

    code = "evidence.awaited"


class EvidenceAlteredError(RenewalError):
    """What is kept is not what was made, or is not there. Facts: `number`."""

    code = "evidence.altered"
