"""Files as nobody should send them: PDFs that act, bombs, two files in one."""

import struct
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from tests.renewals.sent_files import (
    MEGABYTE,
    PAGE,
    ROOT,
    Change,
    archive,
    chunk,
    jpeg,
    pdf,
    plain_pdf,
    png,
    samsung_trailer,
    stream,
    written_pdf,
    written_png,
)

PAGE_TEXT = b"<html><script>alert(1)</script></html>"


def _script(document: Pdf) -> Object:
    script = Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)"))
    return document.make_indirect(script)


def _opening(**action: Any) -> Change:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(Dictionary(**action))

    return change


def _link(**action: Any) -> Change:
    """On a page, for whoever clicks."""

    def change(document: Pdf) -> None:
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(**action)
        )
        document.pages[1].Annots = Array([document.make_indirect(link)])

    return change


def _annotation(subtype: Name) -> Change:
    def change(document: Pdf) -> None:
        found = Dictionary(Type=Name.Annot, Subtype=subtype, Rect=[0, 0, 9, 9])
        document.pages[0].Annots = Array([found])

    return change


def _names_script(document: Pdf) -> None:
    tree = Dictionary(Kids=[document.make_indirect(Dictionary(Names=["a", _script(document)]))])
    document.Root.Names = Dictionary(JavaScript=document.make_indirect(tree))


def _page_script(document: Pdf) -> None:
    document.pages[1].AA = Dictionary(O=_script(document))


def _field_script(document: Pdf) -> None:
    field = Dictionary(FT=Name.Tx, T=String("sum"), AA=Dictionary(K=_script(document)))
    document.Root.AcroForm = Dictionary(Fields=[document.make_indirect(field)])


def _xfa(document: Pdf) -> None:
    form = Stream(document, b"<xdp:xdp/>")
    document.Root.AcroForm = Dictionary(Fields=[], XFA=document.make_indirect(form))


def _unused_script(document: Pdf) -> None:
    document.Root.PieceInfo = Dictionary(X=Dictionary(Private=Array([[[_script(document)]]])))


def _goto_then_script(document: Pdf) -> None:
    action = Dictionary(S=Name.GoTo, D=[document.pages[0].obj, Name.Fit], Next=_script(document))
    document.Root.OpenAction = action


def _goto_then_address(document: Pdf) -> None:
    after = Dictionary(S=Name.URI, URI=String("http://cabinet.example"))
    document.Root.OpenAction = Dictionary(
        S=Name.GoTo, D=[document.pages[0].obj, Name.Fit], Next=after
    )


def _attach(document: Pdf) -> None:
    document.attachments["setup.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")


def _associate(document: Pdf) -> None:
    data = document.make_indirect(Stream(document, b"<xml/>", Type=Name.EmbeddedFile))
    spec = Dictionary(Type=Name.Filespec, F=String("a.xml"), EF=Dictionary(F=data))
    document.Root.AF = Array([spec])


ACTIVE: dict[str, bytes] = {
    "script when opened": pdf(_opening(S=Name.JavaScript, JS=String("app.alert(1)"))),
    "script in the tree of names": pdf(_names_script),
    "script of a page": pdf(_page_script),
    "script of a field": pdf(_field_script),
    "script in an object stream": pdf(
        _names_script, object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "script that nothing points to": pdf(_unused_script),
    "script after going to a page": pdf(_goto_then_script),
    "script under a spelled-out name": plain_pdf(root=b"/OpenAction<</S/J#61vaScript/#4aS(x)>>"),
    "script whose kind is elsewhere": plain_pdf(
        b"/JavaScript", page=b"/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S 4 0 R>>>>]"
    ),
    "script in the trailer": plain_pdf(trailer=b"/Info<</JS(app.alert)>>"),
    "address when opened": pdf(_opening(S=Name.URI, URI=String("http://cabinet.example"))),
    "address after opening": pdf(_goto_then_address),
    "program": pdf(_link(S=Name.Launch, F=String("cmd.exe"))),
    "form that sends": pdf(_link(S=Name.SubmitForm, F=String("http://cabinet.example"))),
    "form that fetches": pdf(_link(S=Name.ImportData, F=String("a.fdf"))),
    "another file": pdf(_link(S=Name.GoToR, F=String("a.pdf"), D=[0, Name.Fit])),
    "a file inside": pdf(_link(S=Name.GoToE, D=[0, Name.Fit])),
    "action that nobody knows": pdf(_link(Type=Name.Action, S=Name.Unheard)),
    "hiding": pdf(_link(S=Name.Hide, T=String("stamp"))),
    "film": pdf(_annotation(Name.RichMedia)),
    "screen": pdf(_annotation(Name.Screen)),
    "sound": pdf(_annotation(Name.Sound)),
    "model": pdf(_annotation(Name("/3D"))),
    "XFA": pdf(_xfa),
}
ATTACHING: dict[str, bytes] = {
    "file": pdf(_attach),
    "file of an invoice": pdf(_associate),
    "paper clip": pdf(_annotation(Name.FileAttachment)),
    "portfolio": plain_pdf(root=b"/Collection<</Type/Collection>>"),
    "stream kept elsewhere": plain_pdf(stream(b"", b"/F(//host/share)")),
}
ENCRYPTED: dict[str, bytes] = {
    "by a password": pdf(encryption=pikepdf.Encryption(owner="secret", user="secret")),
    "by rights": pdf(encryption=pikepdf.Encryption(owner="secret", user="")),
    "by an old cipher": pdf(
        encryption=pikepdf.Encryption(owner="secret", user="", R=3, aes=False, metadata=False)
    ),
}

# --- two files in one -----------------------------------------------------------------------


def png_note(text: bytes) -> bytes:
    """A PNG with a text in it, before its end."""
    whole = png()
    return whole[:-12] + chunk(b"tEXt", b"Comment\0" + text) + whole[-12:]


APPENDED: dict[str, bytes] = {
    "zip behind a PDF": pdf() + archive(),
    "zip behind a JPEG": jpeg() + archive(),
    "zip behind a PNG": png() + archive(),
    "zip in a stream of a PDF": plain_pdf(stream(archive())),
    "zip in a note of a PNG": png_note(archive()),
    "zip in the notes of a telephone": jpeg() + samsung_trailer(archive()),
    "page behind a PDF": pdf() + PAGE_TEXT,
    "page behind a JPEG": jpeg() + PAGE_TEXT,
    "page behind a PNG": png() + PAGE_TEXT,
    "film behind a JPEG": jpeg() + b"\0\0\0\x18ftypmp42" + b"\0" * 500,
    "PDF behind a JPEG": jpeg() + pdf(),
    "program behind a PNG": png() + b"MZ\x90\0",
    "notes that hide something": jpeg() + b"MZ\x90" + samsung_trailer(b"x"),
    "notes that say too much": jpeg() + samsung_trailer(b"x")[:-8] + b"\xff\xff\xff\xffSEFT",
    "no notes at all": jpeg() + b"SEFT",
}
PREPENDED: dict[str, bytes] = {
    "zip before a PDF": archive() + pdf(),
    "page before a PDF": PAGE_TEXT + pdf(),
    "page before a JPEG": PAGE_TEXT + jpeg(),
    "page before a PNG": PAGE_TEXT + png(),
    "a line before a PDF": b"\n" + pdf(),
    "an order mark before a PDF": b"\xef\xbb\xbf" + pdf(),
}

# --- files that want too much ---------------------------------------------------------------


def object_stream_bomb() -> bytes:
    """Objects that are kept packed: ten times what may be unpacked."""
    packing = zlib.compressobj(9)
    packed = packing.compress(b"10 0 ")
    for _megabyte in range(640):
        packed += packing.compress(b" " * MEGABYTE)
    packed += packing.flush()
    return with_packed(stream(packed, b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode"))


def with_packed(content: bytes) -> bytes:
    """Says that object 10 is the first within object 4."""
    body = bytearray(plain_pdf(content))
    del body[body.rindex(b"xref\n0 ") :]
    places = [bytes(body).index(b"%d 0 obj" % number) for number in range(1, 5)]
    start = len(body)
    table = struct.pack(">BIH", 0, 0, 65535)
    table += b"".join(struct.pack(">BIH", 1, place, 0) for place in places)
    table += struct.pack(">BIH", 0, 0, 0) * 5
    table += struct.pack(">BIH", 2, 4, 0) + struct.pack(">BIH", 1, start, 0)
    more = b"/Type/XRef/Size 12/W[1 4 2]/Root 1 0 R"
    body += b"11 0 obj\n" + stream(table, more) + b"\nendobj\n"
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


def table_bomb(entries: int) -> bytes:
    """A packed table that names as many objects, none of which is there."""
    body = bytearray(plain_pdf())
    start = body.rindex(b"xref\n0 ")
    places = [bytes(body).index(b"%d 0 obj" % number) for number in range(1, 4)]
    del body[start:]
    table = struct.pack(">BI", 0, 0)
    table += b"".join(struct.pack(">BI", 1, place) for place in places)
    table += struct.pack(">BI", 1, 9) * entries
    more = b"/Type/XRef/Size %d/W[1 4 0]/Root 1 0 R/Filter/FlateDecode" % (entries + 4)
    body += b"%d 0 obj\n" % (entries + 4) + stream(zlib.compress(table, 9), more) + b"\nendobj\n"
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


def many_objects(count: int) -> bytes:
    """As many small objects."""
    return plain_pdf(*[b"<<>>"] * count)


def many_values(count: int) -> bytes:
    """One list with as many lists."""
    return plain_pdf(b"[" + b"[]" * count + b"]")


def deep(depth: int) -> bytes:
    """Lists within lists."""
    return plain_pdf(b"[" * depth + b"]" * depth)


def many_pages(count: int) -> bytes:
    """The same page again and again."""
    kids = b"3 0 R " * count
    return written_pdf(ROOT % b"", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count), PAGE % b"")


def looping_pages() -> bytes:
    """A tree of pages that has itself as a branch."""
    return written_pdf(ROOT % b"", b"<</Type/Pages/Kids[2 0 R]/Count 1>>", PAGE % b"")


def many_scans(scans: int, size: int) -> bytes:
    """A progressive JPEG with the same scan again and again."""
    picture = jpeg(size, size, progressive=True)
    begin = picture.rindex(b"\xff\xda")
    return picture[:begin] + picture[begin:-2] * scans + b"\xff\xd9"


def pixel_bomb() -> bytes:
    """A small PNG of 900 million pixels."""
    packing = zlib.compressobj(9)
    rows = b"".join(packing.compress(b"\0" * (30_001 * 100)) for _hundred in range(300))
    return written_png(chunk(b"IDAT", rows + packing.flush()), width=30_000, height=30_000)


def note_bomb() -> bytes:
    """A PNG whose packed notes are unpacked by whoever reads them."""
    packed = zlib.compress(b" " * (80 * MEGABYTE), 9)
    whole = png()
    return whole[:33] + chunk(b"zTXt", b"Comment\0\0" + packed) * 3 + whole[33:]
