"""How fast a form is written, held against an empty page with the same fonts.

`python -m tests.benchmarks.bench_form`. Both roads of a line run in one run, in turns; every form
has a number of its own, so that no square code is remembered. The target is 50 ms each.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from renewals.form.facts import FormFacts
from renewals.form.fonts import REGULAR, STRONG, load_faces
from renewals.form.pdf import write_form
from renewals.machine import State
from tests.renewals.papers import approval, documents, employee, individual

TARGET_MS = 50
ROUNDS = 25
NUMBERS = count(1)
Road = Callable[[], bytes]


def empty() -> bytes:
    """A page with one letter in each font, as reportlab writes it."""
    load_faces()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=REGULAR)
    for at, font in enumerate((REGULAR, STRONG)):
        canvas.setFont(font, 10)
        canvas.drawString(50, 700 - 20 * at, "Ә")
    canvas.save()
    return out.getvalue()


def written(facts: FormFacts) -> Road:
    """The form, each time of another application."""

    def write() -> bytes:
        number = f"2026-{next(NUMBERS):08d}"
        address = f"https://cabinet.example/verify/?number={number}"
        return write_form(replace(facts, number=number, verify_address=address))

    return write


def milliseconds(road: Road) -> float:
    """One call."""
    started = time.perf_counter()
    road()
    return (time.perf_counter() - started) * 1000


def measure(facts: FormFacts) -> tuple[float, float, int]:
    """Medians of the form and of the empty page, and the form's size."""
    road = written(facts)
    size = len(road())
    empty()
    pairs = [(milliseconds(road), milliseconds(empty)) for _round in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), size


def papers() -> Iterator[tuple[str, FormFacts]]:
    """From the shortest to the longest."""
    yield "individual", individual()
    yield (
        "pair, approved and issued",
        replace(employee(State.INSTALLED, is_issued=True), decision=approval()),
    )
    yield "pair, waiting, 10 documents", replace(employee(), documents=documents(10))


def main() -> None:
    """Print one line per paper: milliseconds, with the ratio to the empty page."""
    print(f"write a form: ms, median of {ROUNDS} rounds (ratio to an empty page), target 50")
    print(f"{'form':<30}{'ours':>8}{'empty page':>12}{'ratio':>8}{'KB':>6}")
    for name, facts in papers():
        ours, theirs, size = measure(facts)
        mark = "" if ours <= TARGET_MS else "  over the target"
        print(
            f"{name:<30}{ours:>8.1f}{theirs:>12.1f}{ours / theirs:>8.1f}{size / 1024:>6.0f}{mark}"
        )


if __name__ == "__main__":
    main()
