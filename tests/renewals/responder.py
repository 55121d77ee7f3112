"""`openssl ocsp` answering for an authority of a test, with a certificate of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.cabinet.people import Person
from tests.renewals.outside import Outside
from tests.servers import free_port

SIGNING = (ExtendedKeyUsageOID.OCSP_SIGNING,)


def responder(
    outside: Outside,
    *,
    usages: tuple[x509.ObjectIdentifier, ...] = SIGNING,
    no_check: bool = True,
    ends_in: timedelta = timedelta(days=30),
    issuer: Outside | None = None,
) -> Person:
    """Somebody whom the authority lets answer; wrong in one respect where a test says so."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "responder")]))
        .issuer_name(outside.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + ends_in)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    )
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Person(key, builder.sign((issuer or outside).key, hashes.SHA256()))


class Responder:
    """Its records are the text file of `openssl ca`."""

    def __init__(self, outside: Outside, folder: Path) -> None:
        self.outside, self.folder, self.port = outside, folder, free_port()
        self.answering = responder(outside)
        (folder / "ca.pem").write_bytes(outside.pem)
        (folder / "signer.pem").write_bytes(self.answering.certificate.public_bytes(Encoding.PEM))
        key = self.answering.key.private_bytes(
            Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "key.pem").write_bytes(key)
        self.lines: dict[int, str] = {}
        self.write()

    @property
    def host(self) -> str:
        """With its port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}/ocsp"

    def knows(self, person: Person) -> None:
        """A good one; read at the next start."""
        self._line(person, "V", "")

    def revokes(self, person: Person) -> None:
        """A revoked one; read at the next start."""
        self._line(person, "R", f"{datetime.now(UTC) - timedelta(hours=1):%y%m%d%H%M%SZ}")

    def _line(self, person: Person, state: str, revoked: str) -> None:
        serial = person.certificate.serial_number
        digits = f"{serial:X}"
        ends = f"{person.certificate.not_valid_after_utc:%y%m%d%H%M%SZ}"
        self.lines[serial] = "\t".join(
            [
                state,
                ends,
                revoked,
                digits.zfill(len(digits) + len(digits) % 2),
                "unknown",
                f"/CN={digits}",
            ]
        )
        self.write()

    def write(self) -> None:
        """The text file."""
        text = "".join(f"{line}\n" for line in self.lines.values())
        (self.folder / "index.txt").write_text(text)

    @contextmanager
    def answers(self) -> Iterator[None]:
        """While this lasts."""
        command = ["openssl", "ocsp", "-index", "index.txt", "-CA", "ca.pem"]
        command += ["-rsigner", "signer.pem", "-rkey", "key.pem", "-port", str(self.port)]
        log = self.folder / "log"
        with (
            log.open("wb") as told,
            subprocess.Popen(command, cwd=self.folder, stdout=told, stderr=told) as process,
        ):
            try:
                # It is not asked whether it is there: a connection without a question confuses it.
                until = time.monotonic() + 20
                while b"waiting for" not in log.read_bytes():
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < until
                    time.sleep(0.01)
                yield
            finally:
                process.terminate()
