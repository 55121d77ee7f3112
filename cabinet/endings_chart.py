"""The chart of what ends when: bars as SVG wants them, the words are the template's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cabinet.people import Month


@dataclass(frozen=True)
class Bar:
    """One month. `y` and `height` are of a hundred; SVG takes a full stop in every language."""

    first: date
    people: int
    y: str
    height: str


@dataclass(frozen=True)
class Chart:
    """The bars, and the month with the most people; None where nothing ends."""

    bars: tuple[Bar, ...]
    peak: Month | None


def draw_chart(months: Sequence[Month]) -> Chart:
    """The highest bar fills the height."""
    most = max((month.people for month in months), default=0)
    bars = tuple(_bar(month, most) for month in months)
    peak = next((month for month in months if month.people == most), None)
    return Chart(bars, peak if most else None)


def _bar(month: Month, most: int) -> Bar:
    height = 100 * month.people / max(most, 1)
    return Bar(month.first, month.people, f"{100 - height:.2f}", f"{height:.2f}")
