"""Questions about certificates: what is read in them, and what is no question."""

import random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pki import der
from pki.errors import StatusRequestError
from pki.ocsp_request import MAX_BYTES, MOST_CERTIFICATES, read_request

NAME, KEY = bytes(range(20)), bytes(range(20, 40))
NONCE = bytes.fromhex("06092b0601050507300102")


def made(serial: int = 4711, nonce: bytes | None = None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(NAME, KEY, serial, hashes.SHA1())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def content(data: bytes) -> list[bytes]:
    """The fields of the TBSRequest."""
    return der.children(der.children(data)[0])


def whole(*fields: bytes, signature: bytes = b"") -> bytes:
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, b"".join(fields)) + signature)


def extensions(*each: bytes) -> bytes:
    return der.tlv(0xA2, der.tlv(der.SEQUENCE, b"".join(each)))


def extension(oid: bytes, value: bytes, *, critical: bool = False) -> bytes:
    flag = b"\x01\x01\xff" if critical else b""
    return der.tlv(der.SEQUENCE, oid + flag + der.tlv(der.OCTET_STRING, value))


(ASKED,) = content(made())
UNKNOWN = bytes.fromhex("06032a0304")


def test_the_certificate_is_read_and_kept_to_the_octet() -> None:
    (one,) = read_request(made()).certificates
    assert (one.name_hash, one.key_hash, one.serial_hex) == (NAME, KEY, "1267")
    assert one.hash_oid == "1.3.14.3.2.26"
    assert one.encoded == der.children(der.children(ASKED)[0])[0]


@pytest.mark.parametrize(
    ("serial", "expected"),
    [(1, "01"), (0x80, "80"), (2**159 + 1, f"{2**159 + 1:x}"), (2**160, ""), (2**400, "")],
)
def test_a_serial_is_whole_octets_or_none_of_ours(serial: int, expected: str) -> None:
    head, name, key, _serial = der.children(der.children(der.children(ASKED)[0])[0])
    number = serial.to_bytes(serial.bit_length() // 8 + 1)
    changed = der.tlv(der.SEQUENCE, head + name + key + der.tlv(der.INTEGER, number))
    data = whole(der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, changed)))
    (one,) = read_request(data).certificates
    assert (one.serial_hex, one.encoded) == (expected, changed)


@pytest.mark.parametrize("number", [b"\x00", b"\xff", b"\x80"])
def test_zero_and_less_are_no_serial_of_ours(number: bytes) -> None:
    head, name, key, _serial = der.children(der.children(der.children(ASKED)[0])[0])
    changed = der.tlv(der.SEQUENCE, head + name + key + der.tlv(der.INTEGER, number))
    data = whole(der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, changed)))
    assert read_request(data).certificates[0].serial_hex == ""


@pytest.mark.parametrize("length", [1, 16, 32, 128])
def test_a_nonce_is_kept_as_it_came(length: int) -> None:
    nonce = bytes(range(length))
    assert read_request(made(nonce=nonce)).nonce == der.tlv(der.OCTET_STRING, nonce)
    assert read_request(made()).nonce is None


def test_who_asks_and_his_signature_change_nothing() -> None:
    name = der.tlv(0xA1, der.tlv(0x82, b"somebody.example"))
    signature = der.tlv(0xA0, der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, UNKNOWN) + b"\x03\x01\0"))
    version = der.tlv(0xA0, der.tlv(der.INTEGER, b"\0"))
    data = whole(version, name, ASKED, signature=signature)
    assert read_request(data).certificates == read_request(made()).certificates


@pytest.mark.parametrize(
    "what",
    [
        extension(UNKNOWN, b"\x05\x00"),
        extension(bytes.fromhex("06092b0601050507300104"), b"\x30\x00", critical=True),
        extension(NONCE, b"\x04\x01\x00", critical=True),
    ],
)
def test_an_extension_that_is_known_or_not_critical_is_let_by(what: bytes) -> None:
    assert read_request(whole(ASKED, extensions(what))).certificates


def listed(number: int) -> bytes:
    return whole(der.tlv(der.SEQUENCE, der.children(ASKED)[0] * number))


def single(*more: bytes) -> bytes:
    """With extensions of the one certificate."""
    request = der.children(der.children(ASKED)[0])[0]
    inner = der.tlv(0xA0, der.tlv(der.SEQUENCE, b"".join(more)))
    return whole(der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, request + inner)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        made() + b"\0",
        made()[:-1],
        bytes(MAX_BYTES + 1),
        whole(der.tlv(0xA0, der.tlv(der.INTEGER, b"\1")), ASKED),
        listed(0),
        listed(MOST_CERTIFICATES + 1),
        whole(ASKED, extensions(extension(UNKNOWN, b"\x05\x00", critical=True))),
        whole(ASKED, extensions(extension(UNKNOWN, b""), extension(UNKNOWN, b""))),
        whole(ASKED, extensions(extension(NONCE, b"\4\1\1"), extension(NONCE, b"\4\1\1"))),
        whole(ASKED, extensions(extension(NONCE, b""))),
        whole(ASKED, extensions(extension(NONCE, b"\4\0"))),
        whole(ASKED, extensions(extension(NONCE, b"0123456789abcdef"))),
        whole(ASKED, extensions(extension(NONCE, b"\4\x81\1\1"))),
        whole(ASKED, extensions(extension(NONCE, b"\4\1\1\0"))),
        whole(ASKED, extensions(extension(NONCE, der.tlv(4, bytes(129))))),
        single(extension(UNKNOWN, b"\x05\x00", critical=True)),
        single(extension(NONCE, b"\4\1\1", critical=True)),
    ],
)
def test_what_is_no_question_is_refused(data: bytes) -> None:
    with pytest.raises(StatusRequestError):
        read_request(data)


def test_as_many_as_may_be_are_read() -> None:
    assert len(read_request(listed(MOST_CERTIFICATES)).certificates) == MOST_CERTIFICATES


def test_nothing_but_that_one_error_comes_out_of_damaged_ones() -> None:
    chance = random.Random(6960)
    seeds = [made(), made(nonce=bytes(32)), listed(3)]
    refused = 0
    for _one in range(5000):
        octets = bytearray(chance.choice(seeds))
        for _time in range(chance.randrange(1, 4)):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        try:
            read_request(bytes(octets[: chance.randrange(1, len(octets) + 20)]))
        except StatusRequestError:
            refused += 1
    assert 0 < refused < 5000
