"""The paper of an application as PDF: A4, embedded fonts, the same bytes for the same facts."""

import io
import threading
from collections.abc import Iterator, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from renewals.form import words
from renewals.form.archive import About, archive
from renewals.form.blocks import (
    Block,
    Faces,
    HeadingBlock,
    ParagraphBlock,
    RowBlock,
    SummaryBlock,
    VerdictBlock,
)
from renewals.form.content import Section, check_of, foot_of, sections_of, summary_of
from renewals.form.facts import FormFacts
from renewals.form.fonts import REGULAR, load_faces
from renewals.form.frame import FrameBlock, HeadBlock
from renewals.form.look import BOTTOM, FOOT, FOOTER, INNER, LEFT, LINE, RIGHT, TOP
from renewals.form.pen import Line, Pen
from renewals.form.structure import Element

# Sections up to this height stay on one page.
WHOLE = 300.0
# reportlab reads glyphs at a place that it keeps in the font: one paper at a time.
_one_at_a_time = threading.Lock()


def write_form(facts: FormFacts) -> bytes:
    """The paper of an application. Raises `FontsError` when the site's build is missing."""
    with _one_at_a_time:
        faces = load_faces()
        root = Element("Document")
        pages = _paginate(list(_blocks(facts, faces, root)))
        out = io.BytesIO()
        # Compressed at the end, once, with everything else.
        canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=0, initialFontName=REGULAR)
        pen = Pen(canvas, faces)
        for at, blocks in enumerate(pages, start=1):
            if at > 1:
                pen.turn_page()
            _draw_page(pen, blocks)
            _draw_foot(pen, foot_of(facts), f"{at} / {len(pages)}")
        canvas.save()
    about = About(
        title=f"{words.TITLE.kk} / {words.TITLE.ru} № {facts.number}",
        creator=facts.portal,
        languages=("kk", "ru"),
        made_at=facts.as_of,
    )
    return archive(out.getvalue(), root, pen.marks, about)


def _blocks(facts: FormFacts, faces: Faces, root: Element) -> Iterator[Block]:
    yield HeadBlock(facts, faces, root)
    yield SummaryBlock(summary_of(facts), faces, root)
    yield RowBlock(check_of(facts), faces, root.add("Table"))
    for section in sections_of(facts):
        yield from _section_blocks(section, faces, root.add("Sect"))


def _section_blocks(section: Section, faces: Faces, parent: Element) -> Iterator[Block]:
    yield HeadingBlock(section.title, faces, parent)
    if section.verdict is not None:
        yield VerdictBlock(section.verdict, faces, parent)
    if section.paragraph is not None:
        follows = bool(section.rows) or section.frame is not None
        yield ParagraphBlock(section.paragraph, faces, parent, keeps=follows)
    if section.rows:
        table = parent.add("Table")
        rows = [RowBlock(row, faces, table) for row in section.rows]
        is_short = sum(row.height for row in rows) <= WHOLE
        for row in rows[:-1]:
            row.keeps = is_short
        # Nobody turns a page for a single line.
        if len(rows) > 1:
            rows[-2].keeps = True
        yield from rows
    if section.frame is not None:
        yield FrameBlock(section.frame, faces, parent)


def _paginate(blocks: Sequence[Block]) -> list[list[Block]]:
    """Pages from the first to the last, no block over the edge, what keeps together together."""
    room = TOP - BOTTOM
    pages: list[list[Block]] = [[]]
    used = 0.0
    for group in _groups(blocks):
        together = sum(block.height for block in group)
        if used + together > room and together <= room and pages[-1]:
            pages.append([])
            used = 0.0
        for block in group:
            if used + block.height > room and pages[-1]:
                pages.append([])
                used = 0.0
            pages[-1].append(block)
            used += block.height
    return pages


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        group.append(block)
        if not block.keeps:
            yield group
            group = []
    if group:
        yield group


def _draw_page(pen: Pen, blocks: Sequence[Block]) -> None:
    top = TOP
    for block in blocks:
        block.draw(pen, top)
        top -= block.height


def _draw_foot(pen: Pen, text: str, page: str) -> None:
    top = FOOT + FOOTER.leading
    width = pen.faces[FOOTER.font].measure(page, FOOTER.size)
    with pen.artifact():
        pen.rule(LEFT, top + 5, INNER, LINE)
        pen.write([Line(LEFT, top, text, FOOTER), Line(RIGHT - width, top, page, FOOTER)])
