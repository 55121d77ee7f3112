"""Two authorities, made once per run with real keys in real files."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from pki.authority import IssuerFacts
from pki.certificate import Purpose, Role, Storage
from pki.issuer.authorities import NewAuthority, certify_authority
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.prepare import Plan, new_serial, prepare
from pki.profiles import AUTHORITY_PROFILES, LEAF_KEY_KINDS, LeafProfile, leaf_profile
from tests.memory_keys import MemoryKeys

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
PASSPHRASE = "a passphrase of tests"
BASE_URL = "http://127.0.0.1:8000/pki"
SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COMMON_NAME, "СЕЙТҚАЛИ АЙГҮЛ"),
        x509.NameAttribute(NameOID.SURNAME, "СЕЙТҚАЛИ"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, "IIN010203300005"),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        x509.NameAttribute(NameOID.GIVEN_NAME, "МАРАТҚЫЗЫ"),
    ]
).public_bytes()
INDIVIDUAL = (Role.INDIVIDUAL,)
COMBINED_FILE = leaf_profile(Purpose.COMBINED, Storage.FILE, INDIVIDUAL)


@dataclass(frozen=True)
class Made:
    """An authority with its keys, and its certificates in files for OpenSSL."""

    issuer: IssuerFacts
    keys: FileKeys
    directory: Path
    new: NewAuthority

    def plan(
        self,
        spki_der: bytes,
        *,
        profile: LeafProfile = COMBINED_FILE,
        subject_der: bytes = SUBJECT,
        now: datetime = NOW,
        email: str = "",
    ) -> Plan:
        """A plan under a fresh serial."""
        return prepare(
            issuer=self.issuer,
            profile=profile,
            subject_der=subject_der,
            spki_der=spki_der,
            serial=new_serial(),
            now=now,
            email=email,
        )

    def openssl_verify(self, certificate_der: bytes) -> str:
        """What `openssl verify` says of a path to the root, strictly."""
        leaf = self.directory / "leaf.pem"
        write_pem(leaf, certificate_der)
        command = ["openssl", "verify", "-x509_strict", "-purpose", "any"]
        command += ["-attime", str(int(NOW.timestamp()))]
        command += ["-CAfile", "root.pem", "-untrusted", "issuing.pem", leaf.name]
        done = subprocess.run(
            command, cwd=self.directory, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr


def write_pem(path: Path, certificate_der: bytes) -> None:
    """A certificate as OpenSSL likes to read it."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def make_authority(name: str, directory: Path, valid_from: datetime) -> Made:
    """Root and issuing authority by the profile of that name."""
    profile = AUTHORITY_PROFILES[name]
    root_key = NEW_KEYS[profile.root_key_kind]()
    issuing_key = NEW_KEYS[profile.issuing_key_kind]()
    root = IssuerFacts(f"{name}-root", b"", f"{name}.root", BASE_URL)
    new = certify_authority(
        profile,
        root=root,
        name=name,
        root_key=root_key.public_key(),
        issuing_key=issuing_key.public_key(),
        keys=MemoryKeys({root.key_name: root_key}),
        valid_from=valid_from,
    )
    key_directory = directory / "keys"
    write_key(key_directory, name, issuing_key, PASSPHRASE)
    write_key(key_directory, f"{name}.root", root_key, PASSPHRASE)
    write_pem(directory / "root.pem", new.root_der)
    write_pem(directory / "issuing.pem", new.issuing_der)
    issuer = IssuerFacts(name, new.issuing_der, name, BASE_URL)
    return Made(issuer, FileKeys(key_directory, PASSPHRASE), directory, new)


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """By profile: `ec` and `rsa`."""
    valid_from = NOW - timedelta(days=30)
    return {
        name: make_authority(name, tmp_path_factory.mktemp(name), valid_from)
        for name in AUTHORITY_PROFILES
    }


@pytest.fixture(params=sorted(AUTHORITY_PROFILES))
def made(request: pytest.FixtureRequest, authorities: dict[str, Made]) -> Made:
    """Each authority in turn."""
    return authorities[request.param]


@pytest.fixture
def ec_made(authorities: dict[str, Made]) -> Made:
    """The fast one, where the kind of key does not matter."""
    return authorities["ec"]


def spki_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as DER."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.fixture(scope="session")
def spkis() -> dict[str, bytes]:
    """One public key of each kind that people have, by kind."""
    return {kind: spki_of(NEW_KEYS[kind]()) for kind in LEAF_KEY_KINDS}
