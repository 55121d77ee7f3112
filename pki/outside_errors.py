"""Why the certificate of somebody else's authority is not pinned. Same branches as `pki.errors`."""

from pki.errors import BadError, NotAllowedError


class OutsideMalformedError(BadError):
    """Not one certificate, PEM or DER."""

    code = "outside.malformed"


class OutsideRightsError(NotAllowedError):
    """It may not issue certificates, or does not say that it may."""

    code = "outside.rights"


class OutsideKeyError(NotAllowedError):
    """Its key is too weak, or of a kind that is not read here."""

    code = "outside.key"


class OutsideDigestError(NotAllowedError):
    """It was signed by SHA-1, or in a way that is not read here."""

    code = "outside.digest"


class OutsideTermError(NotAllowedError):
    """It is not in force. Facts: `not_before`, `not_after`."""

    code = "outside.term"


class OutsideParentError(NotAllowedError):
    """It was issued by an authority that is not accepted here. Facts: `issuer`."""

    code = "outside.parent"
