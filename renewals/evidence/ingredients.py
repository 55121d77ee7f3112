"""All that a container is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from renewals.evidence.material import Material
from renewals.evidence.names import SEAL


@dataclass(frozen=True)
class Answer:
    """What an issuer said of a certificate: `ocsp` of this moment, or its newest `crl`."""

    kind: str
    data: bytes


@dataclass(frozen=True)
class Ingredients:
    """All that goes in. `answers` are by the name of the certificate's file, the seal's too.

    `sealer` is the seal's certificate with those above it, DER; `stampers` are those above who
    will stamp the seal, if somebody does. A missing answer is one whose list is too large to be
    carried along.
    """

    material: Material
    form: bytes
    answers: Mapping[str, Answer]
    sealer: tuple[bytes, ...]
    made_at: datetime
    portal: str
    verify_address: str
    stampers: tuple[bytes, ...] = ()

    def chains(self) -> list[tuple[str, tuple[bytes, ...]]]:
        """Every certificate with its path, by the name of its file."""
        return [*self.material.chains(), (SEAL, self.sealer)]
