"""Keys that OpenSSL takes seconds to read are recognised by their kind, and not read."""

import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding

from pki.ber import encode
from pki.certificate import parse_certificate
from pki.chain import Usage, validate_path
from pki.cms import verify_cms
from pki.csr import parse_request
from pki.errors import PKIError
from tests.pki.factories import INTEGER, NOW, SEQUENCE, Cms, altered, issuing, leaf, root

CONTENT = b"x"
BIT_STRING = b"\x03"
DH_X942 = bytes.fromhex("06072a8648ce3e0201")
DH_PKCS3 = bytes.fromhex("06092a864886f70d010301")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def integer(number: int) -> bytes:
    return encode(INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


@pytest.fixture(scope="module")
def prime() -> int:
    """The 8192 bits of RFC 7919, from OpenSSL's own table: a prime takes longest to prove."""
    arguments = ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe8192"]
    made = subprocess.run(["openssl", *arguments], capture_output=True, check=True)
    der = subprocess.run(
        ["openssl", "asn1parse", "-noout", "-out", "/dev/stdout"],
        input=made.stdout,
        capture_output=True,
        check=True,
    ).stdout
    found = int.from_bytes(der[8 : 8 + 1025])
    assert found.bit_length() == 8192
    return found


@pytest.fixture(params=[DH_X942, DH_PKCS3], ids=["X9.42", "PKCS#3"])
def key_der(request: pytest.FixtureRequest, prime: int) -> bytes:
    """A Diffie-Hellman key of the prime, with parameters that no table knows."""
    parameters = integer(prime) + integer(5)
    if request.param == DH_X942:
        parameters += integer((1 << 255) | 1)
    algorithm = encode(SEQUENCE, request.param + encode(SEQUENCE, parameters))
    return encode(SEQUENCE, algorithm + encode(BIT_STRING, b"\0" + integer(7)))


@pytest.fixture
def certificate(key_der: bytes) -> bytes:
    good = leaf()
    own = good.public_key().public_bytes(
        Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return altered(good, own, key_der)


def seconds_of_work(started: float) -> float:
    return time.process_time() - started


def test_a_certificate_with_such_a_key_is_read_at_once(certificate: bytes, key_der: bytes) -> None:
    started = time.process_time()
    facts = parse_certificate(certificate)
    assert seconds_of_work(started) < 0.5
    assert (facts.key_kind, facts.spki_der) == ("unknown", key_der)


def test_a_path_to_such_a_key_is_judged_at_once(certificate: bytes) -> None:
    started = time.process_time()
    path = validate_path(
        certificate,
        intermediates=[issuing().der],
        anchors=[root().der],
        moment=NOW,
        usage=Usage.ANY,
    )
    assert seconds_of_work(started) < 0.5
    # The authority did sign it; that nobody signs with such a key is for `verify_cms` to say.
    assert len(path.chain) == 3


def test_a_signature_under_such_a_key_is_refused_at_once(certificate: bytes) -> None:
    data = Cms(CONTENT, "P-256", x509.load_der_x509_certificate(certificate)).build()
    started = time.process_time()
    with pytest.raises(PKIError) as refused:
        verify_cms(data, content=CONTENT)
    assert seconds_of_work(started) < 0.5
    assert refused.value.code == "cms.unsupported_algorithm"


def test_a_request_for_such_a_key_is_refused_at_once(key_der: bytes) -> None:
    body = encode(SEQUENCE, integer(0) + x509.Name([]).public_bytes() + key_der + b"\xa0\0")
    signature = encode(BIT_STRING, b"\0" * 65)
    started = time.process_time()
    with pytest.raises(PKIError) as refused:
        parse_request(encode(SEQUENCE, body + ECDSA_SHA256 + signature))
    assert seconds_of_work(started) < 0.5
    assert refused.value.code == "key.type"
