"""Archives put together by hand, each of their fields free to lie; containers for tests."""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from pki.archive import CENTRAL, END, LOCAL
from pki.asic import (
    MANIFEST_NAME,
    MEDIA_TYPE,
    SEAL_NAME,
    TYPE_NAME,
    read_container,
    write_container,
    write_manifest,
)
from pki.container_errors import ContainerBombError
from pki.errors import PKIError

FILES = {
    "README.txt": "Прочтите меня\n".encode(),
    "certificates/holder.cer": bytes(range(256)) * 3,
    "record.json": b"{}\n",
}
SEAL = b"a seal, read elsewhere"


def container(files: dict[str, bytes] = FILES, manifest: bytes | None = None) -> bytes:
    whole = write_manifest(files) if manifest is None else manifest
    return write_container(files, manifest=whole, seal=SEAL)


@dataclass(frozen=True)
class Part:
    """One file of an archive, each of its fields free to lie."""

    name: bytes
    data: bytes
    method: int = 0
    packed: bytes | None = None
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    outer: int = 0
    made_by: int = 20
    version: int = 20
    disk: int = 0
    local_name: bytes | None = None
    local_crc: int | None = None
    local_time: int = 0
    offset: int | None = None
    gap: bytes = b""

    @property
    def stream(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflate(self.data) if self.method == 8 else self.data

    @property
    def shared(self) -> tuple[int, ...]:
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        packed = len(self.stream) if self.packed_size is None else self.packed_size
        size = len(self.data) if self.size is None else self.size
        fields = (self.version, self.flags, self.method, 0, 0x21, crc, packed, size)
        return (*fields, len(self.name), len(self.extra))

    def local(self) -> bytes:
        fields = list(self.shared)
        fields[3] = self.local_time
        fields[5] = fields[5] if self.local_crc is None else self.local_crc
        name = self.name if self.local_name is None else self.local_name
        return LOCAL.pack(b"PK\x03\x04", *fields) + name + self.extra + self.stream + self.gap

    def central(self, offset: int) -> bytes:
        where = offset if self.offset is None else self.offset
        more = (len(self.comment), self.disk, 0, self.outer, where)
        head = CENTRAL.pack(b"PK\x01\x02", self.made_by, *self.shared, *more)
        return head + self.name + self.extra + self.comment


def deflate(data: bytes) -> bytes:
    """As densely as it goes."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def pack(parts: list[Part], *, prefix: bytes = b"", end: bytes | None = None) -> bytes:
    body, directory = prefix, b""
    for part in parts:
        directory += part.central(len(body))
        body += part.local()
    count = len(parts)
    tail = END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + (tail if end is None else end)


def parts(files: dict[str, bytes] = FILES) -> list[Part]:
    """As `write_container` lays them."""
    own = [
        Part(TYPE_NAME.encode(), MEDIA_TYPE.encode()),
        Part(MANIFEST_NAME.encode(), write_manifest(files)),
        Part(SEAL_NAME.encode(), SEAL),
    ]
    return [*own, *(Part(name.encode(), data) for name, data in sorted(files.items()))]


def with_last(**changes: object) -> bytes:
    """The container with something else about its last file."""
    *before, last = parts()
    return pack([*before, replace(last, **changes)])  # type: ignore[arg-type]


def deflate_at(data: bytes, level: int) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def refuse(data: bytes, error: type[PKIError] = ContainerBombError) -> None:
    with pytest.raises(error):
        read_container(data)
