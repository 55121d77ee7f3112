"""What the parts of the paper are, for readers that do not look at it (ISO 32000-1, 14.7)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """A stretch of a page's content: page from 0, number within the page."""

    page: int
    mcid: int


@dataclass(eq=False)
class Element:
    """A node of the structure tree; `tag` is a standard type (ISO 32000-1, 14.8.4).

    `lang` is of its text, `alt` says what a picture shows, `scope` what a cell is the head of:
    `Row` or `Column`.
    """

    tag: str
    lang: str = ""
    alt: str = ""
    scope: str = ""
    kids: list["Element | Mark"] = field(default_factory=list)

    def add(self, tag: str, *, lang: str = "", alt: str = "", scope: str = "") -> "Element":
        """A new last child."""
        child = Element(tag, lang, alt, scope)
        self.kids.append(child)
        return child
