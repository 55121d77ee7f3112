"""The people of an organisation as a table for other programs: CSV that no program runs.

RFC 4180 with semicolons, as office programs of these languages expect; UTF-8 with its mark.
"""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import StringIO

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cabinet.people import Place
from cabinet.person import Person, people_at
from cabinet.standing import Mark
from renewals.statement import mask_identifier

CHUNK = 500
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins with one of these is a formula to office programs; the last is a minus that
# people type. Wide forms of them are found after normalisation.
FORMULA = frozenset("=+-@\N{MINUS SIGN}")
# What may stand before it and is passed over.
QUOTES = frozenset("'\"`\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}«»“”„‚‹›")

COLUMNS: tuple[Promise, ...] = (
    _("Name"),
    _("IIN"),
    _("Role"),
    _("State"),
    _("Valid until"),
    _("Days left"),
    _("Certificates in force"),
    _("Application"),
    _("State of the application"),
    _("May approve from"),
    _("May approve until"),
)
MARKS: dict[Mark, Promise] = {
    Mark.IN_FORCE: _("In force"),
    Mark.ENDS_SOON: _("Ends soon"),
    Mark.EXPIRED: _("Expired"),
    Mark.SUSPENDED: _("Suspended"),
    Mark.REVOKED: _("Revoked"),
}


def write_table(
    bin: str,  # noqa: A002  # the identifier's own name
    places: Sequence[Place],
    *,
    language: str,
    now: datetime,
) -> Iterator[str]:
    """Piece by piece: the heading, then five hundred people at a time."""
    with override(language):
        heading = _write([[str(column) for column in COLUMNS]])
    yield BYTE_ORDER_MARK + heading
    for start in range(0, len(places), CHUNK):
        # The language holds for whoever else this thread serves, so it is set for each piece.
        with override(language):
            people = people_at(bin, places[start : start + CHUNK], now=now)
            piece = _write([_cells(person) for person in people])
        yield piece


def safe_cell(text: str) -> str:
    """On one line, and begun with an apostrophe where a program would take it for a formula."""
    line = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return f"'{line}" if text[:1] in {"\t", "\r"} or _is_formula(line) else line


def _is_formula(line: str) -> bool:
    for char in unicodedata.normalize("NFKC", line):
        if char in FORMULA:
            return True
        # Spaces of any kind, marks without width and quotes are nothing to rely on.
        if not (char.isspace() or char in QUOTES or unicodedata.category(char) in {"Cf", "Mn"}):
            return False
    return False


def _cells(person: Person) -> list[str]:
    application, mandate = person.application, person.mandate
    return [
        person.certificate.common_name,
        mask_identifier(person.certificate.iin),
        person.roles,
        str(MARKS[person.mark]),
        _day(timezone.localdate(person.ended_at)),
        "" if person.days_left is None else str(person.days_left),
        str(0 if person.is_past else sum(len(one.certificates) for one in person.in_use)),
        application.number if application else "",
        str(person.tag.words) if person.tag else "",
        _day(mandate.starts_on) if mandate else "",
        _day(mandate.ends_on) if mandate else "",
    ]


def _day(day: date) -> str:
    """As every program reads it."""
    return day.isoformat()


def _write(rows: list[list[str]]) -> str:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
