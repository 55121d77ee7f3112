"""Turns drawn pages into a document that can be kept for years: PDF/A-2, tagged.

ISO 19005-2: everything that is needed to show it is inside, and it says what it is. The same
pages become the same bytes: no clock, no chance.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String
from PIL import ImageCms

from renewals.form.structure import Element, Mark

PRODUCER = "reportlab, pikepdf"
# ICC.1:2010, 7.2: the profile's version, and when it was made, for which the library takes the
# clock. PDF 1.7 goes up to version 4.2 (ISO 32000-1, table 67), and nothing in it is newer.
ICC_VERSION, ICC_MOMENT = slice(8, 10), slice(24, 36)
# Adobe Technical Note 5014: at most so many in one block.
MOST_PAIRS = 100
PAIR = re.compile(rb"^<([0-9A-F]{2})> <([0-9A-F]{4})>$", re.MULTILINE)

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag>{languages}</rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class About:
    """What the document says about itself; the first language is that of what names none."""

    title: str
    creator: str
    languages: tuple[str, ...]
    made_at: datetime


def archive(drawn: bytes, root: Element, marks: Sequence[Sequence[Element]], about: About) -> bytes:
    """The finished document. `marks` are the elements of each page's stretches."""
    with Pdf.open(io.BytesIO(drawn)) as pdf:
        _describe(pdf, about)
        _intend_srgb(pdf)
        _mend_fonts(pdf)
        _add_structure(pdf, root, marks)
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            # It would be parsed and written anew, for a field that it does not have.
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _describe(pdf: Pdf, about: About) -> None:
    moment = about.made_at.astimezone(UTC)
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(
            Title=String(about.title),
            Creator=String(about.creator),
            Producer=String(PRODUCER),
            CreationDate=String(f"D:{moment:%Y%m%d%H%M%S}+00'00'"),
            ModDate=String(f"D:{moment:%Y%m%d%H%M%S}+00'00'"),
        )
    )
    languages = "".join(f"<rdf:li>{language}</rdf:li>" for language in about.languages)
    packet = XMP.format(
        title=escape(about.title),
        creator=escape(about.creator),
        producer=escape(PRODUCER),
        languages=languages,
        moment=f"{moment:%Y-%m-%dT%H:%M:%S}+00:00",
    )
    metadata = pdf.make_stream(packet.encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata
    pdf.Root.Lang = String(about.languages[0])
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _intend_srgb(pdf: Pdf) -> None:
    """The colours are those of sRGB, and the profile says what that is (ISO 19005-2, 6.2.3)."""
    profile = pdf.make_stream(srgb_profile(), N=3)
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=profile,
            )
        ]
    )


@cache
def srgb_profile() -> bytes:
    """An ICC profile of sRGB, always the same bytes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[ICC_VERSION] = b"\x04\x20"
    # Year, month, day and a time of zeros, two bytes each.
    profile[ICC_MOMENT] = bytes([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    return bytes(profile)


def _mend_fonts(pdf: Pdf) -> None:
    """The maps to Unicode as readers may expect them: in short blocks, nothing for no letter."""
    for page in pdf.pages:
        for font in page.resources.Font.as_dict().values():
            stream = font.get("/ToUnicode")
            if stream is not None:
                stream.write(_mend_map(stream.read_bytes()))
        return  # every page shares one dictionary of fonts


def _mend_map(cmap: bytes) -> bytes:
    pairs = [pair for pair in PAIR.findall(cmap) if pair[1] != b"0000"]
    blocks = []
    for at in range(0, len(pairs), MOST_PAIRS):
        block = pairs[at : at + MOST_PAIRS]
        lines = [b"<%b> <%b>" % pair for pair in block]
        blocks.append(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(lines)))
    head = cmap[: cmap.index(b"endcodespacerange") + len(b"endcodespacerange")]
    tail = cmap[cmap.rindex(b"endbfchar") + len(b"endbfchar") :]
    return head + b"\n" + b"\n".join(blocks) + tail


# --- structure ----------------------------------------------------------------------------


def _add_structure(pdf: Pdf, root: Element, marks: Sequence[Sequence[Element]]) -> None:
    """ISO 32000-1, 14.7: the tree of elements, and from each stretch back to its element."""
    pages = [page.obj for page in pdf.pages]
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    nodes: dict[Element, Object] = {}
    tree.K = _write_element(pdf, root, tree, pages, nodes)
    numbers = Array()
    for at, (page, elements) in enumerate(zip(pages, marks, strict=True)):
        # How a page is turned on a screen, an empty entry of reportlab's.
        del page.Trans
        page.StructParents = at
        page.Tabs = Name.S
        numbers.append(at)
        numbers.append(pdf.make_indirect(Array([nodes[element] for element in elements])))
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(pages)
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _write_element(
    pdf: Pdf,
    element: Element,
    parent: Object,
    pages: Sequence[Object],
    nodes: dict[Element, Object],
) -> Object:
    entries: dict[str, Object | str | int] = {
        "/Type": Name.StructElem,
        "/S": Name(f"/{element.tag}"),
        "/P": parent,
    }
    if element.lang:
        entries["/Lang"] = String(element.lang)
    if element.alt:
        entries["/Alt"] = String(element.alt)
    if element.scope:
        entries["/A"] = Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    marks = [kid for kid in element.kids if isinstance(kid, Mark)]
    if marks:
        # ISO 32000-1, table 323: with the page, a stretch is named by its number alone.
        entries["/Pg"] = pages[marks[0].page]
    node = nodes[element] = pdf.make_indirect(Dictionary(entries))
    kids: list[Object | int] = []
    for kid in element.kids:
        if not isinstance(kid, Mark):
            kids.append(_write_element(pdf, kid, node, pages, nodes))
        elif kid.page == marks[0].page:
            kids.append(kid.mcid)
        else:
            kids.append(Dictionary(Type=Name.MCR, Pg=pages[kid.page], MCID=kid.mcid))
    node.K = kids[0] if len(kids) == 1 else Array(kids)
    return node
