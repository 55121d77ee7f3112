"""What ceremonies with the authority refuse, and what a cross-check finds."""

from renewals.errors import RenewalError


class AuthorityNameError(RenewalError):
    """Not a name for an authority, or another one has it. Facts: `name`."""

    code = "authority.name"


class AuthorityUnknownError(RenewalError):
    """No authority of ours has this name. Facts: `name`."""

    code = "authority.unknown"


class AuthorityStateError(RenewalError):
    """Not done with an authority that is as it is. Facts: `name`, `cause`."""

    code = "authority.state"


class ImportRefusedError(RenewalError):
    """A certificate and a key from elsewhere do not make an authority of ours. Facts: `cause`."""

    code = "authority.import"


class BackupError(RenewalError):
    """Not a back-up of ours, or not the one that was made. Facts: `cause`."""

    code = "authority.backup"


class AuthorityEndingError(RenewalError):
    """It ends before the longest certificate that it issues would. Facts: `not_after`."""

    code = "authority.ending"


class AuthorityPathError(RenewalError):
    """Its certificate does not stand under its root. Facts: `cause`."""

    code = "authority.path"


class ServiceLackingError(RenewalError):
    """It has no certificate for a service, and none could be made. Facts: `service`."""

    code = "authority.service"


class ListNumberError(RenewalError):
    """A list in force has a higher number than was ever given. Facts: `found`, `given`."""

    code = "authority.list_number"
