"""The form as a document to keep: PDF/A-2, tagged, everything inside, nothing that acts."""

import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Object, Pdf
from pypdf import PdfReader

from renewals.form import words
from renewals.form.archive import MOST_PAIRS, srgb_profile
from renewals.form.decoration import dark_modules
from renewals.form.facts import FormFacts
from renewals.form.pdf import write_form
from renewals.machine import State
from tests.renewals.papers import LETTERS, approval, documents, employee, individual
from tests.renewals.reading import opened

PAPERS: dict[str, FormFacts] = {
    "individual": individual(),
    "awaiting": replace(employee(), documents=documents(10), holder=LETTERS),
    "approved": replace(employee(State.INSTALLED, is_issued=True), decision=approval()),
}
PAINTING = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do"}


@pytest.fixture(params=PAPERS)
def paper(request: pytest.FixtureRequest) -> Iterator[Pdf]:
    with opened(write_form(PAPERS[request.param])) as document:
        yield document


def fonts_of(document: Pdf) -> list[Object]:
    return [
        one
        for one in document.objects
        if isinstance(one, Dictionary) and one.get("/Type") == Name.Font
    ]


def test_every_font_is_inside_cut_down_and_can_be_read_back(paper: Pdf) -> None:
    fonts = fonts_of(paper)
    assert {str(font.BaseFont).split("+")[1] for font in fonts} == {
        "GolosText-Regular",
        "GolosText-SemiBold",
    }
    for font in fonts:
        assert re.fullmatch(r"/[A-Z]{6}\+GolosText-\w+", str(font.BaseFont))
        assert font.FontDescriptor.FontName == font.BaseFont
        # ISO 19005-2, 6.2.11.6: a symbolic font has no encoding, and its program one map.
        assert "/Encoding" not in font
        assert int(font.FontDescriptor.Flags) & 0b100100 == 0b100
        assert map_count(font.FontDescriptor.FontFile2.read_bytes()) == 1
        assert len(font.Widths) == int(font.LastChar) - int(font.FirstChar) + 1


def map_count(program: bytes) -> int:
    """Sub-tables in the `cmap` of a TrueType font."""
    tables = struct.unpack(">H", program[4:6])[0]
    entries = [program[12 + 16 * at : 28 + 16 * at] for at in range(tables)]
    (cmap,) = [entry for entry in entries if entry[:4] == b"cmap"]
    offset = struct.unpack(">I", cmap[8:12])[0]
    count: int = struct.unpack(">H", program[offset + 2 : offset + 4])[0]
    return count


def test_the_maps_to_unicode_come_in_short_blocks_and_map_to_letters(paper: Pdf) -> None:
    for font in fonts_of(paper):
        cmap = font.ToUnicode.read_bytes().decode()
        blocks = re.findall(r"(\d+) beginbfchar\n(.*?)\nendbfchar", cmap, flags=re.S)
        assert blocks
        for count, lines in blocks:
            pairs = lines.splitlines()
            assert len(pairs) == int(count) <= MOST_PAIRS
            assert not [pair for pair in pairs if pair.endswith(("<0000>", "<FEFF>", "<FFFE>"))]


def shown_codes(document: Pdf) -> Iterator[tuple[str, int]]:
    for page in document.pages:
        font = ""
        for step in pikepdf.parse_content_stream(page):
            if str(step.operator) == "Tf":
                font = str(step.operands[0])
            elif str(step.operator) == "Tj":
                yield from ((font, code) for code in bytes(step.operands[0]))


def test_no_letter_is_drawn_that_the_font_does_not_have(paper: Pdf) -> None:
    resources = paper.pages[0].resources.Font
    mapped = {
        name: {int(code, 16) for code in re.findall(rb"^<(..)> <", text, flags=re.M)}
        for name, text in (
            (name, font.ToUnicode.read_bytes()) for name, font in resources.as_dict().items()
        )
    }
    codes = set(shown_codes(paper))
    assert len(codes) > 100
    assert not [code for font, code in codes if code not in mapped[font]]


def test_it_says_that_it_is_pdf_a_2_and_the_two_descriptions_agree(paper: Pdf) -> None:
    # Not as a context: leaving that would bring the two into step.
    metadata = paper.open_metadata()
    assert metadata.pdfa_status == "2B"
    assert metadata["dc:title"] == str(paper.docinfo.Title)
    assert metadata["xmp:CreatorTool"] == str(paper.docinfo.Creator) == "cabinet.example"
    assert metadata["pdf:Producer"] == str(paper.docinfo.Producer)
    assert metadata["xmp:CreateDate"] == metadata["xmp:ModifyDate"] == "2026-11-23T05:14:00+00:00"
    assert metadata["dc:language"] == {"kk", "ru"}
    assert str(paper.docinfo.CreationDate) == "D:20261123051400+00'00'"
    assert str(paper.docinfo.ModDate) == "D:20261123051400+00'00'"
    assert "/Filter" not in paper.Root.Metadata


def test_its_moment_is_the_newest_that_it_shows() -> None:
    facts = individual()
    later = replace(facts, as_of=facts.as_of.replace(hour=9))
    with opened(write_form(later)) as document:
        assert str(document.docinfo.CreationDate) == "D:20261123091400+00'00'"


def test_markup_in_the_name_of_the_portal_does_not_break_the_description() -> None:
    facts = replace(individual(), portal="a<b>&c")
    with opened(write_form(facts)) as document:
        assert document.open_metadata()["xmp:CreatorTool"] == "a<b>&c"


def test_its_colours_are_those_of_an_srgb_profile_inside(paper: Pdf) -> None:
    (intent,) = paper.Root.OutputIntents
    assert intent.S == Name.GTS_PDFA1
    profile = intent.DestOutputProfile
    assert int(profile.N) == 3
    data = profile.read_bytes()
    # ICC.1:2010, 7.2: size, version 4.2, display, RGB, the signature of the format.
    assert struct.unpack(">I", data[:4])[0] == len(data)
    assert data[8:10] == b"\x04\x20"
    assert data[12:20] == b"mntrRGB "
    assert data[36:40] == b"acsp"
    used = {
        str(step.operator) for page in paper.pages for step in pikepdf.parse_content_stream(page)
    }
    assert used & {"rg", "RG"}
    assert not used & {"k", "K", "cs", "CS", "gs", "sh"}


def test_the_profile_does_not_say_when_the_process_was_started() -> None:
    srgb_profile.cache_clear()
    year, *rest = struct.unpack(">6H", srgb_profile()[24:36])
    assert (year, rest) == (2026, [1, 1, 0, 0, 0])


def test_there_is_nothing_in_it_that_acts_hides_or_shines_through(paper: Pdf) -> None:
    assert not paper.is_encrypted
    assert not paper.attachments
    forbidden = {
        *("/AA", "/OpenAction", "/JavaScript", "/JS", "/Annots", "/AcroForm", "/EmbeddedFiles"),
        *("/ExtGState", "/SMask", "/OCProperties", "/XFA", "/Trans", "/Encrypt"),
    }
    for one in paper.objects:
        if isinstance(one, Dictionary):
            assert not forbidden & set(one.keys())
    assert len(paper.trailer.ID) == 2


def test_it_shows_its_title_and_names_its_language(paper: Pdf) -> None:
    assert paper.Root.ViewerPreferences.DisplayDocTitle
    assert str(paper.Root.Lang) == "kk"
    assert words.TITLE.kk in str(paper.docinfo.Title)
    assert words.TITLE.ru in str(paper.docinfo.Title)


# --- structure ----------------------------------------------------------------------------


def elements_of(node: Object) -> Iterator[Object]:
    kids = node.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, Dictionary) and kid.get("/Type") == Name.StructElem:
            yield kid
            yield from elements_of(kid)


def test_whatever_is_drawn_is_part_of_the_structure_or_decoration(paper: Pdf) -> None:
    numbers = paper.Root.StructTreeRoot.ParentTree.Nums
    for at, page in enumerate(paper.pages):
        assert int(page.obj.StructParents) == at == int(numbers[2 * at])
        elements = numbers[2 * at + 1]
        open_tags: list[str] = []
        found: list[int] = []
        for step in pikepdf.parse_content_stream(page):
            operator = str(step.operator)
            if operator == "BDC":
                found.append(int(step.operands[1].MCID))
                assert str(elements[found[-1]].S) == str(step.operands[0])
            if operator in {"BDC", "BMC"}:
                assert not open_tags
                open_tags.append(str(step.operands[0]))
            elif operator == "EMC":
                open_tags.pop()
            elif operator in PAINTING:
                assert open_tags, step
        assert not open_tags
        assert found == list(range(len(elements)))


def test_the_structure_has_headings_tables_and_both_languages(paper: Pdf) -> None:
    elements = list(elements_of(paper.Root.StructTreeRoot))
    tags = [str(element.S) for element in elements]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= 4
    assert {"/Document", "/Sect", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(tags)
    heads = [element for element in elements if element.S == Name.TH]
    assert {str(head.A.Scope) for head in heads} == {"/Row", "/Column"}
    assert {str(one.Lang) for one in elements if "/Lang" in one} == {"kk", "ru"}
    (figure,) = [element for element in elements if str(element.S) == "/Figure"]
    assert individual().verify_address in str(figure.Alt)
    assert all(element.P.Type in {Name.StructElem, Name.StructTreeRoot} for element in elements)


# --- the square code ----------------------------------------------------------------------


def drawn_modules(document: Pdf, size: int) -> list[list[bool]]:
    """What the boxes on the page make of the code, module by module."""
    modules = [[False] * size for _row in range(size)]
    inside = False
    for step in pikepdf.parse_content_stream(document.pages[0]):
        if str(step.operator) == "BDC":
            inside = step.operands[0] == Name.Figure
        if inside and str(step.operator) == "re":
            left, row, width, height = (int(number) for number in step.operands)
            assert height == 1
            for column in range(left, left + width):
                modules[row][column] = True
    return modules


def test_the_code_on_the_page_is_that_of_the_address(paper: Pdf) -> None:
    wanted = [list(row) for row in dark_modules(individual().verify_address)]
    assert len(wanted) == 33
    assert drawn_modules(paper, len(wanted)) == wanted


def test_the_code_says_the_address() -> None:
    address = individual().verify_address
    modules = [list(row) for row in dark_modules(address)]
    assert read_code(modules) == address


def read_code(modules: list[list[bool]]) -> str:
    """Decode a QR code of version 4, level M, in bytes, without damage (ISO/IEC 18004, 7)."""
    size = len(modules)
    assert size == 33
    mask_bits = "".join(str(int(modules[8][column])) for column in (2, 3, 4))
    mask = int(mask_bits, 2) ^ 0b101
    bits: list[bool] = []
    for column, upwards in columns_of(size):
        rows = reversed(range(size)) if upwards else range(size)
        for row in rows:
            bits += [
                modules[row][at] ^ MASKS[mask](row, at)
                for at in (column, column - 1)
                if not is_fixed(row, at, size)
            ]
    words_read = [
        int("".join(str(int(bit)) for bit in bits[at : at + 8]), 2)
        for at in range(0, len(bits) - 7, 8)
    ]
    # Two blocks of 32 data words, one word of each in turn.
    data = words_read[0:64:2] + words_read[1:64:2]
    stream = "".join(f"{word:08b}" for word in data)
    assert stream[:4] == "0100"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()


MASKS: dict[int, Callable[[int, int], bool]] = {
    0: lambda row, column: (row + column) % 2 == 0,
    1: lambda row, column: row % 2 == 0,
    2: lambda row, column: column % 3 == 0,
    3: lambda row, column: (row + column) % 3 == 0,
    4: lambda row, column: (row // 2 + column // 3) % 2 == 0,
    5: lambda row, column: row * column % 2 + row * column % 3 == 0,
    6: lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    7: lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
}


def columns_of(size: int) -> Iterator[tuple[int, bool]]:
    """Pairs of columns from the right, upwards and downwards in turn, around the timing line."""
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        yield right, upwards
        upwards = not upwards


def is_fixed(row: int, column: int, size: int) -> bool:
    """Finders with their format bits, timing lines, and the alignment pattern of version 4."""
    finder = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    alignment = 24 <= row <= 28 and 24 <= column <= 28
    return finder or row == 6 or column == 6 or alignment


def test_anybody_can_open_it(paper: Pdf) -> None:
    out = io.BytesIO()
    paper.save(out)
    assert len(PdfReader(out).pages) == len(paper.pages)
    assert paper.check_pdf_syntax() == []
