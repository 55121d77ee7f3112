"""Text that is broken into lines and stands one under the other."""

from dataclasses import dataclass, field

from renewals.form.fonts import Face
from renewals.form.look import Style
from renewals.form.pen import Line, Pen
from renewals.form.structure import Element
from renewals.form.words import Words

SEPARATOR = " / "


@dataclass(frozen=True)
class Run:
    """A piece of one line, `x` from the column's left."""

    x: float
    text: str
    style: Style
    element: Element


@dataclass
class Column:
    """Lines at a place and of a width; each has its pieces and its leading."""

    x: float
    width: float
    faces: dict[str, Face]
    lines: list[tuple[float, list[Run]]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """All of it."""
        return sum(leading for leading, _runs in self.lines)

    def add_text(self, text: str, style: Style, element: Element) -> None:
        """As many lines as it takes."""
        face = self.faces[style.font]
        for line in face.wrap(face.make_legible(text), style.size, self.width):
            self.lines.append((style.leading, [Run(0, line, style, element)]))

    def add_words(self, words: Words, first: Style, second: Style, parent: Element) -> None:
        """Both languages, on one line where they fit and are not the same."""
        kk = parent.add("Span", lang="kk")
        if words.kk == words.ru:
            self.add_text(words.kk, first, kk)
            return
        ru = parent.add("Span", lang="ru")
        # Names may have been filled in.
        start = self.faces[first.font].make_legible(words.kk) + SEPARATOR
        rest = self.faces[second.font].make_legible(words.ru)
        lead = self.faces[first.font].measure(start, first.size)
        if lead + self.faces[second.font].measure(rest, second.size) <= self.width:
            runs = [Run(0, start, first, kk), Run(lead, rest, second, ru)]
            self.lines.append((max(first.leading, second.leading), runs))
        else:
            self.add_text(words.kk, first, kk)
            self.add_text(words.ru, second, ru)

    def add_halves(self, text: str, style: Style, element: Element) -> None:
        """One line, or two of equal length: what is compared letter by letter."""
        groups = text.split()
        middle = len(groups) if self._fits(text, style) else (len(groups) + 1) // 2
        for half in (groups[:middle], groups[middle:]):
            self.add_text(" ".join(half), style, element)

    def _fits(self, text: str, style: Style) -> bool:
        return self.faces[style.font].measure(text, style.size) <= self.width

    def add_space(self, height: float) -> None:
        """Nothing, so high."""
        self.lines.append((height, []))

    def draw(self, pen: Pen, top: float) -> None:
        """Downwards from `top`; lines of one element are one stretch."""
        waiting: list[tuple[Run, float]] = []
        for leading, runs in self.lines:
            for run in runs:
                if waiting and waiting[0][0].element is not run.element:
                    self._flush(pen, waiting)
                    waiting = []
                waiting.append((run, top))
            top -= leading
        self._flush(pen, waiting)

    def _flush(self, pen: Pen, waiting: list[tuple[Run, float]]) -> None:
        if not waiting:
            return
        with pen.content(waiting[0][0].element):
            pen.write([Line(self.x + run.x, top, run.text, run.style) for run, top in waiting])
