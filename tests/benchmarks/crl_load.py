"""An authority with any number of revocations in PostgreSQL, and its key, for measuring lists."""

import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.db import connection

from pki.authority import IssuerFacts
from pki.crl_entry import encode_entry
from pki.issuer.keys import AuthorityKey, sign_with
from pki.issuer.pattern import key_usage
from pki.models import Authority, Revocation
from pki.profiles import AUTHORITY_USE
from pki.revocation import Reason

BATCH = 50_000
REVOKED_AT = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = "authority_id, serial_hex, revoked_at, reason, listed_number, entry_der, partition"


class OneKey:
    """The key of one authority, in memory."""

    def __init__(self, key: AuthorityKey) -> None:
        self.key = key

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """As the issuer, whoever it is."""
        return sign_with(self.key, data)


def load(count: int, partitions: int, key_file: Path) -> None:
    """A new authority with so many revocations, all of them listed but for the last."""
    call_command("migrate", verbosity=0)
    key = ec.generate_private_key(ec.SECP256R1())
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    authority = Authority.objects.create(
        name=f"bench{count}-{partitions}",
        certificate_der=_certify(key),
        key_name=f"bench{count}-{partitions}",
        is_issuing=True,
        crl_partitions=partitions,
    )
    dice = random.Random(1)
    for start in range(0, count - 1, BATCH):
        _copy(authority, dice, min(BATCH, count - 1 - start))
    Revocation.objects.create(
        authority=authority,
        serial_hex=dice.randbytes(20).hex(),
        revoked_at=REVOKED_AT,
        reason=Reason.KEY_COMPROMISE.value,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE pki_revocation")


def keys_of(key_file: Path) -> OneKey:
    """The key that was made with the authority."""
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return OneKey(key)


def _copy(authority: Authority, dice: random.Random, count: int) -> None:
    lines = []
    for _one in range(count):
        serial = dice.randbytes(20).hex()
        entry = encode_entry(serial, REVOKED_AT, Reason.SUPERSEDED).hex()
        part = authority.issuer_facts.part_of(serial) or 0
        lines.append(
            f"{authority.pk}\t{serial}\t{REVOKED_AT}\tsuperseded\t1\t\\\\x{entry}\t{part}\n"
        )
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY pki_revocation ({COLUMNS}) FROM STDIN", StringIO("".join(lines)))


def _certify(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "BENCH")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=365),
    )
    for extension, is_critical in (
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (key_usage(AUTHORITY_USE), True),
        (x509.SubjectKeyIdentifier(b"bench of lists......"), False),
    ):
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
