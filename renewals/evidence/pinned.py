"""Whom this portal trusts and what it knows of revocations today, read from its rows."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from pki.models import Authority
from pki.records import revocation_of
from pki.revocation import RevocationFacts, Status
from renewals.evidence.opened import StatusOf
from renewals.evidence.trust import Trust

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pinned:
    """Every authority that is pinned here, read once; and outside services for time stamps, DER."""

    rows: tuple[Authority, ...]
    stampers: tuple[bytes, ...] = ()

    @property
    def trust(self) -> Trust:
        """For a verifier."""
        ders = {row.pk: bytes(row.certificate_der) for row in self.rows}
        return Trust(
            anchors=tuple(ders[row.pk] for row in self.rows if row.parent_id is None),
            intermediates=tuple(ders[row.pk] for row in self.rows if row.parent_id is not None),
            sealers=tuple(ders[row.pk] for row in self.rows if row.is_ours),
            stampers=self.stampers,
        )

    def find(self, certificate_der: bytes) -> Authority | None:
        """The row of an authority, by its certificate."""
        return next(
            (row for row in self.rows if bytes(row.certificate_der) == certificate_der), None
        )

    def path_of(self, authority_id: int) -> tuple[bytes, ...]:
        """Its certificate and those above it, DER, up to the anchor."""
        by_id = {row.pk: row for row in self.rows}
        path, above = [], by_id.get(authority_id)
        while above is not None:
            path.append(bytes(above.certificate_der))
            above = by_id.get(above.parent_id) if above.parent_id is not None else None
        return tuple(path)

    def status_of(self, now: datetime) -> StatusOf:
        """What our records say today; of an authority that is not pinned, nothing."""

        def ask(issuer_der: bytes, serial_hex: str) -> RevocationFacts:
            authority = self.find(issuer_der)
            if authority is None:
                return RevocationFacts(Status.UNKNOWN, "records", now)
            return revocation_of(authority, serial_hex, now=now)

        return ask


def read_pinned() -> Pinned:
    """As they are now."""
    return Pinned(tuple(Authority.objects.all()), _read_stampers(settings.TSA_CERTIFICATES))


def _read_stampers(path: str) -> tuple[bytes, ...]:
    """From the file that the settings name; a file that is not there pins nobody."""
    if not path:
        return ()
    try:
        rows = x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError):
        logger.exception("TSA_CERTIFICATES cannot be read: time stamps by it are not believed")
        return ()
    return tuple(row.public_bytes(Encoding.DER) for row in rows)
