"""Why the chain of events or its checkpoints cannot be relied on."""

from renewals.errors import RenewalError


class AuditError(RenewalError):
    """The records of what happened cannot be relied on."""

    code = "audit.error"


class AuditBrokenError(AuditError):
    """A record is not what was written. Facts: `sequence`, `fault`."""

    code = "audit.broken"


class CheckpointBadError(AuditError):
    """Not a checkpoint that this portal signed. Facts: `name`."""

    code = "audit.checkpoint_bad"


class CheckpointKeptError(AuditError):
    """A checkpoint could not be written to the second place, or read there. Facts: `name`."""

    code = "audit.checkpoint_kept"
