"""Reads papers back: their text, their parts, and where every line stands."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pikepdf
import pytest
from pypdf import PdfReader

from renewals.form.look import Style
from renewals.form.pen import BASELINE, Line, Pen


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, every gap one space."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def text_of(pdf: bytes) -> str:
    """All pages."""
    return " ".join(pages_of(pdf))


def letters_of(pdf: bytes) -> str:
    """Without any gaps: what was broken into lines or groups is whole again."""
    return "".join(text_of(pdf).split())


def squeeze(text: str) -> str:
    """The same of something to look for."""
    return "".join(text.split())


@contextmanager
def opened(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """As objects."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        yield document


@dataclass(frozen=True)
class Written:
    """A line as it was written: its left end on its base line, in points."""

    page: int
    x: float
    baseline: float
    width: float
    style: Style
    text: str

    @property
    def right(self) -> float:
        """Its other end."""
        return self.x + self.width

    def covers(self, other: "Written") -> bool:
        """Whether the letters of the two touch."""
        if self.page != other.page:
            return False
        higher, lower = sorted((self, other), key=lambda line: line.baseline, reverse=True)
        # Two thirds of the size stand over the base line, a fifth hangs below it.
        apart = (
            higher.baseline - 0.2 * higher.style.size >= lower.baseline + 0.66 * lower.style.size
        )
        beside = self.right <= other.x + 0.01 or other.right <= self.x + 0.01
        return not (apart or beside)


class Watch:
    """Every line that pens write while it is there."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.lines: list[Written] = []
        write = Pen.write

        def watched(pen: Pen, lines: Sequence[Line]) -> None:
            page = len(pen.marks) - 1
            for line in lines:
                style = line.style
                baseline = line.top - style.leading * (1 - BASELINE)
                width = pen.faces[style.font].measure(line.text, style.size)
                self.lines.append(Written(page, line.x, baseline, width, style, line.text))
            write(pen, lines)

        patch.setattr(Pen, "write", watched)
