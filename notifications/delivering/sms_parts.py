"""How many parts a short message takes and where it is cut: GSM 03.38 and UCS-2. Pure.

3GPP TS 23.038 has the alphabets, 3GPP TS 23.040 (9.2.3.24.1) the header that joins parts.
"""

from dataclasses import dataclass
from enum import StrEnum

# TS 23.038, 6.2.1: the place in the table is the septet. 0x1B is the escape, no letter.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
# TS 23.038, 6.2.1.1: each behind an escape.
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_SEPTETS: dict[str, bytes] = {
    **{letter: bytes([at]) for at, letter in enumerate(_BASIC) if at != _ESCAPE},
    **{letter: bytes([_ESCAPE, code]) for letter, code in _EXTENSION.items()},
}


class Encoding(StrEnum):
    """The two alphabets that every phone reads."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


# Units of a message alone, and of each of several: the header of a part takes six octets.
_LIMITS = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Parts:
    """`units` are septets or UTF-16 units; `parts` is at least 1."""

    encoding: Encoding
    units: int
    parts: int


def encoding_of(text: str) -> Encoding:
    """UCS-2 as soon as one character is not in the default alphabet or its extension."""
    return Encoding.GSM7 if all(letter in _SEPTETS for letter in text) else Encoding.UCS2


def count_parts(text: str) -> Parts:
    """What `text` takes on its way."""
    encoding = encoding_of(text)
    units = sum(_units(letter, encoding) for letter in text)
    return Parts(encoding=encoding, units=units, parts=len(split(text)))


def split(text: str) -> list[str]:
    """The text of each part; joined they are `text`. No character is cut in two."""
    encoding = encoding_of(text)
    alone, of_several = _LIMITS[encoding]
    sizes = [_units(letter, encoding) for letter in text]
    if sum(sizes) <= alone:
        return [text]
    parts, start, used = [], 0, 0
    for at, size in enumerate(sizes):
        if used + size > of_several:
            parts.append(text[start:at])
            start, used = at, 0
        used += size
    return [*parts, text[start:]]


def encode(text: str, encoding: Encoding) -> bytes:
    """One octet for each septet, as SMPP wants it; or UTF-16, big end first.

    Half a surrogate pair becomes a question mark. Raises `KeyError` for what GSM-7 does not have.
    """
    if encoding is Encoding.GSM7:
        return b"".join(_SEPTETS[letter] for letter in text)
    return text.encode("utf-16-be", errors="replace")


def _units(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return len(_SEPTETS[letter])
    return 2 if ord(letter) > 0xFFFF else 1
