"""A whole PNG: chunk after chunk to its end, nothing behind it (PNG Specification, 5)."""

import struct
import zlib
from collections.abc import Iterator

from PIL.PngImagePlugin import PngImageFile

from renewals.documents.picture import decode, require_pixels
from renewals.errors import AttachmentsError, DocumentBrokenError, DocumentTooBigError

SIGNATURE_BYTES = 8
# An encoder cuts its data into chunks of 8 KB or more: 10 MB are 1,300 of them.
MAX_CHUNKS = 5_000


def require_png(data: bytes) -> None:
    """Raises `DocumentBrokenError`, `DocumentTooBigError`, `AttachmentsError`."""
    end = 0
    for count, (name, body, after) in enumerate(_chunks(data), start=1):
        if count > MAX_CHUNKS:
            raise DocumentTooBigError
        if (name == b"IHDR") != (count == 1):
            raise DocumentBrokenError
        if name == b"IHDR":
            _require_header(body)
        if name == b"IEND":
            end = after
            break
    if not end:
        raise DocumentBrokenError
    if end != len(data):
        raise AttachmentsError
    decode(data, PngImageFile)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Name, body and where the next one begins; each has its checksum."""
    at = SIGNATURE_BYTES
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        body_at, after = at + 8, at + 12 + length
        if after > len(data):
            raise DocumentBrokenError
        (checksum,) = struct.unpack_from(">I", data, after - 4)
        if zlib.crc32(data[at + 4 : after - 4]) != checksum:
            raise DocumentBrokenError
        yield data[at + 4 : body_at], data[body_at : after - 4], after
        at = after


def _require_header(body: bytes) -> None:
    if len(body) != 13:
        raise DocumentBrokenError
    width, height = struct.unpack_from(">II", body)
    require_pixels(width, height)
