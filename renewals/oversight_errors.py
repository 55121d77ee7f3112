"""Why something that needs two operators, or an outside authority, was refused."""

from renewals.errors import RenewalError


class ProposalOpenError(RenewalError):
    """The same thing waits for a second signature already."""

    code = "proposal.open"


class ProposalOverError(RenewalError):
    """It was confirmed, refused or has become too old."""

    code = "proposal.over"


class OwnProposalError(RenewalError):
    """Who proposed it cannot confirm it, whichever certificate he uses."""

    code = "proposal.own"


class ProposerError(RenewalError):
    """Who proposed it is no operator any more, or his certificate does not hold any more."""

    code = "proposal.proposer"


# --- outside authorities ------------------------------------------------------------------


class TrustNameError(RenewalError):
    """The name is taken or is not a short name, or there is no authority of this name."""

    code = "trust.name"


class TrustKnownError(RenewalError):
    """The same certificate is pinned already. Facts: `name`."""

    code = "trust.known"


class TrustChangedError(RenewalError):
    """It is not any more what it was when the change was proposed, or nothing would change."""

    code = "trust.changed"


class TrustAddressError(RenewalError):
    """Not a plain http or https address. Facts: `url`."""

    code = "trust.address"


class TrustHostError(RenewalError):
    """A host that is not on the list of those that may be asked. Facts: `host`, `url`."""

    code = "trust.host"


class TrustPrivateError(RenewalError):
    """A host within a private network that is not listed as one. Facts: `host`, `url`."""

    code = "trust.private"


class TrustSilentError(RenewalError):
    """Accepted, with no address that would tell of revocations."""

    code = "trust.silent"


# --- fetching -----------------------------------------------------------------------------


class FetchAwayError(RenewalError):
    """It cannot be reached, or takes too long. Facts: `host`."""

    code = "fetch.away"


class FetchRefusedError(RenewalError):
    """It answered with something else than success; redirects are such. Facts: `status`."""

    code = "fetch.refused"


class FetchEncodedError(RenewalError):
    """It sent the bytes encoded, although it was asked for them as they are."""

    code = "fetch.encoded"


class FetchTooLargeError(RenewalError):
    """More bytes than a list or an answer may have. Facts: `most`."""

    code = "fetch.too_large"


class FetchBrokenError(RenewalError):
    """It broke off, or does not speak HTTP."""

    code = "fetch.broken"


class ListOlderError(RenewalError):
    """An older list than the one that is here."""

    code = "fetch.older"
