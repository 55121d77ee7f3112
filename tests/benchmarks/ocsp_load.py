"""Millions of certificates in PostgreSQL, and the status process over them, for measuring."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OCSPNonce, ocsp
from django.core.management import call_command
from django.db import connection

from pki.certificate import Purpose, Storage
from tests.pki.status.house import build_house, hashes_of
from tests.pki.status.server import StatusServer, status_server
from tests.renewals.workers import database_url

# As many of a hundred are revoked.
REVOKED = 5
# Every column as a certificate fills it, but for a short DER, which no answer reads.
FILL = """
INSERT INTO pki_certificate (
    authority_id, serial_hex, der, fingerprint, spki_sha256, iin, bin, common_name, organisation,
    purpose, storage, roles, company_role, key_kind, not_before, not_after, created_at
)
SELECT
    %(authority)s, '4' || substr(md5('s' || n) || md5(n || 's'), 1, 39),
    decode(repeat(md5('d' || n), 8), 'hex'),
    md5('f' || n) || md5(n || 'f'), md5('k' || n) || md5(n || 'k'),
    lpad((n / 2)::text, 12, '0'), '', 'СЕЙТҚАЛИ ' || n, '',
    %(purpose)s, %(storage)s, '["individual"]', '', 'P-256',
    now() - interval '100 days', now() + interval '265 days', now()
FROM generate_series(1, %(rows)s) AS n
"""
REVOKE = """
INSERT INTO pki_revocation (authority_id, serial_hex, revoked_at, reason)
SELECT authority_id, serial_hex, now(), 'superseded' FROM pki_certificate WHERE id %% 100 < %(part)s
"""


class Load:
    """Rows and keys, made at once."""

    def __init__(self, folder: Path, rows: int) -> None:
        call_command("migrate", verbosity=0)
        self.house = build_house(folder)
        self.house.settle()
        started = time.monotonic()
        self._fill(rows)
        self.seconds = time.monotonic() - started
        self._dice = random.Random(1)
        self._rows = rows
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
            self.megabytes = int(cursor.fetchone()[0])

    def _fill(self, rows: int) -> None:
        """Indexes are built at the end, as for any such table; the unique ones, too."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = 'pki_certificate'::regclass AND contype = 'u'"
            )
            constraints = cursor.fetchall()
            for name, _definition in constraints:
                cursor.execute(f'ALTER TABLE pki_certificate DROP CONSTRAINT "{name}"')
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'pki_certificate'"
                " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
            )
            indexes = cursor.fetchall()
            for name, _definition in indexes:
                cursor.execute(f'DROP INDEX "{name}"')
            cursor.execute("SET maintenance_work_mem = '1GB'")
            names = {"purpose": Purpose.COMBINED.value, "storage": Storage.FILE.value}
            cursor.execute(FILL, {"authority": self.house.authority.pk, "rows": rows, **names})
            for _name, definition in indexes:
                cursor.execute(definition)
            for name, definition in constraints:
                cursor.execute(f'ALTER TABLE pki_certificate ADD CONSTRAINT "{name}" {definition}')
            cursor.execute(REVOKE, {"part": REVOKED})
            cursor.execute("VACUUM ANALYZE")

    @contextmanager
    def server(self) -> Iterator[StatusServer]:
        """With two workers."""
        with status_server(self.house, database_url(), workers=2, LOG_LEVEL="WARNING") as server:
            yield server

    def requests(self, count: int, nonce: bytes | None = None) -> list[bytes]:
        """About any of them, as clients write them."""
        numbers = [self._dice.randint(1, self._rows) for _one in range(count)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT '4' || substr(md5('s' || n) || md5(n || 's'), 1, 39) FROM unnest(%s) AS n",
                [numbers],
            )
            serials = [int(row[0], 16) for row in cursor.fetchall()]
        name_hash, key_hash = hashes_of(self.house, hashes.SHA1())
        return [_request(name_hash, key_hash, serial, nonce) for serial in serials]


def _request(name_hash: bytes, key_hash: bytes, serial: int, nonce: bytes | None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash, key_hash, serial, hashes.SHA1()
    )
    if nonce is not None:
        builder = builder.add_extension(OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)
