"""What can be wrong with keys in a hardware module, and with keys that are brought to us."""

from pki.errors import IndeterminateError, NotAllowedError


class TokenAbsentError(IndeterminateError):
    """The hardware module knows no such token. Facts: `token`."""

    code = "issuer.token_absent"


class TokenPinError(IndeterminateError):
    """The PIN does not open the token, or there is none. Never tried again by itself.

    Facts: `token`, `cause`.
    """

    code = "issuer.pin"


class KeyModuleError(IndeterminateError):
    """The hardware module is broken or is not there. Facts: `cause`."""

    code = "issuer.key_module"


class KeyKindError(NotAllowedError):
    """A key of a kind that no authority of ours has. Facts: `found`."""

    code = "issuer.key_kind"
