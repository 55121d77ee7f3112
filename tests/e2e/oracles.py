"""What other programs say of the files that a person ends up with: OpenSSL, Java, the linter."""

import shutil
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pki.issuer.lint import pkilint_findings
from tests.e2e.leaks import Key


def opened(path: Path, password: str) -> tuple[Key, x509.Certificate, list[x509.Certificate]]:
    """A key file as `cryptography` sees it: key, certificate, what stands above it."""
    key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    assert certificate is not None
    return key, certificate, chain


def require_sound(path: Path, password: str, folder: Path) -> None:
    """Every program opens the file and finds the path to the root; the linter finds nothing."""
    key, certificate, chain = opened(path, password)
    assert certificate.public_key() == key.public_key()
    assert pkilint_findings(certificate.public_bytes(Encoding.DER)) == []
    run("openssl", "pkcs12", "-in", str(path), "-noout", "-passin", f"pass:{password}")
    if shutil.which("keytool"):
        store = ("-storetype", "PKCS12", "-storepass", password)
        listed = run("keytool", "-J-Duser.language=en", "-list", "-keystore", str(path), *store)
        assert listed.count("PrivateKeyEntry") == 1
    *between, root = chain
    assert root.subject == root.issuer
    trusted = ["-CAfile", write_pem(folder / "root.pem", [root])]
    given = ["-untrusted", write_pem(folder / "between.pem", between)]
    leaf = write_pem(folder / "leaf.pem", [certificate])
    run("openssl", "verify", "-x509_strict", *trusted, *given, leaf)


def require_signed(text: Path, signature: Path, chain: list[x509.Certificate]) -> None:
    """A statement verifies offline, by OpenSSL alone; an altered one does not."""
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"]
    command += ["-in", str(signature), "-purpose", "any", "-out", "/dev/null"]
    # A path ends at their root: there is no `-partial_chain`.
    command += ["-CAfile", write_pem(text.with_name("authorities.pem"), chain)]
    run(*command, "-content", str(text))
    altered = text.with_name("altered.txt")
    altered.write_bytes(text.read_bytes().replace(b"2", b"3", 1))
    ended = subprocess.run(
        [*command, "-content", str(altered)], check=False, capture_output=True, text=True
    )
    assert ended.returncode != 0


def run(*command: str) -> str:
    """What a program prints; it must succeed."""
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def write_pem(path: Path, certificates: list[x509.Certificate]) -> str:
    """For OpenSSL."""
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates))
    return str(path)
