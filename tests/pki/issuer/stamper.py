"""An authority with a certificate for time stamps; and the clients that judge what it says."""

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from pki.authority import IssuerFacts
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.lint import lint
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.issuer.timestamping import answer_query
from pki.profiles import ServiceKind, service_profile
from tests.pki.issuer.conftest import NOW, PASSPHRASE, Made, spki_of, write_pem

POLICY = "1.2.398.3.3.2.6.2"
KINDS = {"ec": "P-256", "rsa": "RSA-2048"}


@dataclass(frozen=True)
class Stamper:
    """Stamps, and has files for OpenSSL: root.pem, issuing.pem, timestamp.pem."""

    made: Made
    facts: IssuerFacts
    keys: FileKeys

    def answer(self, query: bytes, now: datetime = NOW) -> bytes:
        return answer_query(query, signer=self.facts, keys=self.keys, policy=POLICY, now=now)


def make_stamper(made: Made, kind: ServiceKind = ServiceKind.TIMESTAMP) -> Stamper:
    """By the road of all certificates."""
    key = NEW_KEYS[KINDS[made.issuer.name]]()
    folder = made.directory / f"{kind.value}-keys"
    plan = prepare(
        issuer=made.issuer,
        profile=service_profile(kind, longest=timedelta(days=10_000)),
        subject_der=x509.Name(
            [x509.NameAttribute(x509.NameOID.COMMON_NAME, "УАҚЫТ БЕЛГІСІ TEST")]
        ).public_bytes(),
        spki_der=spki_of(key),
        serial=new_serial(),
        now=NOW - timedelta(days=1),
    )
    lint(plan)
    der = sign(plan, made.keys)
    compare(plan, der)
    name = f"{made.issuer.name}.{kind.value}"
    if not (folder / f"{name}.key").exists():
        write_key(folder, name, key, PASSPHRASE)
        write_pem(made.directory / f"{kind.value}.pem", der)
    return Stamper(
        made,
        IssuerFacts(name, der, name, made.issuer.base_url),
        FileKeys(folder, PASSPHRASE),
    )


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)


def ask(folder: Path, data: bytes, *more: str) -> bytes:
    """A question by OpenSSL; the data lies in `data`."""
    (folder / "data").write_bytes(data)
    made = openssl(folder, "ts", "-query", "-data", "data", "-out", "query.tsq", *more)
    assert made.returncode == 0, made.stderr
    return (folder / "query.tsq").read_bytes()
