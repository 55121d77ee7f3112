"""People with keys and certificates for the tests of the site, and the authorities behind them.

Everything is real X.509 and CMS; only the keys are small, so that tests are fast.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
)

from pki.certificate import parse_certificate
from pki.models import Authority, Certificate, Revocation

INDIVIDUAL = x509.ObjectIdentifier("1.2.398.3.3.4.1.1")
AUTH = (ExtendedKeyUsageOID.CLIENT_AUTH, INDIVIDUAL)
SIGN = (ExtendedKeyUsageOID.EMAIL_PROTECTION, INDIVIDUAL)
IIN = "010203300005"
YEAR = timedelta(days=365)


def _name(common_name: str, iin: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
    ]
    if iin:
        surname, _, given = common_name.partition(" ")
        parts[1:1] = [
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{iin}"),
        ]
        parts.append(x509.NameAttribute(NameOID.GIVEN_NAME, given))
    return x509.Name(parts)


@dataclass(frozen=True)
class Person:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    def sign(self, text: str) -> str:
        """A detached CMS over `text` with signed attributes, in base64."""
        cms = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(text.encode())
            .add_signer(self.certificate, self.key, hashes.SHA256())
            .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )
        return base64.b64encode(cms).decode()


class Issuer:
    """A root and, below it, the authority that issues; both in the database if `pinned`."""

    def __init__(self, name: str, *, pinned: bool = True) -> None:
        now = datetime.now(UTC)
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        root_key = ec.generate_private_key(ec.SECP256R1())
        root_name = _name(f"{name} root")
        root = authority_certificate(root_name, root_key, root_name, root_key, now)
        self.subject = _name(f"{name} issuing")
        self.certificate = authority_certificate(self.subject, self.key, root_name, root_key, now)
        self.row: Authority | None = None
        if pinned:
            parent = Authority.objects.create(
                name=f"{name}-root",
                certificate_der=root.public_bytes(Encoding.DER),
                key_name=f"{name}-root",
            )
            self.row = Authority.objects.create(
                name=name,
                certificate_der=self.certificate.public_bytes(Encoding.DER),
                parent=parent,
                key_name=name,
                is_issuing=True,
            )

    def issue(
        self,
        common_name: str = "СЕЙТҚАЛИ АЙГҮЛ",
        *,
        iin: str = IIN,
        usages: tuple[x509.ObjectIdentifier, ...] = AUTH,
        starts_in: timedelta = timedelta(days=-30),
        ends_in: timedelta = YEAR,
        recorded: bool = True,
        key: ec.EllipticCurvePrivateKey | None = None,
        points_to: str = "",
    ) -> Person:
        """A person with a certificate, written down like every one that we issued."""
        now = datetime.now(UTC)
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = _leaf(_name(common_name, iin), key, usages, (now + starts_in, now + ends_in))
        if points_to:
            certificate = _with_addresses(certificate, points_to)
        signed = certificate.issuer_name(self.subject).sign(self.key, hashes.SHA256())
        if recorded and self.row:
            facts = parse_certificate(signed.public_bytes(Encoding.DER))
            Certificate.objects.record(self.row, facts)
        return Person(key, signed)

    def sign_again_with_sha1(self, person: Person) -> Person:
        """The same certificate as an old authority would have signed it."""
        weak = asn1_x509.Certificate.load(person.der)
        for part in (weak["tbs_certificate"]["signature"], weak["signature_algorithm"]):
            part["algorithm"] = "sha1_ecdsa"
        content = weak["tbs_certificate"].dump(force=True)
        weak["signature_value"] = self.key.sign(content, ec.ECDSA(hashes.SHA1()))
        return Person(person.key, x509.load_der_x509_certificate(weak.dump(force=True)))

    def revoke(self, person: Person) -> None:
        """Revoked a minute ago."""
        assert self.row
        Revocation.objects.create(
            authority=self.row,
            serial_hex=parse_certificate(person.der).serial_hex,
            revoked_at=datetime.now(UTC) - timedelta(minutes=1),
            reason="superseded",
        )


def self_signed(common_name: str = "СЕЙТҚАЛИ АЙГҮЛ", *, iin: str = IIN) -> Person:
    """The right name, vouched for by nobody."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name, iin)
    builder = _leaf(name, key, AUTH, (now - YEAR / 12, now + YEAR))
    return Person(key, builder.issuer_name(name).sign(key, hashes.SHA256()))


def _leaf(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    usages: tuple[x509.ObjectIdentifier, ...],
    term: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    signs = ExtendedKeyUsageOID.EMAIL_PROTECTION in usages
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(term[0])
        .not_valid_after(term[1])
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=signs), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    )


def _with_addresses(builder: x509.CertificateBuilder, address: str) -> x509.CertificateBuilder:
    """Where to ask and what to fetch, all of it there."""
    there = x509.UniformResourceIdentifier(address)
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, there),
            x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, there),
        ]
    )
    points = x509.CRLDistributionPoints([x509.DistributionPoint([there], None, None, None)])
    return builder.add_extension(access, critical=False).add_extension(points, critical=False)


def authority_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * YEAR)
        .not_valid_after(now + 5 * YEAR)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _key_usage(**bits: bool) -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: bits.get(name, False) for name in names.split()})
