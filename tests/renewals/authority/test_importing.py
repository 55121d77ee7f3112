"""An authority from elsewhere: taken over whole, or not at all."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.core.management import CommandError

from pki.issuer.file_keys import read_key
from pki.models import Authority
from renewals.models import Event
from renewals.services import keyring
from tests.pki.issuer.conftest import PASSPHRASE
from tests.renewals.authority.ceremonies import create, run
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = b"the old passphrase"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass
class Elsewhere:
    """An authority that somebody else has made."""

    folder: Path
    root: x509.Certificate
    certificate: x509.Certificate
    key: Key

    def run(self, *words: str) -> str:
        """With files in PEM."""
        (self.folder / "ca.pem").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        (self.folder / "root.pem").write_bytes(self.root.public_bytes(Encoding.PEM))
        (self.folder / "passphrase").write_bytes(SECRET + b"\n")
        if not (self.folder / "key").exists():
            self.write_key(pkcs8)
        command = ["--name", "taken", "--certificate", str(self.folder / "ca.pem")]
        command += ["--key", str(self.folder / "key")]
        command += ["--passphrase-file", str(self.folder / "passphrase")]
        return run("import", *command, *words)

    def write_key(self, encode: "Callable[[Elsewhere], bytes]") -> None:
        (self.folder / "key").write_bytes(encode(self))

    @property
    def chain(self) -> tuple[str, str]:
        return ("--chain", str(self.folder / "root.pem"))


def pkcs8(given: Elsewhere) -> bytes:
    return given.key.private_bytes(
        Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(SECRET),
    )


def pkcs8_der(given: Elsewhere) -> bytes:
    return given.key.private_bytes(
        Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(SECRET),
    )


def p12(given: Elsewhere) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"ca", given.key, given.certificate, None, serialization.BestAvailableEncryption(SECRET)
    )


def named(words: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, words),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        ]
    )


def certify(
    subject: str,
    key: Key,
    issuer: str,
    signer: Key,
    *,
    is_ca: bool = True,
    crl_sign: bool = True,
    begun: timedelta = timedelta(days=400),
    days: int = 3650,
    path_length: int | None = None,
) -> x509.Certificate:
    usage = dict.fromkeys(USAGES, False) | {"key_cert_sign": is_ca, "crl_sign": crl_sign}
    usage["digital_signature"] = not is_ca
    identifier = x509.SubjectKeyIdentifier.from_public_key
    return (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - begun)
        .not_valid_after(NOW - begun + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_ca, path_length if is_ca else None), True)
        .add_extension(x509.KeyUsage(**usage), True)
        .add_extension(identifier(key.public_key()), False)
        .sign(signer, hashes.SHA256())
    )


USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def make(folder: Path, key: Key | None = None, **given: object) -> Elsewhere:
    root_key = ec.generate_private_key(ec.SECP384R1())
    key = key or ec.generate_private_key(ec.SECP256R1())
    root = certify("Root", root_key, "Root", root_key)
    certificate = certify("CA", key, "Root", root_key, **given)  # type: ignore[arg-type]
    return Elsewhere(folder, root, certificate, key)


@pytest.fixture
def elsewhere(directory: Path, tmp_path: Path) -> Elsewhere:
    return make(tmp_path)


@pytest.mark.parametrize("encode", [pkcs8, pkcs8_der, p12])
def test_it_issues_as_ours_afterwards(
    elsewhere: Elsewhere, directory: Path, encode: Callable[[Elsewhere], bytes]
) -> None:
    elsewhere.write_key(encode)
    assert "imported" in elsewhere.run(*elsewhere.chain)
    row = Authority.objects.get(name="taken")
    assert row.parent is not None
    assert (row.is_issuing, row.parent.is_ours, row.parent.accepted_for) == (True, False, "nothing")
    assert read_key(directory, "taken", PASSPHRASE).public_key() == elsewhere.key.public_key()
    assert SECRET not in (directory / "taken.key").read_bytes()
    run("services")
    assert "good" in run("check")
    assert enrol_holder(row).certificates
    facts = [event.facts for event in Event.objects.filter(kind="authority.changed")]
    assert {"authority": "taken", "what": "imported"} in facts


def test_one_of_openssl_and_rsa_is_taken_over(directory: Path, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 3072)
    elsewhere = make(tmp_path, key)
    plain = tmp_path / "plain"
    plain.write_bytes(
        key.private_bytes(
            Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    command = ["openssl", "rsa", "-aes256", "-traditional", "-passout", f"pass:{SECRET.decode()}"]
    subprocess.run(
        [*command, "-in", str(plain), "-out", str(tmp_path / "key")],
        check=True,
        capture_output=True,
    )
    assert "imported" in elsewhere.run(*elsewhere.chain)


def test_a_root_that_is_pinned_already_need_not_be_given(elsewhere: Elsewhere) -> None:
    der = elsewhere.root.public_bytes(Encoding.DER)
    pinned = Authority.objects.create(name="pinned", certificate_der=der)
    elsewhere.run()
    assert Authority.objects.get(name="taken").parent == pinned


def refusal(elsewhere: Elsewhere, *words: str) -> str:
    with pytest.raises(CommandError) as caught:
        elsewhere.run(*words)
    assert not Authority.objects.filter(name="taken").exists()
    assert SECRET.decode() not in str(caught.value)
    return str(caught.value)


def test_without_anybody_above_it_is_refused(elsewhere: Elsewhere) -> None:
    assert "give its chain" in refusal(elsewhere)


def test_with_another_key_it_is_refused(elsewhere: Elsewhere, directory: Path) -> None:
    elsewhere.key = ec.generate_private_key(ec.SECP256R1())
    assert "not that of the certificate" in refusal(elsewhere, *elsewhere.chain)
    assert not directory.exists()


def test_with_another_passphrase_it_is_refused(elsewhere: Elsewhere) -> None:
    elsewhere.write_key(pkcs8)
    words = ("--passphrase-file", str(elsewhere.folder / "ca.pem"))
    assert "cannot be read" in refusal(elsewhere, *elsewhere.chain, *words)


def test_a_root_of_the_same_name_with_another_key_is_not_above_it(elsewhere: Elsewhere) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    elsewhere.root = certify("Root", key, "Root", key)
    assert "give its chain" in refusal(elsewhere, *elsewhere.chain)


@pytest.mark.parametrize(
    "given",
    [
        {"is_ca": False},
        {"crl_sign": False},
        {"days": 300},
        {"begun": timedelta(days=-1)},
        {"key": ec.generate_private_key(ec.SECP521R1())},
        {"key": rsa.generate_private_key(65537, 1024)},
    ],
    ids=["no authority", "no lists", "over", "not begun", "P-521", "RSA-1024"],
)
def test_what_could_not_be_an_authority_of_ours_is_refused(
    directory: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    elsewhere = make(tmp_path, **given)  # type: ignore[arg-type]
    assert "authority.import" in refusal(elsewhere, *elsewhere.chain)
    assert not directory.exists()


def test_a_name_that_is_taken_is_refused(elsewhere: Elsewhere) -> None:
    create("taken")
    with pytest.raises(CommandError, match=r"authority\.name"):
        elsewhere.run(*elsewhere.chain)
    keyring.forget()
