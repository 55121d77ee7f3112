"""A whole PDF that shows pages and does nothing else (ISO 32000-1).

Every object is looked at, in use or not; the contents of streams are never decoded, but for
those in which a PDF keeps other objects. Nothing is repaired: what a reader would have to guess
is damage.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, PasswordError, Pdf, PdfError, Stream

from renewals.errors import (
    ActiveContentError,
    AttachmentsError,
    DocumentBrokenError,
    DocumentEncryptedError,
    DocumentTooBigError,
)

MAX_OBJECTS = 100_000
MAX_VALUES = 500_000
MAX_PAGES = 500
END_OF_FILE = b"%%EOF"
WHITE_SPACE = b"\x00\t\n\x0c\r "
# Keys that only stand where something runs by itself: 12.6.3, 12.6.4.16, 12.7.8, 13.7.
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
)
# Actions that run, play, send or open something else (12.6.4); a link to a page or an address of
# the web does not.
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm"}
    | {"/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/GoToDp"}
    | {"/Hide", "/SetOCGState", "/SetState", "/NOP"}
)
PASSIVE_ACTIONS = frozenset({"/GoTo", "/URI", "/Named", "/Thread", "/Trans"})
# Of annotations (12.5.6) and XObjects (8.8): films, sounds, models, programs.
ACTIVE_SUBTYPES = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/PS"})
# 7.11.4, 12.3.5.
ATTACHING_KEYS = frozenset({"/EF", "/EmbeddedFiles", "/Collection"})


def require_pdf(data: bytes) -> None:
    """Raises `DocumentBrokenError`, `DocumentEncryptedError`, `ActiveContentError`,
    `AttachmentsError`, `DocumentTooBigError`.
    """
    _require_end(data)
    try:
        with pikepdf.open(
            BytesIO(data),
            attempt_recovery=False,
            inherit_page_attributes=False,
            # Numbers stay what they are: none is too long to be read.
            conversion_mode="explicit",
        ) as pdf:
            if pdf.is_encrypted:
                raise DocumentEncryptedError
            _require_passive(pdf)
            if pdf.get_warnings():
                raise DocumentBrokenError
            # From here on only trifles are told, as that a page without text has no fonts.
            _require_pages(pdf)
    except PasswordError as error:
        raise DocumentEncryptedError from error
    except MemoryError as error:
        raise DocumentTooBigError from error
    except (PdfError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        # The last four are what the library raises for objects of the wrong kind.
        raise DocumentBrokenError from error


def _require_end(data: bytes) -> None:
    """Nothing but white space behind the end-of-file marker (7.5.5)."""
    end = data.rfind(END_OF_FILE)
    if end < 0:
        raise DocumentBrokenError
    if data[end + len(END_OF_FILE) :].strip(WHITE_SPACE):
        raise AttachmentsError


def _require_pages(pdf: Pdf) -> None:
    count = len(pdf.pages)
    if not count:
        raise DocumentBrokenError
    if count > MAX_PAGES:
        raise DocumentTooBigError


def _require_passive(pdf: Pdf) -> None:
    if len(pdf.objects) > MAX_OBJECTS:
        raise DocumentTooBigError
    _require_quiet_opening(pdf.Root)
    values = 0
    waiting: list[Object] = [pdf.trailer, *pdf.objects]
    while waiting:
        found = waiting.pop()
        for value in _parts(found):
            values += 1
            if values > MAX_VALUES:
                raise DocumentTooBigError
            if isinstance(value, Dictionary | Array) and not value.is_indirect:
                waiting.append(value)


def _parts(found: Object) -> Iterator[object]:
    """What is directly inside; of an indirect object inside it is the turn later, or was."""
    if isinstance(found, Stream):
        # Its data in a file elsewhere (7.3.8.2).
        if "/F" in found.stream_dict:
            raise AttachmentsError
        found = found.stream_dict
    if isinstance(found, Dictionary):
        _require_quiet(found)
        yield from (value for _key, value in found.items())
    elif isinstance(found, Array):
        yield from found


def _require_quiet(found: Object) -> None:
    keys = found.keys()
    if keys & ATTACHING_KEYS:
        raise AttachmentsError
    if keys & ACTIVE_KEYS:
        raise ActiveContentError
    subtype, kind = _name(found, "/Subtype"), _name(found, "/Type")
    if subtype == "/FileAttachment" or kind == "/EmbeddedFile":
        raise AttachmentsError
    action = _name(found, "/S")
    is_unknown_action = kind == "/Action" and action not in PASSIVE_ACTIONS
    if action in ACTIVE_ACTIONS or subtype in ACTIVE_SUBTYPES or is_unknown_action:
        raise ActiveContentError


def _require_quiet_opening(root: Object) -> None:
    """When it is opened, it may go to a page and no further (12.6.2)."""
    opening = root.get("/OpenAction")
    if isinstance(opening, Dictionary) and (_name(opening, "/S") != "/GoTo" or "/Next" in opening):
        raise ActiveContentError


def _name(found: Object, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, Name) else ""
