"""How many parts a text takes, and that none of it is lost where it is cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.delivering.sms_parts import Encoding, count_parts, encode, encoding_of, split
from tests.notifications.smsc import read_gsm

EXTENSION = "^{}\\[~]|€\f"
ANY_TEXT = st.text(max_size=400)
GSM_TEXT = st.text(alphabet="abc XYZ019@£Ωà\n" + EXTENSION, max_size=700)
# Characters of one and of two units, so that cuts fall everywhere.
WIDE_TEXT = st.text(alphabet="қж😀a", max_size=400)
MOST = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("", 0, 1),
        ("a", 1, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        # 153 is odd: the 77th pair would be cut, so it goes into the next part.
        ("€" * 152, 304, 2),
        ("€" * 153, 306, 3),
    ],
)
def test_the_default_alphabet_fits_160_or_153(text: str, units: int, parts: int) -> None:
    counted = count_parts(text)
    assert (counted.encoding, counted.units, counted.parts) == (Encoding.GSM7, units, parts)


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("қ", 1, 1),
        ("қ" * 70, 70, 1),
        ("қ" * 71, 71, 2),
        ("қ" * 134, 134, 2),
        ("қ" * 135, 135, 3),
        ("😀" * 35, 70, 1),
        ("😀" * 36, 72, 2),
        ("😀" * 66, 132, 2),
        ("😀" * 67, 134, 3),
    ],
)
def test_everything_else_fits_70_or_67_units_of_utf_16(text: str, units: int, parts: int) -> None:
    counted = count_parts(text)
    assert (counted.encoding, counted.units, counted.parts) == (Encoding.UCS2, units, parts)


def test_one_letter_decides_for_the_whole_text() -> None:
    assert encoding_of("a" * 100) is Encoding.GSM7
    assert encoding_of("a" * 100 + "ә") is Encoding.UCS2
    assert count_parts("a" * 100 + "ә").parts == 2


@pytest.mark.parametrize("letter", ["`", "\x1b", "ç", "«", "—", "№", "\t", "’"])
def test_what_looks_like_the_default_alphabet_and_is_not_in_it(letter: str) -> None:
    assert encoding_of(letter) is Encoding.UCS2


def test_septets_are_those_of_the_standard() -> None:
    assert encode("@$_§àÇΞ Az", Encoding.GSM7) == bytes.fromhex("0002115f7f091a20417a")
    assert encode("€^[~]|{}\\\f", Encoding.GSM7) == bytes.fromhex(
        "1b65 1b14 1b3c 1b3d 1b3e 1b40 1b28 1b29 1b2f 1b0a"
    )


def test_half_a_pair_is_a_question_mark() -> None:
    assert encode("a\ud83d", Encoding.UCS2) == "a?".encode("utf-16-be")
    assert count_parts("\ud83d").units == 1


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT | GSM_TEXT | WIDE_TEXT)
def test_parts_joined_are_the_text_and_each_fits(text: str) -> None:
    parts, counted = split(text), count_parts(text)
    assert "".join(parts) == text
    assert len(parts) == counted.parts
    alone, of_several = MOST[counted.encoding]
    octets = [len(encode(part, counted.encoding)) for part in parts]
    units = [size if counted.encoding is Encoding.GSM7 else size // 2 for size in octets]
    assert sum(units) == counted.units
    assert max(units) <= (alone if len(parts) == 1 else of_several)
    if len(parts) > 1:
        assert counted.units > alone
        # None could have been shorter by a whole character of two units.
        assert all(size >= of_several - 1 for size in units[:-1])


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="abc XYZ019@$_\n[]{}~|€", max_size=500))
def test_a_phone_reads_each_part_by_itself(text: str) -> None:
    assert "".join(read_gsm(encode(part, Encoding.GSM7)) for part in split(text)) == text


@settings(max_examples=100, deadline=None)
@given(text=WIDE_TEXT)
def test_no_pair_is_cut(text: str) -> None:
    assert "".join(encode(part, Encoding.UCS2).decode("utf-16-be") for part in split(text)) == text
