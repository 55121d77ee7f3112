"""Published lists, as whoever fetches them finds them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings

from pki.models import Authority, Certificate, HoldRelease, Revocation
from pki.revocation import Reason


@dataclass(frozen=True)
class Found:
    """One file."""

    der: bytes

    @property
    def loaded(self) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self.der)

    @property
    def reasons(self) -> dict[str, Reason]:
        """By serial number, each read by the library."""
        found: dict[str, Reason] = {}
        for entry in self.loaded:
            said = [one.value for one in entry.extensions if isinstance(one.value, x509.CRLReason)]
            reason = Reason(said[0].reason.value) if said else Reason.UNSPECIFIED
            assert found.setdefault(f"{entry.serial_number:040x}", reason) is reason
        return found

    @property
    def number(self) -> int:
        return self.loaded.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    @property
    def base_number(self) -> int:
        found = self.loaded.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
        return found.value.crl_number


def path_of(authority: Authority, ending: str = "") -> Path:
    found: Path = settings.PUBLICATION_DIRECTORY / f"{authority.name}{ending}.crl"
    return found


def whole(authority: Authority) -> Found:
    return Found(path_of(authority).read_bytes())


def changes(authority: Authority) -> Found:
    return Found(path_of(authority, "-delta").read_bytes())


def part(authority: Authority, number: int) -> Found:
    return Found(path_of(authority, f"-{number}").read_bytes())


def of_part(serial_hex: str, parts: int) -> int:
    return int(serial_hex, 16) % parts


def hold(certificate: Certificate, *, at: datetime) -> None:
    Revocation.objects.create(
        authority=certificate.authority,
        serial_hex=certificate.serial_hex,
        revoked_at=at,
        reason=Reason.CERTIFICATE_HOLD.value,
    )


def release(certificate: Certificate, *, at: datetime) -> None:
    """As the service does it, without the two operators."""
    row = Revocation.objects.get(authority=certificate.authority, serial_hex=certificate.serial_hex)
    HoldRelease.objects.create(
        authority=certificate.authority,
        serial_hex=certificate.serial_hex,
        held_at=row.revoked_at,
        released_at=at,
    )
    row.delete()
