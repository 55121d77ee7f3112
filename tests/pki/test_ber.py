"""BER as signers send it, and BER as nobody should."""

import random

import pytest

from pki.ber import MAX_DEPTH, ber_to_der, encode
from pki.errors import CMSMalformedError
from tests.pki.factories import der, issuing, leaf, to_ber


@pytest.mark.parametrize("make", [lambda: der(leaf()), lambda: issuing().der])
def test_indefinite_lengths_become_the_der_that_they_were(make: object) -> None:
    data = make()  # type: ignore[operator]
    assert to_ber(data) != data
    assert ber_to_der(to_ber(data)) == data


def test_der_stays_as_it_is() -> None:
    data = der(leaf())
    assert ber_to_der(data) == data


def test_pieces_of_octets_become_one() -> None:
    pieces = b"\x24\x80\x04\x02ab\x24\x03\x04\x01c\x04\x00\0\0"
    assert ber_to_der(pieces) == b"\x04\x03abc"


def test_octets_of_another_kind_inside_are_refused() -> None:
    with pytest.raises(CMSMalformedError):
        ber_to_der(b"\x24\x80\x02\x01a\0\0")


def test_long_lengths_become_short_ones() -> None:
    assert ber_to_der(b"\x04\x84\0\0\0\x01a") == b"\x04\x01a"


def test_long_tags_are_kept() -> None:
    assert ber_to_der(b"\x7f\x81\x01\x80\x04\x01a\0\0") == b"\x7f\x81\x01\x03\x04\x01a"


def test_the_order_of_a_set_is_left_alone() -> None:
    assert ber_to_der(b"\x31\x80\x04\x01b\x04\x01a\0\0") == b"\x31\x06\x04\x01b\x04\x01a"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80\0",
        b"\x30\x01",
        b"\x04\x80a\0\0",  # an indefinite length needs a constructed element
        b"\x30\x03\x04\x02a",  # a child longer than its parent
        b"\x30\x85\0\0\0\0\x01a",  # a length of five octets
        b"\x30\x82\x01",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x1f\xff\xff",
        b"\x04\x01ab",  # something behind the end
        b"\x30\x80\x04\x01a",
    ],
)
def test_what_is_not_one_whole_element_is_refused(data: bytes) -> None:
    with pytest.raises(CMSMalformedError):
        ber_to_der(data)


@pytest.mark.parametrize("opening", [b"\x30\x80", b"\x24\x80", b"\xa0\x80", b"\x7f\x01\x80"])
def test_depth_has_an_end(opening: bytes) -> None:
    def nested(depth: int) -> bytes:
        return opening * depth + b"\x04\x00" + b"\0\0" * depth

    assert ber_to_der(nested(MAX_DEPTH - 1))
    for depth in (MAX_DEPTH, 20_000):
        with pytest.raises(CMSMalformedError):
            ber_to_der(nested(depth))


@pytest.mark.parametrize("length", [0, 127, 128, 255, 256, 65_535, 65_536])
def test_lengths_are_the_shortest(length: int) -> None:
    written = encode(b"\x04", bytes(length))
    assert ber_to_der(written) == written
    assert len(written) - length == 2 + (length > 127) + (length > 255) + (length > 65_535)


def test_random_octets_raise_nothing_else() -> None:
    generator = random.Random(20261123)
    for _round in range(2000):
        data = generator.randbytes(generator.randint(0, 60))
        try:
            again = ber_to_der(data)
        except CMSMalformedError:
            continue
        assert ber_to_der(again) == again
