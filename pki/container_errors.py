"""What can be wrong with a container, its seal and the answers about revocation inside.

Same three branches as `pki.errors`.
"""

from pki.errors import BadError, IndeterminateError, NotAllowedError

# --- the archive ------------------------------------------------------------------------


class ContainerMalformedError(BadError):
    """Not an archive, or not one as we write them. Facts: `what`, for the log."""

    code = "container.malformed"


class ContainerDamagedError(BadError):
    """A file in it cannot be read whole. Facts: `name`."""

    code = "container.damaged"


class ContainerNameError(BadError):
    """A name that leads out of the container, or means more than a file. Facts: `name`."""

    code = "container.name"


class ContainerDoubledError(BadError):
    """Two files of one name, for some readers. Facts: `name`."""

    code = "container.doubled"


class ContainerTooLargeError(NotAllowedError):
    """Larger than any container of ours. Facts: `most`, bytes."""

    code = "container.too_large"


class ContainerBombError(NotAllowedError):
    """Unpacks to more than any container of ours. Facts: `name`, or ''."""

    code = "container.bomb"


class ContainerEncryptedError(NotAllowedError):
    """With a password."""

    code = "container.encrypted"


# --- ASiC-E -----------------------------------------------------------------------------


class ContainerTypeError(BadError):
    """An archive, but not an ASiC-E container."""

    code = "container.type"


class ContainerManifestError(BadError):
    """The list of files is missing or is not a list of files. Facts: `what`, for the log."""

    code = "container.manifest"


class ContainerListError(BadError):
    """A file that is not on the list, is missing, or is named twice. Facts: `name`."""

    code = "container.list"


class ContainerDigestError(BadError):
    """A file is not what it was when the list was sealed. Facts: `name`."""

    code = "container.digest"


class ContainerAlgorithmError(NotAllowedError):
    """A digest other than SHA-256. Facts: `name`."""

    code = "container.algorithm"


# --- the seal ---------------------------------------------------------------------------


class SealError(BadError):
    """The seal does not hold, or is not written as seals are. Facts: `what`, for the log."""

    code = "container.seal"


class SealerError(NotAllowedError):
    """Sealed by a certificate that is not one for sealing."""

    code = "container.sealer"


# --- answers about one certificate ------------------------------------------------------


class OCSPMalformedError(BadError):
    """Not one answer about one certificate."""

    code = "ocsp.malformed"


class OCSPSignatureError(BadError):
    """Not signed by the issuer of the certificate."""

    code = "ocsp.signature"


class OCSPCertificateError(BadError):
    """An answer about another certificate."""

    code = "ocsp.certificate"


class OCSPStaleError(IndeterminateError):
    """An answer of another moment than the one that counts."""

    code = "ocsp.stale"
