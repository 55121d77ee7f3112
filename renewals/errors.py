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


class OrganisationError(NotRenewableError):
    """A certificate of an organisation: its head has to confirm."""

    code = "renewal.organisation"


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


class AttemptsError(RenewalError):
    """The authority tried too often without an outcome."""

    code = "issuing.attempts"


class SubjectError(RenewalError):
    """The person whose certificate this is cannot be read from it."""

    code = "renewal.subject"


def all_codes() -> dict[str, type[RenewalError]]:
    """Every code with its class."""
    found: dict[str, type[RenewalError]] = {}
    waiting: list[type[RenewalError]] = [RenewalError]
    while waiting:
        error = waiting.pop()
        found[error.code] = error
        waiting.extend(error.__subclasses__())
    return found
