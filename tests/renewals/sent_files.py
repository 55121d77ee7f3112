"""Files as people send them: small and real."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

MEGABYTE = 1024 * 1024
Change = Callable[[Pdf], object]


def pdf(*changes: Change, **options: object) -> bytes:
    """Two pages with text; `changes` do something to it before it is saved."""
    with pikepdf.new() as document:
        for _page in range(2):
            document.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        for page in document.pages:
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            page.Contents = Stream(document, b"BT /F1 24 Tf 72 720 Td (Power of attorney) Tj ET")
        for change in changes:
            change(document)
        target = BytesIO()
        # The same bytes each time; what is encrypted cannot be.
        fixed = "encryption" not in options
        document.save(target, deterministic_id=fixed, **options)  # type: ignore[arg-type]
        return target.getvalue()


def written_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """One that no library would write: the objects as they are, numbered from 1, 1 is the root."""
    body, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<</Root 1 0 R/Size %d%s>>\n" % (len(objects) + 1, trailer)
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


ROOT = b"<</Type/Catalog/Pages 2 0 R%s>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>%s>>"


def plain_pdf(*more: bytes, root: bytes = b"", page: bytes = b"", trailer: bytes = b"") -> bytes:
    """The least that is a PDF, with something added at a place of one's choice."""
    return written_pdf(ROOT % root, PAGES, PAGE % page, *more, trailer=trailer)


def stream(content: bytes, more: bytes = b"") -> bytes:
    """An object of a PDF."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def jpeg(width: int = 60, height: int = 40, mode: str = "RGB", **options: object) -> bytes:
    """A picture with something on it."""
    target = BytesIO()
    gradient = Image.linear_gradient("L").resize((width, height))
    gradient.convert(mode).save(target, "JPEG", **options)
    return target.getvalue()


def png(width: int = 60, height: int = 40, mode: str = "RGB") -> bytes:
    """A picture with something on it."""
    target = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(target, "PNG")
    return target.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """Of a PNG, with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def written_png(*chunks: bytes, width: int = 8, height: int = 8) -> bytes:
    """Grey, of the chunks between the first and the last."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def archive() -> bytes:
    """A zip with a program in it."""
    target = BytesIO()
    with ZipFile(target, "w") as packed:
        packed.writestr("setup.exe", b"MZ" + b"\0" * 200)
    return target.getvalue()


def samsung_trailer(*notes: bytes) -> bytes:
    """What Samsung's telephones append to a picture."""
    blocks = [struct.pack("<HHI", 0, 0xA01, 14) + b"Image_UTC_Data" + note for note in notes]
    entries, behind = b"", sum(map(len, blocks))
    for block in blocks:
        entries += struct.pack("<HHII", 0, 0xA01, behind, len(block))
        behind -= len(block)
    head = b"SEFH" + struct.pack("<II", 106, len(blocks)) + entries
    return b"".join(blocks) + head + struct.pack("<I", len(head)) + b"SEFT"


# --- what a PDF may have ------------------------------------------------------------------


def _own_links(document: Pdf) -> None:
    address = Dictionary(S=Name.URI, URI=String("https://egov.kz"))
    inside = Dictionary(S=Name.GoTo, D=[document.pages[1].obj, Name.Fit])
    document.pages[0].Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
            for action in (address, inside)
        ]
    )
    document.Root.OpenAction = Array([document.pages[0].obj, Name.XYZ, None, None, 0])


def _filled_form(document: Pdf) -> None:
    field = Dictionary(FT=Name.Tx, T=String("name"), V=String("Айгүл"), Subtype=Name.Widget)
    document.Root.AcroForm = Dictionary(Fields=[document.make_indirect(field)])


def _open_at_page(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=[document.pages[0].obj, Name.Fit])


def changed_later() -> bytes:
    """With a second table of objects behind the first, as programs write that sign or fill in."""
    first = plain_pdf()
    start = first.rindex(b"xref\n0 ")
    page = b"3 0 obj\n%s\nendobj\n" % (PAGE % b"/Rotate 90")
    table = b"xref\n3 1\n%010d 00000 n \ntrailer\n<</Root 1 0 R/Size 4/Prev %d>>\n"
    body = first + page
    return body + table % (len(first), start) + b"startxref\n%d\n%%%%EOF\r\n" % (len(first + page))


GOOD_PDFS: dict[str, bytes] = {
    "plain": pdf(),
    "the least": plain_pdf(),
    "object streams": pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearised": pdf(linearize=True),
    "links": pdf(_own_links),
    "filled form": pdf(_filled_form),
    "opens at a page": pdf(_open_at_page),
    "changed later": changed_later(),
}
GOOD_JPEGS: dict[str, bytes] = {
    **{mode: jpeg(mode=mode) for mode in ("L", "RGB", "CMYK")},
    **{f"progressive {mode}": jpeg(mode=mode, progressive=True) for mode in ("L", "RGB", "CMYK")},
    "one pixel": jpeg(1, 1),
    "a copy and a map behind it": jpeg() + b"\0" * 100 + jpeg(9, 9) + jpeg(5, 5, "L"),
    "notes of a telephone": jpeg() + samsung_trailer(b"1700000000000", b"MCC 401"),
}
GOOD_PNGS: dict[str, bytes] = {
    mode: png(mode=mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
}
