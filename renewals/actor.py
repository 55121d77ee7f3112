"""Who acts: an identity with the certificate he acts by, never a bare user."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from pki.certificate import CertificateFacts


class ActorKind(StrEnum):
    """In which part somebody acts."""

    HOLDER = "holder"
    OPERATOR = "operator"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Actor:
    """`iin` and `bin` are twelve digits or ''; `fingerprint` is the certificate's SHA-256, hex."""

    kind: ActorKind
    iin: str = ""
    name: str = ""
    bin: str = ""
    organisation: str = ""
    roles: tuple[str, ...] = ()
    fingerprint: str = ""

    @classmethod
    def from_certificate(cls, facts: CertificateFacts, kind: ActorKind) -> "Actor":
        """The identity that a verified certificate proves."""
        return cls(
            kind=kind,
            iin=facts.subject.iin,
            name=facts.subject.full_name,
            bin=facts.subject.bin,
            organisation=facts.subject.organisation,
            roles=tuple(role.value for role in facts.roles),
            fingerprint=facts.fingerprint,
        )

    def as_json(self) -> dict[str, object]:
        """For an event row."""
        return {**asdict(self), "kind": self.kind.value, "roles": list(self.roles)}


WORKER = Actor(kind=ActorKind.SYSTEM, name="worker")
NOBODY = Actor(kind=ActorKind.UNKNOWN)
