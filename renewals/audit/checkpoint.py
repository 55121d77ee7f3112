"""A checkpoint: what is said of the chain's head, signed, and judged years later. Pure.

The text is canonical JSON; the signature is a seal that encloses it (CMS, DER), which
`openssl cms -verify` reads.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pki.cades import open_seal, require_sealer
from pki.chain import Usage, validate_path
from pki.errors import PKIError
from renewals.audit.errors import CheckpointBadError
from renewals.evidence.trust import Trust

VERSION = 1
SUFFIX = ".p7m"


@dataclass(frozen=True)
class Told:
    """What a checkpoint says. `at` is ISO 8601, UTC; digests are SHA-256, hex.

    `previous` is that of the checkpoint before it, as it was signed; '' for the first.
    """

    version: int
    portal: str
    sequence: int
    count: int
    digest: str
    previous: str
    at: str

    @property
    def made_at(self) -> datetime:
        """Aware, UTC, whole seconds."""
        return datetime.fromisoformat(self.at)


def write_text(told: Told) -> bytes:
    """Keys in order, no spaces: one text for one meaning."""
    return (json.dumps(asdict(told), sort_keys=True, separators=(",", ":")) + "\n").encode()


def name_of(told: Told) -> str:
    """The name of its file, in the order of time."""
    return f"{told.made_at:%Y%m%dT%H%M%SZ}-{told.sequence:012d}{SUFFIX}"


def read_checkpoint(data: bytes, *, name: str, trust: Trust) -> Told:
    """What it says, if an authority of this portal's has signed it for that.

    `name` is for the error. The seal's certificate counts at the checkpoint's own moment.
    Raises `CheckpointBadError`.
    """
    try:
        text, seal = open_seal(data)
        path = validate_path(
            seal.signer.der,
            intermediates=trust.intermediates,
            anchors=trust.anchors,
            moment=seal.sealed_at,
            usage=Usage.SERVICE,
        )
        require_sealer(seal.signer.der)
        told = Told(**json.loads(text))
        is_whole = write_text(told) == text and told.made_at == seal.sealed_at
    except (PKIError, ValueError, TypeError, RecursionError) as error:
        raise CheckpointBadError(name=name) from error
    is_ours = path.chain[1] in trust.sealers
    if not is_whole or not is_ours or told.version != VERSION or told.count != told.sequence:
        raise CheckpointBadError(name=name)
    return told


def tell(
    *, portal: str, sequence: int, count: int, digest: str, previous: str, now: datetime
) -> Told:
    """What is to be signed; fractions of a second are cut, as in a seal."""
    at = now.astimezone(UTC).replace(microsecond=0).isoformat()
    return Told(VERSION, portal, sequence, count, digest, previous, at)
