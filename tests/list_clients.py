"""What others make of a list of revoked certificates: OpenSSL, GnuTLS, pkilint."""

import subprocess
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkilint import loader, pkix, validation
from pkilint.pkix import crl, extension, name


def pem_of(certificate_der: bytes) -> bytes:
    return x509.load_der_x509_certificate(certificate_der).public_bytes(Encoding.PEM)


def run(command: list[str], directory: Path) -> tuple[int, str]:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def openssl_accepts(list_der: bytes, issuer_der: bytes, directory: Path) -> str:
    """What `openssl crl` says of the signature."""
    (directory / "list.crl").write_bytes(list_der)
    (directory / "issuer.pem").write_bytes(pem_of(issuer_der))
    command = ["openssl", "crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "issuer.pem"]
    status, said = run([*command, "-noout"], directory)
    assert status == 0, said
    return said.strip()


def openssl_verify(
    leaf_der: bytes,
    chain: list[bytes],
    lists: list[bytes],
    directory: Path,
    options: tuple[str, ...] = (),
) -> str:
    """What `openssl verify -crl_check` says of a certificate; the last of `chain` is trusted."""
    (directory / "leaf.pem").write_bytes(pem_of(leaf_der))
    (directory / "chain.pem").write_bytes(b"".join(pem_of(one) for one in chain[:-1]))
    (directory / "root.pem").write_bytes(pem_of(chain[-1]))
    command = ["openssl", "verify", "-crl_check", "-x509_strict", "-purpose", "any", *options]
    for number, list_der in enumerate(lists):
        path = directory / f"{number}.crl.pem"
        path.write_bytes(x509.load_der_x509_crl(list_der).public_bytes(Encoding.PEM))
        command += ["-CRLfile", path.name]
    command += ["-CAfile", "root.pem", "-untrusted", "chain.pem", "leaf.pem"]
    return run(command, directory)[1]


def gnutls_accepts(list_der: bytes, chain: list[bytes], directory: Path) -> str:
    """What `certtool --verify-crl` says of a list of the first of `chain`."""
    (directory / "list.crl.pem").write_bytes(
        x509.load_der_x509_crl(list_der).public_bytes(Encoding.PEM)
    )
    (directory / "ca.pem").write_bytes(b"".join(pem_of(one) for one in chain))
    command = ["certtool", "--verify-crl", "--load-ca-certificate", "ca.pem"]
    return run([*command, "--infile", "list.crl.pem"], directory)[1]


def pkilint_findings(list_der: bytes) -> list[str]:
    """Everything that pkilint says, down to information."""
    document = loader.load_crl(list_der, "list")
    return [
        f"{one.finding.severity.name} {one.finding.code}"
        for result in _validators().validate(document.root)
        for one in result.finding_descriptions
    ]


@cache
def _validators() -> validation.ValidatorContainer:
    return crl.create_pkix_crl_validator_container(
        [
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )
