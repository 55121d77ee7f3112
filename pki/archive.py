"""ZIP as far as a container needs it: written in one form, read without any forgiveness.

Everything that readers of ZIP disagree about is refused, so that nobody sees another archive
than we do. Nothing is unpacked to disk.
"""

import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from pki.container_errors import (
    ContainerBombError,
    ContainerDamagedError,
    ContainerDoubledError,
    ContainerEncryptedError,
    ContainerMalformedError,
    ContainerNameError,
    ContainerTooLargeError,
)

# PKWARE's APPNOTE 6.3.10: 4.3.7, 4.3.12, 4.3.16.
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
STORED, DEFLATED = 0, 8
VERSION = 20
# 1 January 1980, 00:00: the first day there is, and no news about who made the file when.
TIME, DATE = 0, 0x21
ENCRYPTED = 0x2041  # bits 0, 6 and 13 (4.4.4)

# Plain letters only: nothing to fold or to normalise, no way up, no device, no drive, and no
# two names that some file system takes for one.
PART = r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|/|\Z))[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,63}"
NAME = re.compile(rf"{PART}(?:/{PART})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """How much is read, in bytes; `ratio` is how much bigger a file may become."""

    archive: int = 5 * 1024 * 1024
    entries: int = 64
    entry: int = 2 * 1024 * 1024
    total: int = 10 * 1024 * 1024
    ratio: int = 100


LIMITS = Limits()


@dataclass(frozen=True)
class _Entry:
    """One row of the directory, its name already judged."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: bytes


def require_name(name: str) -> None:
    """Raises `ContainerNameError` for a name that could mean anything but a file in here."""
    if not NAME.fullmatch(name):
        raise ContainerNameError(name=_show(name))


def write_archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The archive, stored and in the given order: the same files are always the same bytes."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, data in files:
        require_name(name)
        octets = name.encode("ascii")
        crc, size = zlib.crc32(data), len(data)
        shared = (VERSION, 0, STORED, TIME, DATE, crc, size, size, len(octets), 0)
        directory += CENTRAL.pack(CENTRAL_MARK, VERSION, *shared, 0, 0, 0, 0, len(body)) + octets
        body += LOCAL.pack(LOCAL_MARK, *shared) + octets + data
        count += 1
    end = END.pack(END_MARK, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory) + end


def read_archive(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    """The files in their order. Raises the `container.*` errors about archives and names."""
    if len(data) > limits.archive:
        raise ContainerTooLargeError(most=str(limits.archive))
    entries = _directory(data, limits)
    files: dict[str, bytes] = {}
    position = 0
    for entry in entries:
        after = position + len(entry.header) + entry.packed
        # What the directory says stands before the file once more, to the bit.
        if data[position : position + len(entry.header)] != entry.header:
            raise ContainerMalformedError(what="local header", name=entry.name)
        files[entry.name] = _unpack(entry, data[position + len(entry.header) : after])
        position = after
    return files


def _directory(data: bytes, limits: Limits) -> list[_Entry]:
    """Every entry, each right behind the one before, the directory right behind the last."""
    start, count = _end(data, limits)
    entries = []
    seen: set[str] = set()
    position, offset, total = start, 0, 0
    for _number in range(count):
        entry, position = _row(data, position, offset)
        if entry.name.casefold() in seen:
            raise ContainerDoubledError(name=entry.name)
        seen.add(entry.name.casefold())
        total += entry.size
        if entry.size > min(limits.entry, limits.ratio * max(entry.packed, 1)):
            raise ContainerBombError(name=entry.name)
        offset += len(entry.header) + entry.packed
        entries.append(entry)
    _require(position == len(data) - END.size, "directory")
    _require(offset == start, "gap")
    if total > limits.total:
        raise ContainerBombError(name="")
    return entries


def _end(data: bytes, limits: Limits) -> tuple[int, int]:
    """Where the directory starts, and how many rows it has. No comment, nothing behind."""
    _require(data[:4] == LOCAL_MARK and len(data) > END.size, "not an archive")
    mark, disk, first, here, count, size, start, comment = END.unpack(data[-END.size :])
    _require(mark == END_MARK and comment == 0, "end")
    _require(disk == first == 0 and here == count, "disks")
    _require(start + size == len(data) - END.size, "directory")
    if count > limits.entries:
        raise ContainerBombError(name="")
    return start, count


def _row(data: bytes, position: int, offset: int) -> tuple[_Entry, int]:
    """One row of the directory, and where the next one starts."""
    after = position + CENTRAL.size
    _require(after <= len(data) - END.size, "directory")
    row = CENTRAL.unpack(data[position:after])
    mark, made_by, version, flags, method, time, date, crc, packed, size = row[:10]
    name_length, extra, comment, disk, inner, outer, where = row[10:]
    _require(mark == CENTRAL_MARK, "directory")
    if flags & ENCRYPTED:
        raise ContainerEncryptedError
    # No extra fields: no ZIP64, no second name. No attributes: no links, no folders.
    _require((made_by, version, flags) == (VERSION, VERSION, 0), "version")
    _require((extra, comment, disk, inner, outer, where) == (0, 0, 0, 0, 0, offset), "row")
    _require(method == DEFLATED or (method == STORED and packed == size), "method")
    octets = data[after : after + name_length]
    _require(len(octets) == name_length, "name")
    name = octets.decode("latin-1")
    require_name(name)
    shared = (version, flags, method, time, date, crc, packed, size, name_length, 0)
    header = LOCAL.pack(LOCAL_MARK, *shared) + octets
    return _Entry(name, method, crc, packed, size, header), after + name_length


def _unpack(entry: _Entry, packed: bytes) -> bytes:
    found = packed if entry.method == STORED else _inflate(entry, packed)
    if len(found) != entry.size or zlib.crc32(found) != entry.crc:
        raise ContainerDamagedError(name=entry.name)
    return found


def _inflate(entry: _Entry, packed: bytes) -> bytes:
    """Never more than was announced; one stream, whole, with nothing behind it."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = stream.decompress(packed, entry.size + 1)
    except zlib.error as error:
        raise ContainerDamagedError(name=entry.name) from error
    if not stream.eof or stream.unused_data:
        raise ContainerDamagedError(name=entry.name)
    return found


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  # reads as a sentence where it stands
    if not holds:
        raise ContainerMalformedError(what=what)


def _show(name: str) -> str:
    """A strange name so that it can stand in a sentence."""
    shown = name.encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in shown)[:60]
