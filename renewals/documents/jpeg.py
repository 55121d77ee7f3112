"""A whole JPEG: segment after segment to its end, and behind it only what cameras put there.

Markers are those of ITU-T T.81, table B.1.
"""

import re
import struct

from PIL.JpegImagePlugin import JpegImageFile

from renewals.documents.picture import MAX_PIXELS, decode, require_pixels
from renewals.errors import AttachmentsError, DocumentBrokenError, DocumentTooBigError

SOI, EOI, SOS, TEM = 0xD8, 0xD9, 0xDA, 0x01
RESTARTS = frozenset(range(0xD0, 0xD8))
# Every frame header; of the same range DHT, JPG and DAC are none.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
# Coded data end before the first marker that is neither stuffing nor a restart (B.1.1.5).
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
FILL = re.compile(rb"\xff+")
MAX_SEGMENTS = 1_000
# Encoders write 10 scans for colour, 18 for four inks. Each costs a pass over every pixel.
MAX_SCANS = 24
# The coefficients of a progressive picture stay in memory until its last scan.
MAX_PROGRESSIVE_PIXELS = MAX_PIXELS // 2
# Behind the picture: smaller copies of it and maps of its brightness (CIPA DC-007).
MAX_FURTHER = 8
MAX_TRAILER_BYTES = 64 * 1024


def require_jpeg(data: bytes) -> None:
    """Raises `DocumentBrokenError`, `DocumentTooBigError`, `AttachmentsError`."""
    end = _end_of_picture(data, 0)
    further = 0
    while (at := _skip_padding(data, end)) < len(data) and data.startswith(b"\xff\xd8\xff", at):
        further += 1
        if further > MAX_FURTHER:
            raise DocumentTooBigError
        end = _end_of_picture(data, at)
    if at < len(data) and not _is_camera_trailer(data[end:]):
        raise AttachmentsError
    decode(data, JpegImageFile)


def _end_of_picture(data: bytes, start: int) -> int:
    """Where the picture that begins at `start` is over."""
    at, scans, pixels = start + 2, 0, 0
    for _segment in range(MAX_SEGMENTS):
        marker, at = _marker(data, at)
        if marker == EOI:
            if not scans or not pixels:
                raise DocumentBrokenError
            return at
        if marker == TEM or marker in RESTARTS:
            continue
        length = _length(data, at)
        if marker in FRAMES:
            pixels = _pixels(data, at, marker, known=pixels)
        at += length
        if marker == SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise DocumentTooBigError
            at = _end_of_scan(data, at)
    raise DocumentTooBigError


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at this place, which may have fill bytes before it, and what follows it."""
    fill = FILL.match(data, at)
    if fill is None or fill.end() == len(data) or data[fill.end()] in {0x00, SOI}:
        raise DocumentBrokenError
    return data[fill.end()], fill.end() + 1


def _length(data: bytes, at: int) -> int:
    """Of a segment, its own two bytes included."""
    if at + 2 > len(data):
        raise DocumentBrokenError
    (length,) = struct.unpack_from(">H", data, at)
    if length < 2 or at + length > len(data):
        raise DocumentBrokenError
    return int(length)


def _pixels(data: bytes, at: int, marker: int, *, known: int) -> int:
    """Of a frame: length, precision, lines, samples per line (B.2.2)."""
    if known or at + 7 > len(data):
        raise DocumentBrokenError
    height, width = struct.unpack_from(">HH", data, at + 3)
    require_pixels(width, height, MAX_PROGRESSIVE_PIXELS if marker in PROGRESSIVE else MAX_PIXELS)
    return int(width * height)


def _end_of_scan(data: bytes, at: int) -> int:
    found = NEXT_MARKER.search(data, at)
    if found is None:
        raise DocumentBrokenError
    return found.start()


def _skip_padding(data: bytes, at: int) -> int:
    """Behind the zero bytes to which cameras fill up."""
    return len(data) - len(data[at:].lstrip(b"\x00"))


def _is_camera_trailer(trailer: bytes) -> bool:
    """What Samsung's telephones append to nearly every picture: notes, and where each stands.

    At the end: `SEFH`, version, count, twelve bytes for each note, their length, `SEFT`. Each
    note stands `offset` before `SEFH`; together they are the whole trailer.
    """
    if len(trailer) > MAX_TRAILER_BYTES or not trailer.endswith(b"SEFT"):
        return False
    (length,) = struct.unpack_from("<I", trailer, len(trailer) - 8) if len(trailer) > 8 else (0,)
    head = len(trailer) - 8 - length
    if length < 12 or head < 0 or not trailer.startswith(b"SEFH", head):
        return False
    (count,) = struct.unpack_from("<I", trailer, head + 8)
    if length != 12 + 12 * count:
        return False
    notes = sorted(struct.unpack_from("<II", trailer, head + 16 + 12 * at) for at in range(count))
    before = 0
    for offset, size in notes:
        if offset != before + size:
            return False
        before = offset
    return not trailer[: head - before].strip(b"\x00")
