"""What is read from a certificate, and that nothing but a certificate is read."""

import hashlib
import random
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.certificate import (
    MAX_BYTES,
    STORAGE_EXTENSION,
    STORAGES,
    Purpose,
    Role,
    Storage,
    cut_public_key,
    parse_certificate,
)
from pki.errors import CertificateMalformedError
from tests.pki.factories import (
    AUTH,
    BOTH,
    ECDSA_SHA256,
    NOW,
    SIGN,
    altered,
    der,
    issuing,
    key,
    leaf,
    openssl,
    usage,
)

CLIENT, MAIL = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION


def test_every_fact_is_read() -> None:
    certificate = leaf("P-256", serial=0x0ABC)
    facts = parse_certificate(der(certificate))
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert facts.der == der(certificate)
    assert facts.subject.iin == "010203300005"
    assert facts.issuer_der == issuing().certificate.subject.public_bytes()
    assert facts.issuer_common_name == "ISSUING"
    assert facts.serial_hex == "0abc"
    assert facts.not_before == NOW - timedelta(days=30)
    assert facts.not_after == NOW + timedelta(days=30)
    assert facts.not_after.tzinfo is not None
    assert (facts.purpose, facts.roles) == (Purpose.COMBINED, (Role.INDIVIDUAL,))
    assert facts.storage is Storage.UNKNOWN
    assert (facts.spki_der, facts.spki_sha256) == (spki, hashlib.sha256(spki).hexdigest())
    assert facts.fingerprint == hashlib.sha256(der(certificate)).hexdigest()
    assert not facts.is_ca


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384", "P-521"])
def test_the_kind_of_key_is_named(kind: str) -> None:
    assert parse_certificate(der(leaf(kind))).key_kind == kind


@pytest.mark.parametrize("number", [1, 0x7F, 0x80, 0xFFF, 2**159 - 1])
def test_serial_numbers_are_whole_octets_in_lower_case(number: int) -> None:
    found = parse_certificate(der(leaf(serial=number))).serial_hex
    assert int(found, 16) == number
    assert len(found) % 2 == 0
    assert found == found.lower()


@pytest.mark.parametrize(
    ("usages", "bits", "purpose"),
    [
        (AUTH, {"digital_signature"}, Purpose.AUTH),
        (AUTH, {"digital_signature", "key_encipherment"}, Purpose.AUTH),
        (SIGN, {"digital_signature", "content_commitment"}, Purpose.SIGN),
        (BOTH, {"digital_signature", "content_commitment"}, Purpose.COMBINED),
        (BOTH, {"digital_signature"}, Purpose.AUTH),
        (AUTH, {"digital_signature", "content_commitment"}, Purpose.COMBINED),
        (SIGN, {"digital_signature"}, Purpose.OTHER),
        (AUTH, {"content_commitment"}, Purpose.OTHER),
        (AUTH, {"key_encipherment"}, Purpose.OTHER),
        ((), {"digital_signature", "content_commitment"}, Purpose.SIGN),
        ((), {"digital_signature"}, Purpose.OTHER),
        ((ExtendedKeyUsageOID.SERVER_AUTH,), {"digital_signature"}, Purpose.OTHER),
    ],
)
def test_purpose_comes_from_key_usage(
    usages: tuple[x509.ObjectIdentifier, ...], bits: set[str], purpose: Purpose
) -> None:
    certificate = leaf(usages=usages, key_usage=usage(**dict.fromkeys(bits, True)))
    assert parse_certificate(der(certificate)).purpose is purpose


def test_roles_are_read_in_their_order_and_others_ignored() -> None:
    usages = [x509.ObjectIdentifier(role.oid) for role in Role]
    usages.insert(3, x509.ObjectIdentifier("1.2.398.3.3.4.99"))
    facts = parse_certificate(der(leaf(usages=[CLIENT, *usages, MAIL])))
    assert facts.roles == tuple(Role)


@pytest.mark.parametrize(("value", "storage"), [*STORAGES.items(), (b"\x30\0", Storage.UNKNOWN)])
def test_storage_is_read_from_the_authoritys_extension(value: bytes, storage: Storage) -> None:
    extension = x509.UnrecognizedExtension(STORAGE_EXTENSION, value)
    assert parse_certificate(der(leaf(more=[extension]))).storage is storage


def test_authorities_are_told_from_people() -> None:
    assert parse_certificate(issuing().der).is_ca
    assert parse_certificate(issuing().der).purpose is Purpose.OTHER


def test_a_key_that_nobody_reads_is_cut_out_of_the_certificate() -> None:
    certificate = leaf()
    whole = parse_certificate(der(certificate)).spki_der
    assert cut_public_key(certificate.tbs_certificate_bytes) == whole
    strange = altered(certificate, bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d027f"))
    facts = parse_certificate(strange)
    assert facts.key_kind == "unknown"
    assert facts.spki_der == whole.replace(
        bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d027f")
    )


def test_openssl_reads_the_same() -> None:
    certificate = leaf()
    shown = openssl(
        *("x509", "-inform", "DER", "-in", "{data}", "-noout", "-serial"),
        *("-fingerprint", "-sha256"),
        data=der(certificate),
    )
    facts = parse_certificate(der(certificate))
    said = shown.stdout.decode().lower().replace(":", "")
    assert f"serial={facts.serial_hex}" in said
    assert facts.fingerprint in said


def same_length(old: bytes, new: bytes) -> bytes:
    certificate = leaf(serial=0x5A5A5A5A)
    assert len(old) == len(new)
    return altered(certificate, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x02\x04\x5a\x5a\x5a\x5a", b"\x02\x04\xda\x5a\x5a\x5a"),  # a negative serial
        (b"\x02\x04\x5a\x5a\x5a\x5a", b"\x02\x04\x00\x5a\x5a\x5a"),  # a serial with a zero before
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),  # version 8
        (bytes.fromhex("0603551d13"), bytes.fromhex("0603551d0f")),  # key usage twice
        (bytes.fromhex("0603551d25"), bytes.fromhex("0603551d11")),  # usages as other names
        ("СЕЙТ".encode(), b"\xff" * 8),  # not UTF-8
        (b"261223120000Z", b"269923120000Z"),  # the 99th month
        (ECDSA_SHA256, b"\x30\x0a\x06\x08" + b"\xff" * 8),
    ],
)
def test_what_breaks_the_rules_of_asn1_is_malformed(old: bytes, new: bytes) -> None:
    with pytest.raises(CertificateMalformedError) as refused:
        parse_certificate(same_length(old, new))
    assert refused.value.code == "certificate.malformed"


@pytest.mark.parametrize(
    "value",
    [
        bytes.fromhex("3005a303040141"),  # an X.400 address
        bytes.fromhex("3002a500"),  # an EDI party
        bytes.fromhex("3003870100"),  # an address of one octet
        b"\x30\x80\0\0",
        b"",
    ],
)
def test_a_name_of_a_kind_that_nobody_uses_is_malformed(value: bytes) -> None:
    alternative = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), value)
    with pytest.raises(CertificateMalformedError):
        parse_certificate(der(leaf(more=[alternative])))


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", b"\0" * 64, b"-----BEGIN CERTIFICATE-----", b"\x30\x80\0\0"]
)
def test_what_is_no_certificate_is_malformed(data: bytes) -> None:
    with pytest.raises(CertificateMalformedError):
        parse_certificate(data)


def test_something_behind_the_end_is_malformed() -> None:
    with pytest.raises(CertificateMalformedError):
        parse_certificate(der(leaf()) + b"\0")


def test_a_huge_certificate_is_not_read() -> None:
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(MAX_BYTES))
    with pytest.raises(CertificateMalformedError):
        parse_certificate(der(leaf(more=[extension])))


def test_random_damage_raises_nothing_else() -> None:
    generator = random.Random(20261123)
    names = x509.SubjectAlternativeName([x509.RFC822Name("a@b.kz"), x509.DNSName("b.kz")])
    data = der(leaf(more=[names]))
    for _round in range(2000):
        damaged = bytearray(data)
        for _change in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(data))] = generator.randrange(256)
        try:
            parse_certificate(bytes(damaged))
        except CertificateMalformedError:
            continue


def test_no_key_leaves_the_factory_twice() -> None:
    assert key("P-256") is key("P-256", 0)
