"""Golos Text in two weights: put beside the site's files by its build, embedded into the paper.

How wide a text is, where it breaks, and which of its letters can be shown at all.
"""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from renewals.errors import FontsError

REGULAR, STRONG = "GolosText", "GolosText-SemiBold"
FILES = {REGULAR: "GolosText_400Regular.ttf", STRONG: "GolosText_600SemiBold.ttf"}
UNKNOWN = "?"
# Of the marks that stand over and under a letter, no more than a name can need.
MOST_MARKS = 2


class Widths(dict[str, float]):
    """Thousandths of the size, by letter."""

    def __init__(self, widths: dict[int, float], default: float) -> None:
        super().__init__({chr(code): width for code, width in widths.items()})
        self.default = default

    def __missing__(self, letter: str) -> float:
        return self.default


class Face:
    """One weight. `plain` are the letters that are drawn as they stand."""

    def __init__(self, name: str, path: Path) -> None:
        font = TTFont(name, str(path), asciiReadable=False)
        registerFont(font)
        self.name = name
        self._width_of = Widths(font.face.charWidths, font.face.defaultWidth).__getitem__
        self.known = frozenset(map(chr, font.face.charToGlyph))
        self.plain = frozenset(
            letter
            for letter in self.known
            if letter == " " or unicodedata.category(letter)[0] in "LNPS"
        )

    def measure(self, text: str, size: float) -> float:
        """Width in points."""
        return sum(map(self._width_of, text)) * size / 1000

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Lines of at most `width` points; what has no space to break at breaks anywhere."""
        lines: list[str] = []
        line: list[str] = []
        used = 0.0
        space = self.measure(" ", size)
        for word in text.split():
            wide = self.measure(word, size)
            if line and used + space + wide > width:
                lines.append(" ".join(line))
                line = []
            *full, rest = [word] if wide <= width else self._break(word, size, width)
            lines += full
            if full:
                wide = self.measure(rest, size)
            used = used + space + wide if line else wide
            line.append(rest)
        return [*lines, " ".join(line)] if line else lines

    def _break(self, word: str, size: float, width: float) -> list[str]:
        pieces, piece, used = [], "", 0.0
        for letter in word:
            wide = self.measure(letter, size)
            if piece and used + wide > width:
                pieces.append(piece)
                piece, used = "", 0.0
            piece, used = piece + letter, used + wide
        return [*pieces, piece]

    def make_legible(self, text: str) -> str:
        """One line that can be drawn: no control or hidden characters, nothing without a glyph.

        Names come from certificates and files of strangers: what turns the direction of writing,
        or hides between letters, must not change what the paper seems to say.
        """
        if not (self.plain.issuperset(text) and unicodedata.is_normalized("NFC", text)):
            text = self._replace(text)
        return " ".join(text.split())

    def _replace(self, text: str) -> str:
        letters, marks = [], 0
        for letter in unicodedata.normalize("NFC", text):
            kind = unicodedata.category(letter)[0]
            if letter.isspace():
                letters.append(" ")
            elif kind != "C":
                marks = marks + 1 if kind == "M" else 0
                if marks <= MOST_MARKS:
                    letters.append(letter if letter in self.known else UNKNOWN)
        return "".join(letters)


def load_faces() -> dict[str, Face]:
    """Both weights, by name. Raises `FontsError` when the build has not put them there."""
    return _load(Path(settings.FONT_DIRECTORY))


@lru_cache(maxsize=4)
def _load(directory: Path) -> dict[str, Face]:
    try:
        return {name: Face(name, directory / file) for name, file in FILES.items()}
    except (TTFError, OSError, LookupError, ValueError, struct.error) as error:
        raise FontsError(directory=str(directory)) from error
