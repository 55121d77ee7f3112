"""Key files and certificates for the tests of the browser, made by other programs than ours."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True)
class Authority:
    """A root that issues to people."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as OpenSSL takes it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(self, public_key: PublicKey, common_name: str) -> x509.Certificate:
        """A certificate for signing, a year long."""
        builder = (
            _builder(common_name, self.certificate.subject, public_key, days=365)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_authority=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        )
        return builder.sign(self.key, hashes.SHA256())


def make_authority() -> Authority:
    """A P-256 root of ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of a test")])
    certificate = (
        _builder("Root of a test", name, key.public_key(), days=3650)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def write_by_openssl(
    directory: Path,
    *,
    key: PrivateKey,
    certificates: list[x509.Certificate],
    password: str,
    options: tuple[str, ...] = (),
) -> bytes:
    """A key file as `openssl pkcs12 -export` writes it; `-legacy` is an option."""
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    source, target, secret = (directory / name for name in ("in.pem", "out.p12", "password"))
    source.write_bytes(key_pem + pem)
    secret.write_text(password + "\n", encoding="utf-8")
    command = ["openssl", "pkcs12", "-export", "-in", str(source), "-out", str(target)]
    subprocess.run([*command, "-passout", f"file:{secret}", *options], check=True)
    return target.read_bytes()


def _builder(
    common_name: str, issuer: x509.Name, public_key: PublicKey, *, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
