"""Which key files an application makes, and what they are called: page and script agree here."""

from dataclasses import dataclass

from pki.certificate import Purpose
from renewals.models import Renewal, Request
from renewals.new_key import key_kind_for

# As people know them from the national authority's own files.
FAMILIES = {"RSA-2048": "RSA256", "P-256": "EC256"}
PREFIXES = {Purpose.AUTH: "AUTH_"}


@dataclass(frozen=True)
class KeyPlan:
    """One key of an application. `key_id` is the SHA-256 of its SPKI in hex, '' before it is."""

    purpose: str
    kind: str
    key_id: str
    waiting_name: str
    final_name: str

    def as_json(self) -> dict[str, str]:
        """For the page's script."""
        return {
            "purpose": self.purpose,
            "kind": self.kind,
            "keyId": self.key_id,
            "waitingName": self.waiting_name,
            "finalName": self.final_name,
        }


def key_plans(renewal: Renewal) -> list[KeyPlan]:
    """The keys of an application, the one for signing first."""
    rows = renewal.requests.select_related("old_certificate", "certificate").order_by("-purpose")
    return [_plan(renewal, row) for row in rows]


def _plan(renewal: Renewal, row: Request) -> KeyPlan:
    kind = row.key_kind or key_kind_for(row.old_certificate)
    family = f"{PREFIXES.get(Purpose(row.purpose), '')}{FAMILIES.get(kind, 'KEY')}"
    serial = row.certificate.serial_hex[:8] if row.certificate else renewal.number
    return KeyPlan(
        purpose=row.purpose,
        kind=kind,
        key_id=row.spki_sha256,
        waiting_name=f"{family}_{renewal.number}_waiting.p12",
        final_name=f"{family}_{serial}.p12",
    )
