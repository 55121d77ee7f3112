"""What can be wrong with time stamps and with questions for them (RFC 3161)."""

from pki.errors import BadError, IndeterminateError, NotAllowedError


class StampQueryError(BadError):
    """A question that is not answered. Facts: `failure`, a name of PKIFailureInfo."""

    code = "timestamp.query"


class StampMalformedError(BadError):
    """Not one time stamp, or not one as such are written. Facts: `what`, for the log."""

    code = "timestamp.malformed"


class StampContentError(BadError):
    """The time stamp of something else, or the answer to another question."""

    code = "timestamp.content"


class StampSignerError(NotAllowedError):
    """Not signed by a trusted service for time stamps. Facts: `what`, for the log."""

    code = "timestamp.signer"


class StampAwayError(IndeterminateError):
    """The service for time stamps is away, or gives none. Facts: `what`, for the log."""

    code = "timestamp.away"
