"""The pieces of DER, held against the library's own."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat import asn1

from pki import der
from pki.issuer.pattern import oid_der


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_take_the_shortest_form(length: int) -> None:
    assert der.tlv(der.OCTET_STRING, bytes(length)) == asn1.encode_der(bytes(length))


@pytest.mark.parametrize("oid", ["2.5.29.14", "1.2.398.3.3.5.1.1", "1.2.840.113549.1.1.11"])
def test_object_identifiers_are_those_of_the_library(oid: str) -> None:
    identifier = x509.ObjectIdentifier(oid)
    assert oid_der(identifier) == asn1.encode_der(identifier)


@pytest.mark.parametrize(
    ("moment", "encoded"),
    [
        (datetime(2049, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
    ],
)
def test_times_change_their_form_in_2050(moment: datetime, encoded: bytes) -> None:
    assert der.time(moment) == encoded


def test_children_are_found_whole() -> None:
    parts = [der.tlv(der.INTEGER, b"\x05"), der.tlv(der.OCTET_STRING, bytes(300))]
    whole = der.tlv(der.SEQUENCE, b"".join(parts))
    assert der.children(whole) == parts
    assert der.content(whole) == b"".join(parts)
