"""Measures, colours and letters of the paper, in points; the colours are the site's tokens."""

from dataclasses import dataclass

from reportlab.lib.pagesizes import A4

from renewals.form.fonts import REGULAR, STRONG

Colour = tuple[float, float, float]

WIDTH, HEIGHT = A4
LEFT = 56.7
RIGHT = WIDTH - LEFT
INNER = RIGHT - LEFT
# The first line of a page, and the last that the text may reach.
TOP = HEIGHT - 44
BOTTOM = 56
FOOT = 32
LABEL_WIDTH = 148.0
GUTTER = 14.0
VALUE_WIDTH = INNER - LABEL_WIDTH - GUTTER
HALF_GUTTER = 22.0
HALF = (INNER - HALF_GUTTER) / 2


def colour_of(token: str) -> Colour:
    """`#00677f` as three parts of one."""
    red, green, blue = (int(token[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


INK = colour_of("#0b2f3a")
TEXT = colour_of("#17363f")
MUTED = colour_of("#4a626b")
EDGE = colour_of("#5e7780")
LINE = colour_of("#d5e2e6")
MIST = colour_of("#f2f7f8")
TEAL = colour_of("#00677f")
TEAL_MID = colour_of("#8fc3cf")
GOLD = colour_of("#e5ac32")
OK, OK_SOFT = colour_of("#1b6944"), colour_of("#e6f3eb")
BAD, BAD_SOFT = colour_of("#a82a1a"), colour_of("#fdeeeb")
PAPER: Colour = (1, 1, 1)


def lighten(colour: Colour, share: float) -> Colour:
    """`share` of the colour, the rest paper: fades without transparency."""
    red, green, blue = (1 - (1 - part) * share for part in colour)
    return red, green, blue


def write_colour(colour: Colour) -> str:
    """As operators of a page take it."""
    return " ".join(f"{part:.3f}" for part in colour)


@dataclass(frozen=True)
class Style:
    """How letters look; `leading` is from line to line."""

    font: str
    size: float
    leading: float
    colour: Colour = INK


TITLE = Style(STRONG, 17.5, 21.5)
SUBTITLE = Style(STRONG, 12, 16, MUTED)
BRAND = Style(STRONG, 10.5, 13)
SMALL = Style(REGULAR, 8, 10.5, MUTED)
LABEL = Style(REGULAR, 8, 10.5, TEXT)
HEADING = Style(STRONG, 11.25, 14.5)
HEADING_SECOND = Style(STRONG, 11.25, 14.5, MUTED)
VALUE = Style(REGULAR, 9.5, 13)
VALUE_STRONG = Style(STRONG, 10.5, 13.5)
PROSE = Style(REGULAR, 9.25, 13.25)
DIGEST = Style(REGULAR, 7.75, 10.5, TEXT)
FOOTER = Style(REGULAR, 7.75, 10, MUTED)
CODE = Style(STRONG, 8.5, 11)
