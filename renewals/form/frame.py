"""The beginning of the paper, and the room on it for a hand."""

from renewals.form import words
from renewals.form.blocks import Faces, ParagraphBlock, add_value
from renewals.form.columns import Column
from renewals.form.content import Frame
from renewals.form.decoration import draw_code, draw_ornament, draw_ring
from renewals.form.facts import FormFacts
from renewals.form.look import (
    BRAND,
    CODE,
    EDGE,
    INNER,
    LABEL,
    LEFT,
    LINE,
    RIGHT,
    SMALL,
    SUBTITLE,
    TITLE,
)
from renewals.form.pen import Pen
from renewals.form.structure import Element
from renewals.form.words import Words


class HeadBlock:
    """Ornament, whose paper it is, its title; the square code with the number under it."""

    keeps = True
    CODE_SIZE = 78.0
    # Down from the ornament; more than the white that the code needs around it.
    UNDER_ORNAMENT = 28.0
    RING = 8.0
    AFTER = 12.0

    def __init__(self, facts: FormFacts, faces: Faces, parent: Element) -> None:
        self.facts = facts
        width = INNER - self.CODE_SIZE - 32
        brand_x = LEFT + 2 * self.RING + 10
        self.brand = Column(brand_x, width - (brand_x - LEFT), faces)
        self.brand.add_text(facts.portal, BRAND, parent.add("P"))
        self.brand.add_words(words.CABINET, SMALL, SMALL, parent.add("P"))
        self.title = Column(LEFT, width, faces)
        title = parent.add("H1")
        self.title.add_text(words.TITLE.kk, TITLE, title.add("Span", lang="kk"))
        self.title.add_space(3)
        self.title.add_text(words.TITLE.ru, SUBTITLE, title.add("Span", lang="ru"))
        alt = words.QR.kk.format(address=facts.verify_address)
        self.figure = parent.add("Figure", alt=alt)
        self.number = Column(RIGHT - self.CODE_SIZE, self.CODE_SIZE, faces)
        self.number.add_text(f"№ {facts.number}", CODE, parent.add("P"))

    @property
    def height(self) -> float:
        """Of the higher of its two sides."""
        left = self.brand.height + 14 + self.title.height
        right = self.CODE_SIZE + 10 + self.number.height
        return self.UNDER_ORNAMENT + max(left, right) + self.AFTER

    def draw(self, pen: Pen, top: float) -> None:
        """What is on the left first: it is read first."""
        with pen.artifact():
            draw_ornament(pen, top)
        top -= self.UNDER_ORNAMENT
        with pen.artifact():
            draw_ring(pen, LEFT + self.RING + 1, top - self.brand.height / 2, self.RING)
        self.brand.draw(pen, top)
        self.title.draw(pen, top - self.brand.height - 14)
        with pen.content(self.figure):
            draw_code(pen, self.facts.verify_address, RIGHT - self.CODE_SIZE, top, self.CODE_SIZE)
        self.number.draw(pen, top - self.CODE_SIZE - 10)


class Field:
    """A line to write on, and under it what belongs there."""

    def __init__(self, label: Words, x: float, width: float, faces: Faces, parent: Element) -> None:
        self.label = Column(x, width, faces)
        self.label.add_words(label, SMALL, SMALL, parent.add("P"))

    def draw(self, pen: Pen, y: float) -> None:
        """The line is at `y`."""
        with pen.artifact():
            pen.rule(self.label.x, y, self.label.width, EDGE, 0.7)
        self.label.draw(pen, y - 2)


class FrameBlock:
    """Room for a hand: who, by what, signature, date and seal."""

    keeps = False
    PADDING = 14.0
    SEAL = 88.0
    # From one line to write on to the next; a hand needs as much.
    STEP = 42.0
    BETWEEN = 18.0
    BEFORE = 4.0

    def __init__(self, frame: Frame, faces: Faces, parent: Element) -> None:
        self.text = ParagraphBlock(frame.text, faces, parent, inset=self.PADDING)
        left, width = LEFT + self.PADDING, INNER - 2 * self.PADDING
        self.digest = Column(left, width, faces)
        self.digest.add_words(frame.digest.label, LABEL, SMALL, parent.add("P"))
        add_value(self.digest, frame.digest.values[0], parent.add("P"))
        width -= self.SEAL + self.BETWEEN
        half = (width - self.BETWEEN) / 2
        self.lines = [
            [Field(words.FULL_NAME, left, width, faces, parent)],
            [Field(words.POSITION, left, width, faces, parent)],
            [
                Field(words.HAND, left, half, faces, parent),
                Field(words.DAY, left + half + self.BETWEEN, half, faces, parent),
            ],
        ]
        self.seal = Column(0, self.SEAL, faces)
        self.seal.add_words(words.SEAL, SMALL, SMALL, parent.add("P"))

    @property
    def height(self) -> float:
        """Text, three lines to write on, and what stands under the last."""
        text = self.text.height + self.digest.height
        return self.BEFORE + text + len(self.lines) * self.STEP + 2 * self.PADDING + 6

    def draw(self, pen: Pen, top: float) -> None:
        """The frame, then from the top down; the seal is on the right."""
        box = self.height - self.BEFORE
        top -= self.BEFORE
        canvas = pen.canvas
        with pen.artifact():
            canvas.setStrokeColorRGB(*EDGE)
            canvas.setLineWidth(0.8)
            canvas.roundRect(LEFT, top - box, INNER, box, 4, stroke=1, fill=0)
        top -= self.PADDING
        self.text.draw(pen, top)
        top -= self.text.height
        self.digest.draw(pen, top)
        top -= self.digest.height
        for at, fields in enumerate(self.lines, start=1):
            for field in fields:
                field.draw(pen, top - at * self.STEP + 10)
        self._draw_seal(pen, top - len(self.lines) * self.STEP / 2 - 6)

    def _draw_seal(self, pen: Pen, y: float) -> None:
        radius = self.SEAL / 2
        x = RIGHT - self.PADDING - radius
        canvas = pen.canvas
        with pen.artifact():
            canvas.saveState()
            canvas.setStrokeColorRGB(*LINE)
            canvas.setDash(3, 3)
            canvas.circle(x, y, radius, stroke=1, fill=0)
            canvas.restoreState()
        words_width = max(
            run.x + self.seal.faces[run.style.font].measure(run.text, run.style.size)
            for _leading, runs in self.seal.lines
            for run in runs
        )
        self.seal.x = x - words_width / 2
        self.seal.draw(pen, y + self.seal.height / 2)
