"""The ornament, the ring and the square code, as vectors."""

from functools import cache, lru_cache
from itertools import groupby

from reportlab.graphics.barcode.qr import QrCodeWidget

from renewals.form.look import (
    GOLD,
    INK,
    INNER,
    LEFT,
    TEAL,
    TEAL_MID,
    Colour,
    lighten,
    write_colour,
)
from renewals.form.pen import Pen

Curve = tuple[float, float, float, float, float, float]

# One motif of the band, 80 wide and 16 high: in its middle a ram's horn, `x` from there, with its
# mirror image; at its left end a lozenge, `x` from that end.
MOTIFS = 8
MOTIF_WIDTH = 80.0
HORN_FOOT, HORN_NECK = 15.0, 9.5
HORN: tuple[Curve, ...] = (
    (0, 5, -3, 2.2, -6.4, 2.2),
    (-9.4, 2.2, -11.4, 4.2, -11.4, 6.8),
    (-11.4, 9.1, -9.7, 10.7, -7.6, 10.7),
    (-5.8, 10.7, -4.6, 9.5, -4.6, 7.9),
    (-4.6, 6.7, -5.4, 5.8, -6.5, 5.8),
)
LOZENGE = ((-3.5, 10.5), (0.0, 6.5), (3.5, 10.5), (0.0, 14.5))
# The band is whole in its middle and fades towards both ends, as on the site.
WHOLE = 0.35
FADE_STEPS = 40

MASK = 2
LEVEL = "M"


def draw_ornament(pen: Pen, top: float) -> None:
    """A woven band over the whole width, its line 15 parts of the motif under `top`."""
    canvas = pen.canvas
    scale = INNER / (MOTIFS * MOTIF_WIDTH)
    canvas.saveState()
    canvas.transform(scale, 0, 0, -scale, LEFT, top)
    canvas.setLineCap(1)
    canvas.setLineWidth(1.5)
    canvas.addLiteral(_band())
    canvas.restoreState()


@cache
def _band() -> str:
    """What draws the band, in the units of the motif, downwards."""
    whole = MOTIFS * MOTIF_WIDTH
    step = whole / FADE_STEPS
    drawn = [
        f"{_stroke(TEAL_MID, (at + 0.5) / FADE_STEPS)} "
        f"{at * step:g} {HORN_FOOT:g} m {(at + 1) * step:g} {HORN_FOOT:g} l S"
        for at in range(FADE_STEPS)
    ]
    for motif in range(MOTIFS):
        left = motif * MOTIF_WIDTH
        drawn.append(f"{_stroke(TEAL_MID, (motif + 0.5) / MOTIFS)} {_horns(left)} S")
        if motif:
            drawn.append(f"{_stroke(GOLD, motif / MOTIFS)} {_lozenge(left)} s")
    return "\n".join(drawn)


def _stroke(colour: Colour, share: float) -> str:
    """The colour at a place between both ends, where nothing is left of it."""
    strength = min(share, 1 - share, WHOLE) / WHOLE
    return f"{write_colour(lighten(colour, strength))} RG"


def _horns(left: float) -> str:
    drawn = []
    for side in (1, -1):
        middle = left + MOTIF_WIDTH / 2
        drawn.append(f"{middle:g} {HORN_FOOT:g} m {middle:g} {HORN_NECK:g} l")
        for curve in HORN:
            across = [middle + side * x for x in curve[::2]]
            places = zip(across, curve[1::2], strict=True)
            drawn.append(" ".join(f"{x:g} {y:g}" for x, y in places) + " c")
    return " ".join(drawn)


def _lozenge(left: float) -> str:
    places = [f"{left + x:g} {y:g}" for x, y in LOZENGE]
    return f"{places[0]} m " + " ".join(f"{place} l" for place in places[1:])


def draw_ring(pen: Pen, x: float, y: float, radius: float) -> None:
    """The sign of the cabinet around (x, y): what is left of a year, and its last day."""
    canvas = pen.canvas
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineWidth(radius * 7 / 24)
    canvas.setStrokeColorRGB(*TEAL)
    canvas.arc(x - radius, y - radius, x + radius, y + radius, 90, 280)
    canvas.setFillColorRGB(*GOLD)
    canvas.circle(x + radius * 15 / 24, y + radius * 18.5 / 24, radius * 6.5 / 24, stroke=0, fill=1)
    canvas.restoreState()


def draw_code(pen: Pen, address: str, x: float, top: float, size: float) -> None:
    """The address as a QR code; its upper left corner is at (x, top).

    ISO/IEC 18004 wants four modules of white around it: that is the caller's to leave.
    """
    canvas = pen.canvas
    rows = dark_modules(address)
    module = size / len(rows)
    canvas.saveState()
    canvas.setFillColorRGB(*INK)
    # In whole modules, downwards, as one shape: no hair lines between neighbours.
    canvas.transform(module, 0, 0, -module, x, top)
    for at, row in enumerate(rows):
        left = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                canvas.addLiteral(f"{left} {at} {width} 1 re")
            left += width
    canvas.addLiteral("f")
    canvas.restoreState()


@lru_cache(maxsize=128)
def dark_modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """The code, row by row from the top. Remembered: a tenth of a paper's time is in it.

    Readers take any of the eight masks. To try them all takes seven times as long, and for
    addresses like ours this one is the best or close to it.
    """
    code = QrCodeWidget(address, barLevel=LEVEL).qr
    code.version = code.version or code.calculate_version()
    code.makeImpl(False, MASK)  # noqa: FBT003  # the library's own signature: not a trial
    return tuple(tuple(bool(module) for module in row) for row in code.modules)
