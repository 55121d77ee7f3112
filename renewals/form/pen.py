"""Draws on the pages, and remembers for each stretch of them which element it belongs to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from renewals.form.fonts import Face
from renewals.form.look import Colour, Style, write_colour
from renewals.form.structure import Element, Mark

# Room over and under the letters of a line, as parts of its leading.
BASELINE = 0.27


@dataclass(frozen=True)
class Line:
    """Some letters on the page; `top` is the upper edge of their leading."""

    x: float
    top: float
    text: str
    style: Style


class Pen:
    """`marks` are the elements of each page, by the number of their stretch in it."""

    def __init__(self, canvas: Canvas, faces: dict[str, Face]) -> None:
        self.canvas = canvas
        self.faces = faces
        self.marks: list[list[Element]] = [[]]

    def turn_page(self) -> None:
        """Go on with the next."""
        self.canvas.showPage()
        self.marks.append([])

    @contextmanager
    def content(self, element: Element) -> Iterator[None]:
        """What is drawn meanwhile is part of `element`."""
        page, marks = len(self.marks) - 1, self.marks[-1]
        element.kids.append(Mark(page, len(marks)))
        self.canvas.addLiteral(f"/{element.tag} <</MCID {len(marks)}>> BDC")
        marks.append(element)
        yield
        self.canvas.addLiteral("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn meanwhile says nothing: lines, grounds, page numbers."""
        self.canvas.addLiteral("/Artifact BMC")
        yield
        self.canvas.addLiteral("EMC")

    def write(self, lines: Sequence[Line]) -> None:
        """Lines of one stretch, each where it says."""
        block, last = None, None
        for line in lines:
            style = line.style
            x, y = round(line.x, 2), round(line.top - style.leading * (1 - BASELINE), 2)
            if block is None:
                block = self.canvas.beginText(x, y)
            else:
                block.setTextOrigin(x, y)
            if style is not last:
                block.setFont(style.font, style.size, style.leading)
                block.setFillColorRGB(*style.colour)
                last = style
            block.textLine(line.text)
        if block is not None:
            self.canvas.drawText(block)

    def rule(self, x: float, y: float, width: float, colour: Colour, weight: float = 0.5) -> None:
        """A level line to the right."""
        ends = f"{x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l"
        self.canvas.addLiteral(f"{write_colour(colour)} RG {weight:g} w {ends} S")

    def ground(self, x: float, top: float, width: float, height: float, colour: Colour) -> None:
        """A filled box with round corners; `top` is its upper edge."""
        self.canvas.setFillColorRGB(*colour)
        self.canvas.roundRect(x, top - height, width, height, 4, stroke=0, fill=1)
