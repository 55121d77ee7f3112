"""Requests: one in DER or PEM with a sound key of its own; everything else by its name."""

import base64
import hashlib
import random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12
from cryptography.x509.oid import NameOID

from pki.ber import encode
from pki.csr import MAX_BYTES, parse_request
from pki.errors import PKIError
from pki.policy import KeyPolicy
from tests.pki.factories import SEQUENCE, Digest, key, leaf, openssl, private_pem, to_ber

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "СЕЙТҚАЛИ АЙГҮЛ")])
SHA256_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
SHA1_RSA = bytes.fromhex("300d06092a864886f70d0101050500")
MD5_RSA = bytes.fromhex("300d06092a864886f70d0101040500")
SPKI = PublicFormat.SubjectPublicKeyInfo


def request(kind: str = "P-256", digest: Digest | None = None) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(NAME)
    return builder.sign(key(kind), digest or hashes.SHA256()).public_bytes(Encoding.DER)


def by_hand(spki: bytes, algorithm: bytes = SHA256_RSA, signature: bytes = b"\1" * 256) -> bytes:
    """A request with any key and a signature that nobody made (RFC 2986, 4)."""
    body = encode(SEQUENCE, b"\x02\x01\x00" + NAME.public_bytes() + spki + b"\xa0\x00")
    return encode(SEQUENCE, body + algorithm + encode(b"\x03", b"\0" + signature))


def rsa_spki(modulus: int, exponent: int = 65537) -> bytes:
    def integer(number: int) -> bytes:
        return encode(b"\x02", number.to_bytes(number.bit_length() // 8 + 1))

    pair = encode(SEQUENCE, integer(modulus) + integer(exponent))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return encode(SEQUENCE, algorithm + encode(b"\x03", b"\0" + pair))


def modulus_of(kind: str = "RSA-2048") -> int:
    own = key(kind)
    assert isinstance(own, rsa.RSAPrivateKey)
    return own.public_key().public_numbers().n


def pem(data: bytes, label: str = "CERTIFICATE REQUEST") -> bytes:
    return (
        f"-----BEGIN {label}-----\n".encode()
        + base64.encodebytes(data)
        + (f"-----END {label}-----\n".encode())
    )


def code_of(data: bytes) -> str:
    with pytest.raises(PKIError) as refused:
        parse_request(data)
    return refused.value.code


@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-3072", "P-256", "P-384"])
@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_it_takes_sound_keys(kind: str, digest: Digest) -> None:
    data = request(kind, digest)
    facts = parse_request(data)
    spki = key(kind).public_key().public_bytes(Encoding.DER, SPKI)
    assert (facts.der, facts.key_kind) == (data, kind)
    assert (facts.spki_der, facts.spki_sha256) == (spki, hashlib.sha256(spki).hexdigest())


def test_it_takes_der_and_every_pem() -> None:
    data = request()
    forms = [pem(data), pem(data, "NEW CERTIFICATE REQUEST"), b"\n  " + pem(data) + b"\n\n"]
    forms.append(pem(data).replace(b"\n", b"\r\n"))
    for form in forms:
        assert parse_request(form) == parse_request(data)


def test_it_takes_what_openssl_makes() -> None:
    for form in ("PEM", "DER"):
        arguments = f"req -new -key {{key}} -subj /CN=A -outform {form} -sha256"
        made = openssl(*arguments.split(), key=private_pem(key("RSA-2048")))
        assert parse_request(made.stdout).key_kind == "RSA-2048"


def test_asked_for_extensions_do_no_harm() -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(NAME)
    builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
    data = builder.sign(key("P-256"), hashes.SHA256()).public_bytes(Encoding.DER)
    assert parse_request(data).key_kind == "P-256"


# --- what is no request -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"\x30\x00",
        lambda: b"\x30\x80\0\0",
        lambda: b"hello",
        lambda: request() + b"\0",
        lambda: request()[:-1],
        lambda: to_ber(request()),
        lambda: pem(request()) + pem(request()),
        lambda: pem(request(), "CERTIFICATE"),
        lambda: pem(request())[:-30],
        lambda: b"-----BEGIN CERTIFICATE REQUEST-----\n=\n-----END CERTIFICATE REQUEST-----",
        lambda: b"Subject: A\n" + pem(request()),
        lambda: leaf().public_bytes(Encoding.DER),
        lambda: leaf().public_bytes(Encoding.PEM),
        lambda: request().replace(b"\x02\x01\x00", b"\x02\x01\x07", 1),
        lambda: request().replace("СЕЙТ".encode(), b"\xff" * 8) + b"",
    ],
)
def test_what_is_not_one_request_is_malformed(make: object) -> None:
    assert code_of(make()) in {"request.malformed", "request.signature"}  # type: ignore[operator]


@pytest.mark.parametrize(
    "names",
    [bytes.fromhex("3002a500"), bytes.fromhex("3003870100"), b""],
)
def test_an_asked_extension_that_cannot_be_read_is_malformed(names: bytes) -> None:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), names)
    builder = x509.CertificateSigningRequestBuilder().subject_name(NAME)
    made = builder.add_extension(odd, critical=False).sign(key("P-256"), hashes.SHA256())
    assert code_of(made.public_bytes(Encoding.DER)) == "request.malformed"


def test_more_than_sixteen_kilobytes_are_too_large() -> None:
    assert code_of(b"\x30" * (MAX_BYTES + 1)) == "request.too_large"
    assert code_of(pem(bytes(MAX_BYTES))) == "request.too_large"


# --- what must never be sent --------------------------------------------------------------------


def encryptions() -> list[serialization.KeySerializationEncryption]:
    return [serialization.NoEncryption(), serialization.BestAvailableEncryption(b"Qwerty12")]


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
@pytest.mark.parametrize("encryption", encryptions())
def test_a_key_store_is_named_as_one(
    kind: str, encryption: serialization.KeySerializationEncryption
) -> None:
    own = key(kind)
    store = pkcs12.serialize_key_and_certificates(b"A", own, leaf(kind), None, encryption)
    assert code_of(store) == "request.key_store"
    assert code_of(to_ber(store)) == "request.key_store"
    assert code_of(store + bytes(MAX_BYTES)) in {"request.key_store", "request.too_large"}


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_private_key_is_named_as_one(
    kind: str, form: serialization.PrivateFormat, encoding: Encoding
) -> None:
    data = key(kind).private_bytes(encoding, form, serialization.NoEncryption())
    assert code_of(data) == "request.private_key"
    if encoding is Encoding.DER:
        assert code_of(to_ber(data)) == "request.private_key"
    else:
        assert code_of(b"Bag Attributes\n" + data) == "request.private_key"
        assert code_of(pem(request()) + data) == "request.private_key"
        assert code_of(data + bytes(MAX_BYTES)) == "request.private_key"


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_an_encrypted_private_key_is_named_as_one(kind: str, encoding: Encoding) -> None:
    data = key(kind).private_bytes(
        encoding,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"Qwerty12"),
    )
    assert code_of(data) == "request.private_key"


@pytest.mark.parametrize("label", ["PKCS12", "PFX", "CERTIFICATE REQUEST"])
def test_a_key_store_in_armour_is_refused(label: str) -> None:
    store = pkcs12.serialize_key_and_certificates(
        b"A", key("P-256"), leaf(), None, serialization.NoEncryption()
    )
    assert code_of(pem(store, label)) in {"request.key_store", "request.malformed"}


# --- signature and hash -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_a_request_signed_by_another_key_is_refused(kind: str) -> None:
    spki = key(kind).public_key().public_bytes(Encoding.DER, SPKI)
    other = key(kind, 9).public_key().public_bytes(Encoding.DER, SPKI)
    assert code_of(request(kind).replace(spki, other)) == "request.signature"


def test_a_changed_request_is_refused() -> None:
    assert code_of(request().replace("СЕЙТ".encode(), "СЕЙД".encode())) == "request.signature"


@pytest.mark.parametrize("algorithm", [SHA1_RSA, MD5_RSA])
def test_a_weak_hash_is_refused(algorithm: bytes) -> None:
    assert code_of(by_hand(rsa_spki(modulus_of()), algorithm)) == "request.weak_hash"


def test_sha224_is_weak_too() -> None:
    assert code_of(request(digest=hashes.SHA224())) == "request.weak_hash"


def test_openssl_with_sha1_is_refused() -> None:
    arguments = "req -new -key {key} -subj /CN=A -outform DER -sha1"
    made = openssl(*arguments.split(), key=private_pem(key("RSA-2048")))
    assert made.returncode == 0
    assert code_of(made.stdout) == "request.weak_hash"


# --- the key ------------------------------------------------------------------------------------


def test_other_kinds_of_keys_are_refused() -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(NAME)
    edwards = builder.sign(ed25519.Ed25519PrivateKey.generate(), None)
    long = builder.sign(key("P-521"), hashes.SHA256())
    bitcoin = builder.sign(ec.generate_private_key(ec.SECP256K1()), hashes.SHA256())
    old = builder.sign(dsa.generate_private_key(1024), hashes.SHA256())
    for made in (edwards, long, bitcoin, old):
        assert code_of(made.public_bytes(Encoding.DER)) == "key.type"


def test_another_padding_is_refused() -> None:
    arguments = "req -new -key {key} -subj /CN=A -outform DER -sigopt rsa_padding_mode:pss"
    made = openssl(*arguments.split(), key=private_pem(key("RSA-2048")))
    assert made.returncode == 0
    assert code_of(made.stdout) == "key.type"


@pytest.mark.parametrize("bits", [1024, 2047, 2056 - 1, 4104, 8192])
def test_sizes_outside_the_policy_are_refused(bits: int) -> None:
    with pytest.raises(PKIError) as refused:
        parse_request(by_hand(rsa_spki((1 << bits - 1) + 1)))
    assert refused.value.code == "key.size"
    assert refused.value.facts == {"bits": str(bits)}


def test_the_size_is_a_matter_of_policy() -> None:
    with pytest.raises(PKIError) as refused:
        parse_request(request("RSA-2048"), policy=KeyPolicy(rsa_min_bits=3072))
    assert refused.value.code == "key.size"


@pytest.mark.parametrize("bits", [512, 16_384, 60_000])
def test_absurd_sizes_are_refused_at_once(bits: int) -> None:
    found = code_of(by_hand(rsa_spki((1 << bits - 1) + 1)))
    assert found in {"key.size", "request.malformed"}


@pytest.mark.parametrize("exponent", [3, 17, 65535, 2**256 + 1])
def test_small_and_huge_exponents_are_refused(exponent: int) -> None:
    found = code_of(by_hand(rsa_spki(modulus_of(), exponent)))
    assert found in {"key.exponent", "request.malformed"}


def test_exponent_three_has_its_own_code() -> None:
    assert code_of(by_hand(rsa_spki(modulus_of(), 3))) == "key.exponent"


def test_a_key_that_everybody_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = request()
    found = frozenset({parse_request(data).spki_sha256})
    monkeypatch.setattr("pki.weak_keys.PUBLISHED", found)
    assert code_of(data) == "key.published"


# --- anything -------------------------------------------------------------------------------------


def test_no_flipped_bit_changes_the_key() -> None:
    data = request()
    expected = parse_request(data)
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        try:
            facts = parse_request(bytes(flipped))
        except PKIError:
            continue
        # Only the count of unused bits behind the signature is not signed.
        assert facts.spki_der == expected.spki_der
        assert bytes(flipped)[:-80] == data[:-80]


def test_a_request_cut_anywhere_is_refused() -> None:
    data = request()
    assert {code_of(data[:length]) for length in range(len(data))} == {"request.malformed"}


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_random_damage_raises_nothing_else(kind: str) -> None:
    generator = random.Random(20261123)
    data = request(kind)
    for _round in range(1000):
        damaged = bytearray(data)
        for _change in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(data))] = generator.randrange(256)
        try:
            facts = parse_request(bytes(damaged))
        except PKIError:
            continue
        assert facts.spki_der == parse_request(data).spki_der


def test_a_second_look_says_the_same() -> None:
    assert parse_request(request("RSA-2048")) == parse_request(request("RSA-2048"))
