"""The parts that a page is made of: each knows its height, and draws itself from the top down."""

from typing import Protocol

from renewals.form.columns import Column
from renewals.form.content import Digest, Row, Value, Verdict
from renewals.form.fonts import Face
from renewals.form.look import (
    BAD,
    BAD_SOFT,
    DIGEST,
    GUTTER,
    HALF,
    HALF_GUTTER,
    HEADING,
    HEADING_SECOND,
    INNER,
    LABEL,
    LABEL_WIDTH,
    LEFT,
    LINE,
    MIST,
    OK,
    OK_SOFT,
    PROSE,
    SMALL,
    TEAL_MID,
    VALUE,
    VALUE_STRONG,
    VALUE_WIDTH,
    Style,
)
from renewals.form.pen import BASELINE, Pen
from renewals.form.structure import Element
from renewals.form.words import Words
from renewals.statement import group_hex

Faces = dict[str, Face]


class Block(Protocol):
    """A part that is never divided; one that `keeps` stands on the page of the next."""

    keeps: bool

    @property
    def height(self) -> float:
        """With the room over and under it."""
        ...

    def draw(self, pen: Pen, top: float) -> None:
        """From `top` down."""
        ...


def add_value(column: Column, value: Value, cell: Element, style: Style = VALUE) -> None:
    """A value under those before it."""
    if isinstance(value, Words):
        column.add_words(value, style, style, cell)
    elif isinstance(value, Digest):
        column.add_halves(group_hex(value.sha256), DIGEST, cell)
    else:
        column.add_text(value, style, cell)


def _lower(style: Style) -> float:
    """How much smaller letters are moved down, to stand on one line with a value."""
    return (VALUE.leading - style.leading) * (1 - BASELINE)


class HeadingBlock:
    """The heading of a section, over a line."""

    keeps = True
    BEFORE, AFTER = 14.0, 7.0

    def __init__(self, title: Words, faces: Faces, parent: Element) -> None:
        self.column = Column(LEFT, INNER, faces)
        self.column.add_words(title, HEADING, HEADING_SECOND, parent.add("H2"))

    @property
    def height(self) -> float:
        """Both languages."""
        return self.BEFORE + self.column.height + self.AFTER

    def draw(self, pen: Pen, top: float) -> None:
        """The words, then the line."""
        self.column.draw(pen, top - self.BEFORE)
        with pen.artifact():
            pen.rule(LEFT, top - self.height + 4, INNER, TEAL_MID, 0.8)


class RowBlock:
    """A label and its values, with a thin line under them."""

    PADDING = 3.1

    def __init__(self, row: Row, faces: Faces, table: Element) -> None:
        self.keeps = False
        line = table.add("TR")
        self.label = Column(LEFT, LABEL_WIDTH, faces)
        self.label.add_space(_lower(LABEL))
        self.label.add_words(row.label, LABEL, SMALL, line.add("TH", scope="Row"))
        self.values = Column(LEFT + LABEL_WIDTH + GUTTER, VALUE_WIDTH, faces)
        if isinstance(row.values[0], Digest):
            self.values.add_space(_lower(DIGEST))
        cell = line.add("TD")
        for value in row.values:
            add_value(self.values, value, cell if len(row.values) == 1 else cell.add("P"))

    @property
    def height(self) -> float:
        """Of the higher of the two."""
        return max(self.label.height, self.values.height) + 2 * self.PADDING

    def draw(self, pen: Pen, top: float) -> None:
        """Side by side."""
        self.label.draw(pen, top - self.PADDING)
        self.values.draw(pen, top - self.PADDING)
        with pen.artifact():
            pen.rule(LEFT, top - self.height, INNER, LINE)


class ParagraphBlock:
    """Running text: Kazakh on the left, Russian on the right, `inset` from both margins."""

    AFTER = 6.0

    def __init__(
        self,
        text: Words,
        faces: Faces,
        parent: Element,
        *,
        inset: float = 0,
        keeps: bool = False,
    ) -> None:
        self.keeps = keeps
        width = HALF - inset
        self.kk = Column(LEFT + inset, width, faces)
        self.kk.add_text(text.kk, PROSE, parent.add("P", lang="kk"))
        self.ru = Column(LEFT + inset + width + HALF_GUTTER, width, faces)
        self.ru.add_text(text.ru, PROSE, parent.add("P", lang="ru"))

    @property
    def height(self) -> float:
        """Of the longer of the two."""
        return max(self.kk.height, self.ru.height) + self.AFTER

    def draw(self, pen: Pen, top: float) -> None:
        """Side by side."""
        self.kk.draw(pen, top)
        self.ru.draw(pen, top)


class VerdictBlock:
    """A decision in one word, on its colour."""

    keeps = True
    PADDING = 6.0

    def __init__(self, verdict: Verdict, faces: Faces, parent: Element) -> None:
        ink, self.soft = (OK, OK_SOFT) if verdict.is_good else (BAD, BAD_SOFT)
        self.column = Column(LEFT + 12, INNER - 24, faces)
        style = Style(VALUE_STRONG.font, VALUE_STRONG.size, VALUE_STRONG.leading, ink)
        self.column.add_words(verdict.words, style, style, parent.add("P"))

    @property
    def height(self) -> float:
        """With the ground."""
        return self.column.height + 2 * self.PADDING + 4

    def draw(self, pen: Pen, top: float) -> None:
        """The ground first."""
        with pen.artifact():
            pen.ground(LEFT, top, INNER, self.height - 4, self.soft)
        self.column.draw(pen, top - self.PADDING)


class SummaryBlock:
    """What matters most, in columns on a quiet ground."""

    keeps = False
    PADDING = 11.0
    AFTER = 2.0
    SHARES = (0.28, 0.34, 0.38)

    def __init__(self, rows: tuple[Row, ...], faces: Faces, parent: Element) -> None:
        table = parent.add("Table")
        heads, cells = table.add("TR"), table.add("TR")
        x = LEFT + self.PADDING
        self.labels: list[Column] = []
        self.values: list[Column] = []
        for row, share in zip(rows, self.SHARES, strict=True):
            width = (INNER - self.PADDING) * share
            label = Column(x, width - self.PADDING, faces)
            label.add_words(row.label, LABEL, SMALL, heads.add("TH", scope="Column"))
            value = Column(x, width - self.PADDING, faces)
            cell = cells.add("TD")
            for one in row.values:
                add_value(value, one, cell, VALUE_STRONG)
            self.labels.append(label)
            self.values.append(value)
            x += width

    @property
    def _label_height(self) -> float:
        return max(column.height for column in self.labels) + 2

    @property
    def _box_height(self) -> float:
        highest = max(column.height for column in self.values)
        return self._label_height + highest + 2 * self.PADDING

    @property
    def height(self) -> float:
        """With the ground."""
        return self._box_height + self.AFTER

    def draw(self, pen: Pen, top: float) -> None:
        """The ground first; labels in one line, values in the next."""
        with pen.artifact():
            pen.ground(LEFT, top, INNER, self._box_height, MIST)
        for column in self.labels:
            column.draw(pen, top - self.PADDING)
        for column in self.values:
            column.draw(pen, top - self.PADDING - self._label_height)
