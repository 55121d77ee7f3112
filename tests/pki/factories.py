"""Keys, certificates and signatures for the tests: right ones, and wrong in just one respect."""

import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.ber import encode
from pki.subject import build_subject

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Digest = hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
INDIVIDUAL = x509.ObjectIdentifier("1.2.398.3.3.4.1.1")
AUTH = (ExtendedKeyUsageOID.CLIENT_AUTH, INDIVIDUAL)
SIGN = (ExtendedKeyUsageOID.EMAIL_PROTECTION, INDIVIDUAL)
BOTH = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION, INDIVIDUAL)
SET, SEQUENCE, OCTETS, OID, INTEGER = b"\x31", b"\x30", b"\x04", b"\x06", b"\x02"

OIDS = {
    "data": "1.2.840.113549.1.7.1",
    "signed_data": "1.2.840.113549.1.7.2",
    "content_type": "1.2.840.113549.1.9.3",
    "message_digest": "1.2.840.113549.1.9.4",
    "signing_certificate": "1.2.840.113549.1.9.16.2.47",
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "streebog512": "1.2.398.3.10.1.3.3",
    "rsa": "1.2.840.113549.1.1.1",
    "pss": "1.2.840.113549.1.1.10",
    "mgf1": "1.2.840.113549.1.1.8",
    "gost": "1.2.398.3.10.1.1.2.3.2",
    "ecdsa-sha256": "1.2.840.10045.4.3.2",
    "ecdsa-sha384": "1.2.840.10045.4.3.3",
    "ecdsa-sha512": "1.2.840.10045.4.3.4",
}


def key(kind: str, number: int = 0) -> Key:
    """The same key for the same name and number, made once per process."""
    return _key(kind, number)


@cache
def _key(kind: str, _number: int) -> Key:
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(kind[4:]))
    curves: dict[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
    }
    return ec.generate_private_key(curves[kind])


@dataclass(frozen=True)
class Authority:
    """A key with the certificate of an authority."""

    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)


def authority(
    name: str,
    parent: Authority | None = None,
    *,
    number: int = 0,
    ca: bool = True,
    days: int = 3650,
    path_length: int | None = None,
    key_usage: x509.KeyUsage | None = None,
    says_usage: bool = True,
) -> Authority:
    """A root, or an authority below `parent`."""
    own = key("P-256", 100 + number)
    subject = build_subject(surname=name, given_name="", patronymic="", iin="0" * 12)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent.certificate.subject if parent else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1000))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    own_usage = key_usage or usage(key_cert_sign=ca, crl_sign=ca, digital_signature=not ca)
    if says_usage:
        builder = builder.add_extension(own_usage, critical=True)
    return Authority(own, builder.sign(parent.key if parent else own, hashes.SHA256()))


@cache
def root() -> Authority:
    """The anchor."""
    return authority("ROOT", number=1)


@cache
def issuing() -> Authority:
    """The authority that issues to people."""
    return authority("ISSUING", root(), number=2)


def usage(**given: bool) -> x509.KeyUsage:
    """Only what is named."""
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def leaf(
    kind: str = "P-256",
    *,
    number: int = 0,
    issuer: Authority | None = None,
    usages: Sequence[x509.ObjectIdentifier] = BOTH,
    key_usage: x509.KeyUsage | None = None,
    subject: x509.Name | None = None,
    starts: datetime = NOW - timedelta(days=30),
    ends: datetime = NOW + timedelta(days=30),
    ca: bool = False,
    digest: Digest | None = None,
    serial: int = 0,
    more: Sequence[x509.ExtensionType] = (),
    critical: Sequence[x509.ExtensionType] = (),
) -> x509.Certificate:
    """A person's certificate, by default right for everything."""
    by = issuer or issuing()
    signs = ExtendedKeyUsageOID.EMAIL_PROTECTION in usages
    name = subject or build_subject(
        surname="СЕЙТҚАЛИ", given_name="АЙГҮЛ", patronymic="МАРАТҚЫЗЫ", iin="010203300005"
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject)
        .public_key(key(kind, number).public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(
            key_usage or usage(digital_signature=True, content_commitment=signs), critical=True
        )
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key(kind, number).public_key()),
            critical=False,
        )
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
    for extension in (*more, *critical):
        builder = builder.add_extension(extension, critical=extension in critical)
    return builder.sign(by.key, digest or hashes.SHA256())


def der(certificate: x509.Certificate) -> bytes:
    """Its bytes."""
    return certificate.public_bytes(Encoding.DER)


ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_SHA1 = bytes.fromhex("300906072a8648ce3d0401")
UNHEARD_OF = bytes.fromhex("300a06082a8648ce3d04037f")


def altered(
    certificate: x509.Certificate,
    old: bytes,
    new: bytes,
    *,
    by: Authority | None = None,
    algorithm: bytes = ECDSA_SHA256,
) -> bytes:
    """The certificate with `new` instead of `old`, honestly signed again by the authority."""
    own = (by or issuing()).key
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    tbs = certificate.tbs_certificate_bytes
    start = 2 if tbs[1] < 0x80 else 2 + (tbs[1] & 0x7F)
    assert old in tbs
    planned = encode(SEQUENCE, tbs[start:].replace(old, new))
    digest = hashes.SHA1() if algorithm == ECDSA_SHA1 else hashes.SHA256()
    signature = encode(b"\x03", b"\0" + own.sign(planned, ec.ECDSA(digest)))
    return encode(SEQUENCE, planned + algorithm + signature)


def with_sha1(certificate: x509.Certificate) -> bytes:
    """The same certificate, as an old authority would have signed it."""
    return altered(certificate, ECDSA_SHA256, ECDSA_SHA1, algorithm=ECDSA_SHA1)


# --- CMS, put together by hand so that each part can be wrong ------------------------------


@dataclass
class Cms:
    """Everything that goes into a SignedData with one signer."""

    content: bytes
    kind: str
    certificate: x509.Certificate
    number: int = 0
    digest: str = "sha256"
    attached: bool = False
    reference: bytes | None = None
    reference_row: bytes | None = None
    with_reference: bool = True
    with_attributes: bool = True
    content_type: str = "data"
    encapsulated_type: str = "data"
    claimed: bytes | None = None
    doubled: bool = False
    missing: str = ""
    by_key_identifier: bool = False
    certificates: Sequence[x509.Certificate] | None = None
    signers: int = 1
    named_digest: str = ""
    is_pss: bool = False
    algorithm: bytes | None = None
    reverses_attributes: bool = False
    reverses_certificates: bool = False

    def build(self) -> bytes:
        """DER."""
        signer = self._signer()
        own = self.certificates if self.certificates is not None else [self.certificate]
        rows = sorted((der(row) for row in own), reverse=self.reverses_certificates)
        inside = [oid(self.encapsulated_type)]
        if self.attached:
            inside.append(encode(b"\xa0", encode(OCTETS, self.content)))
        parts = [
            encode(INTEGER, b"\x01"),
            encode(SET, self._algorithm(self.digest)),
            encode(SEQUENCE, b"".join(inside)),
            encode(b"\xa0", b"".join(rows)) if own else b"",
            encode(SET, b"".join([signer] * min(self.signers, 1) + self._second(signer))),
        ]
        signed = encode(SEQUENCE, b"".join(parts))
        return encode(SEQUENCE, oid("signed_data") + encode(b"\xa0", signed))

    def _second(self, signer: bytes) -> list[bytes]:
        return [signer] * (self.signers - 1) if self.signers > 1 else []

    def _signer(self) -> bytes:
        attributes = self._attributes()
        signed = encode(SET, attributes) if self.with_attributes else self.content
        parts = [
            encode(INTEGER, b"\x03" if self.by_key_identifier else b"\x01"),
            self._identifier(),
            self._algorithm(self.named_digest or self.digest),
            encode(b"\xa0", attributes) if self.with_attributes else b"",
            self._signature_algorithm(),
            encode(OCTETS, self._sign(signed)),
        ]
        return encode(SEQUENCE, b"".join(parts))

    def _identifier(self) -> bytes:
        if self.by_key_identifier:
            found = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            return encode(b"\x80", found.value.digest)
        serial = self.certificate.serial_number
        octets = serial.to_bytes(serial.bit_length() // 8 + 1)
        return encode(SEQUENCE, self.certificate.issuer.public_bytes() + encode(INTEGER, octets))

    def _attributes(self) -> bytes:
        digest = self.claimed or hashlib.new(self.digest, self.content).digest()
        reference = self.reference or hashlib.sha256(der(self.certificate)).digest()
        rows = {
            "content_type": oid(self.content_type),
            "message_digest": encode(OCTETS, digest),
        }
        if self.with_reference:
            one = encode(SEQUENCE, encode(OCTETS, reference))
            if self.reference_row is not None:
                one = self.reference_row
            rows["signing_certificate"] = encode(SEQUENCE, encode(SEQUENCE, one))
        rows.pop(self.missing, None)
        built = [encode(SEQUENCE, oid(name) + encode(SET, value)) for name, value in rows.items()]
        if self.doubled:
            built.append(encode(SEQUENCE, oid("content_type") + encode(SET, oid("signed_data"))))
        return b"".join(sorted(built, reverse=self.reverses_attributes))

    def _algorithm(self, name: str) -> bytes:
        return encode(SEQUENCE, oid(name) + b"\x05\x00")

    def _signature_algorithm(self) -> bytes:
        if self.algorithm is not None:
            return self.algorithm
        if self.is_pss:
            return pss_algorithm(self.digest)
        if self.kind.startswith("RSA"):
            return encode(SEQUENCE, oid("rsa") + b"\x05\x00")
        return encode(SEQUENCE, oid(f"ecdsa-{self.digest}"))

    def _sign(self, data: bytes) -> bytes:
        digests: dict[str, hashes.HashAlgorithm] = {
            "md5": hashes.MD5(),
            "sha1": hashes.SHA1(),
            "sha256": hashes.SHA256(),
            "sha384": hashes.SHA384(),
            "sha512": hashes.SHA512(),
        }
        own = key(self.kind, self.number)
        digest = digests[self.digest]
        if isinstance(own, rsa.RSAPrivateKey) and self.is_pss:
            return own.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        if isinstance(own, rsa.RSAPrivateKey):
            return own.sign(data, padding.PKCS1v15(), digest)
        return own.sign(data, ec.ECDSA(digest))


def pss_algorithm(
    digest: str, *, mask: str = "", mask_function: str = "mgf1", salt: int = -1, more: bytes = b""
) -> bytes:
    """RSASSA-PSS with its parameters (RFC 8017, A.2.3)."""
    size = hashlib.new(digest).digest_size if salt < 0 else salt
    own = encode(SEQUENCE, oid(digest))
    inner = encode(SEQUENCE, oid(mask_function) + encode(SEQUENCE, oid(mask or digest)))
    octets = size.to_bytes(size.bit_length() // 8 + 1)
    parts = [encode(b"\xa0", own), encode(b"\xa1", inner), encode(b"\xa2", encode(INTEGER, octets))]
    return encode(SEQUENCE, oid("pss") + encode(SEQUENCE, b"".join(parts) + more))


def oid(name: str) -> bytes:
    """An object identifier, DER."""
    first, second, *rest = (int(part) for part in OIDS[name].split("."))
    octets = bytearray([40 * first + second])
    for part in rest:
        groups = [part & 0x7F]
        while part := part >> 7:
            groups.append(0x80 | part & 0x7F)
        octets += bytes(reversed(groups))
    return encode(OID, bytes(octets))


def to_ber(data: bytes, levels: int = 99) -> bytes:
    """The same, constructed elements with indefinite lengths (X.690, 8.1.3.6).

    `levels` from the outside in: few readers of BER follow every one.
    """
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[2 : 2 + count]), 2 + count
    content = data[start : start + length]
    if not tag & 0x20 or not levels:
        return data[: start + length]
    parts, position = [], 0
    while position < len(content):
        size, after = content[position + 1], position + 2
        if size & 0x80:
            count = size & 0x7F
            size, after = int.from_bytes(content[after : after + count]), after + count
        parts.append(to_ber(content[position : after + size], levels - 1))
        position = after + size
    return bytes((tag, 0x80)) + b"".join(parts) + b"\0\0"


def openssl(*arguments: str, **files: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run OpenSSL; `{name}` in an argument is the path of a file with these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in files}
        for name, data in files.items():
            paths[name].write_bytes(data)
        command = ["openssl", *(argument.format(**paths) for argument in arguments)]
        return subprocess.run(command, capture_output=True, check=False)


def private_pem(own: Key) -> bytes:
    """PKCS#8, unencrypted."""
    return own.private_bytes(
        Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
