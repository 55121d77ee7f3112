"""What a document is, judged by its bytes alone: a whole PDF, JPEG or PNG that does nothing.

Pure, and bounded in itself; `renewals.documents.apart` runs it where it can do no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pki.csr import parse_request
from pki.errors import KeyStoreSentError, PKIError, PrivateKeySentError
from renewals.documents.jpeg import require_jpeg
from renewals.documents.pdf import require_pdf
from renewals.documents.png import require_png
from renewals.errors import (
    AttachmentsError,
    DocumentEmptyError,
    DocumentKeyError,
    DocumentTooLargeError,
    DocumentTypeError,
)

MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
# A key file is a few kilobytes; nothing larger is looked through for one.
MAX_KEY_BYTES = 64 * 1024
END_OF_ARCHIVE, DIRECTORY = b"PK\x05\x06", b"PK\x01\x02"


@dataclass(frozen=True)
class Media:
    """The media type as in RFC 2046 and the ending of a file name, without its dot."""

    media_type: str
    extension: str


PDF = Media("application/pdf", "pdf")
JPEG = Media("image/jpeg", "jpg")
PNG = Media("image/png", "png")
BY_TYPE = {one.media_type: one for one in (PDF, JPEG, PNG)}
# At the very beginning: what stands before it would be another file to another program.
BEGINNINGS: tuple[tuple[bytes, Media, Callable[[bytes], None]], ...] = (
    (b"%PDF-", PDF, require_pdf),
    (b"\xff\xd8\xff", JPEG, require_jpeg),
    (b"\x89PNG\r\n\x1a\n", PNG, require_png),
)


def require_size(size: int) -> None:
    """Raises `DocumentEmptyError`, `DocumentTooLargeError`. `size` is in bytes."""
    if not size:
        raise DocumentEmptyError
    if size > MAX_BYTES:
        raise DocumentTooLargeError(most=str(MAX_MEGABYTES))


def judge(data: bytes) -> Media:
    """What these bytes are, read from the first to the last. Raises a `DocumentError`."""
    require_size(len(data))
    for beginning, media, require in BEGINNINGS:
        if data.startswith(beginning):
            if _carries_archive(data):
                raise AttachmentsError
            require(data)
            return media
    _require_no_key(data)
    raise DocumentTypeError


def _carries_archive(data: bytes) -> bool:
    """A zip is read from its end, so that one may stand behind or within any other file.

    Its end tells how long its directory is, which stands just before (APPNOTE.TXT, 4.3.16).
    """
    end = data.find(END_OF_ARCHIVE)
    while end >= 0:
        size = int.from_bytes(data[end + 12 : end + 16], "little")
        if 0 < size <= end and data.startswith(DIRECTORY, end - size):
            return True
        end = data.find(END_OF_ARCHIVE, end + 1)
    return False


def _require_no_key(data: bytes) -> None:
    """A key sent by mistake has been seen by us: its owner must know."""
    if len(data) > MAX_KEY_BYTES:
        return
    try:
        parse_request(data)
    except (KeyStoreSentError, PrivateKeySentError) as error:
        raise DocumentKeyError from error
    except PKIError:
        return
