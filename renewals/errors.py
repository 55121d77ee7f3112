"""Why an application was refused: small tree with stable codes, like `pki.errors`."""

from typing import ClassVar


class RenewalError(Exception):
    """`facts` go into the sentence that the person reads and into the event row."""

    code: ClassVar[str] = "renewal.error"

    def __init__(self, **facts: str) -> None:
        self.facts = facts
        super().__init__(self.code, facts)


class MoveRefusedError(RenewalError):
    """The application is not where this move starts. Facts: `action`, `state`."""

    code = "renewal.move_refused"


class NotRenewableError(RenewalError):
    """A certificate that cannot be renewed online."""

    code = "renewal.not_renewable"


class StorageError(RenewalError):
    """No such storage, or one that this portal cannot fill."""

    code = "renewal.storage"


class NotConfirmedError(RenewalError):
    """A confirmation is missing."""

    code = "renewal.not_confirmed"


class RequestsError(RenewalError):
    """The requests are not one for each certificate that is renewed."""

    code = "renewal.requests"


class IncompleteError(RenewalError):
    """The step before this one is not done."""

    code = "renewal.incomplete"


class WrongCertificateError(RenewalError):
    """Signed by another certificate than the right one. Facts: `purpose`, `serial`."""

    code = "renewal.wrong_certificate"


class SignerError(RenewalError):
    """Signed by somebody else than who is signed in, or for another organisation."""

    code = "statement.signer"


class ReasonError(RenewalError):
    """A refusal needs a reason that the holder can read."""

    code = "renewal.reason"


class NotHolderError(RenewalError):
    """Somebody else's application."""

    code = "renewal.not_holder"


class NotOperatorError(RenewalError):
    """Only operators do this."""

    code = "renewal.not_operator"


class StatementError(RenewalError):
    """Not the statement that was given out: unknown, spent, too old or for another purpose."""

    code = "statement.unknown"


class StatementExpiredError(StatementError):
    """The statement was given out too long ago."""

    code = "statement.expired"


class StatementSpentError(StatementError):
    """The statement has been used."""

    code = "statement.spent"


class OtherOrganisationError(RenewalError):
    """Of another organisation than the one who acts."""

    code = "approval.other_organisation"


class NoRightError(RenewalError):
    """Neither head, nor HR, nor with a mandate."""

    code = "approval.no_right"


class FormerHeadError(NoRightError):
    """The certificate says head, and a newer one names another. Facts: `name`."""

    code = "approval.former_head"


class MandateEndedError(NoRightError):
    """The delegation or power of attorney is over or not yet begun.

    Facts: `starts_on`, `ends_on`.
    """

    code = "approval.mandate_ended"


class MandateTakenError(NoRightError):
    """The head has taken the delegation back, or who gave it is no longer the head."""

    code = "approval.mandate_taken"


class MandateUncheckedError(NoRightError):
    """No operator has checked the power of attorney yet."""

    code = "approval.mandate_unchecked"


class NotHeadError(NoRightError):
    """Only the first head does this himself."""

    code = "approval.not_head"


class OwnApplicationError(NoRightError):
    """The applicant himself, by whatever certificate."""

    code = "approval.own"


class DecidedError(RenewalError):
    """Somebody was faster. Facts: `number`, `name`, `decided_at`, `verdict`."""

    code = "approval.decided"


class NotAwaitingError(RenewalError):
    """The application does not wait for an approver. Facts: `number`."""

    code = "approval.not_awaiting"


class ApprovalVoidError(RenewalError):
    """Whoever approved has lost the right before the certificate was issued."""

    code = "approval.void"


class ListError(RenewalError):
    """No application in the list, or too many. Facts: `most`."""

    code = "approval.list"


class DaysError(RenewalError):
    """Days that are past, in the wrong order or too far apart. Facts: `most`."""

    code = "mandate.days"


class DelegateError(RenewalError):
    """Nobody of this organisation with signing right."""

    code = "mandate.delegate"


class MandateOverError(RenewalError):
    """Ended or refused before, or decided about by another operator."""

    code = "mandate.over"


class DismissalError(RenewalError):
    """Nobody of this organisation with a certificate in force, or the head himself."""

    code = "dismissal.person"


class RevocationError(RenewalError):
    """Nothing here that could be revoked: it is revoked, over, or not the asker's to revoke."""

    code = "revocation.nothing"


class GroundError(RenewalError):
    """Not a ground that may be given here, or what belongs to it is missing."""

    code = "revocation.ground"


class NotHeldError(RenewalError):
    """It is not on hold: nothing to release."""

    code = "revocation.not_held"


class DocumentError(RenewalError):
    """A document that is not taken, or not given out."""

    code = "document.error"


class DocumentUnknownError(DocumentError):
    """There is no such document, or it does not concern who asks."""

    code = "document.unknown"


class DocumentStateError(DocumentError):
    """Nothing is added or removed any more, or not here."""

    code = "document.state"


class DocumentKindError(DocumentError):
    """None of the kinds that we know."""

    code = "document.kind"


class DocumentEmptyError(DocumentError):
    """No file, or one without content."""

    code = "document.empty"


class DocumentTooLargeError(DocumentError):
    """More bytes than one document may have. Facts: `most`, in MB."""

    code = "document.too_large"


class DocumentTypeError(DocumentError):
    """Neither PDF nor JPEG nor PNG, whatever its name says."""

    code = "document.type"


class DocumentKeyError(DocumentError):
    """A key file or a private key was sent as a document."""

    code = "document.key"


class DocumentBrokenError(DocumentError):
    """It cannot be read from the first byte to the last."""

    code = "document.broken"


class DocumentTooBigError(DocumentError):
    """More pixels, scans or objects than one document may have."""

    code = "document.too_big"


class DocumentEncryptedError(DocumentError):
    """A PDF that needs a password, be it an empty one."""

    code = "document.encrypted"


class ActiveContentError(DocumentError):
    """A PDF that does something: scripts, forms that send, sounds, programs."""

    code = "document.active_content"


class AttachmentsError(DocumentError):
    """Other files are inside, or something stands behind its end."""

    code = "document.attachments"


class DocumentsFullError(DocumentError):
    """As many documents as there may be. Facts: `most`."""

    code = "document.too_many"


class DocumentsBusyError(DocumentError):
    """Too many are being judged at this moment."""

    code = "document.busy"


class InfectedError(DocumentError):
    """The scanner has found something. Facts: `name`, as the scanner calls it."""

    code = "document.infected"


class ScannerAwayError(DocumentError):
    """There is a scanner, and it has not said that the file is clean."""

    code = "document.scanner_away"


class DocumentStorageError(DocumentError):
    """The storage did not take the file, or cannot be reached."""

    code = "document.storage_away"


class DocumentGoneError(DocumentError):
    """Its bytes are not where they were put."""

    code = "document.gone"


class DocumentAlteredError(DocumentError):
    """Its bytes are not those that were put there."""

    code = "document.altered"


class AttemptsError(RenewalError):
    """The authority tried too often without an outcome."""

    code = "issuing.attempts"


class ListLateError(RenewalError):
    """A list of revoked certificates has not been made anew for half its life, or never."""

    code = "list.late"


class ListBusyError(RenewalError):
    """Another process is making lists of this authority. Facts: `authority`."""

    code = "list.busy"


class ListWriteError(RenewalError):
    """A list of revoked certificates could not be written. Facts: `path`, `problem`."""

    code = "list.write"


class SubjectError(RenewalError):
    """The person whose certificate this is cannot be read from it."""

    code = "renewal.subject"


class FontsError(RenewalError):
    """The fonts of papers are not where the build puts them. Facts: `directory`."""

    code = "form.fonts"


def all_codes() -> dict[str, type[RenewalError]]:
    """Every code with its class."""
    found: dict[str, type[RenewalError]] = {}
    waiting: list[type[RenewalError]] = [RenewalError]
    while waiting:
        error = waiting.pop()
        found[error.code] = error
        waiting.extend(error.__subclasses__())
    return found
