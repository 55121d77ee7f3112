"""Archives that readers could see differently, lead out or grow: refused, and quickly."""

import hashlib
from dataclasses import replace

import pytest

from pki.archive import END, LIMITS, read_archive
from pki.asic import read_container
from pki.container_errors import (
    ContainerBombError,
    ContainerDamagedError,
    ContainerDoubledError,
    ContainerEncryptedError,
    ContainerMalformedError,
    ContainerNameError,
    ContainerTooLargeError,
    ContainerTypeError,
)
from pki.errors import PKIError
from tests.pki.archives import (
    FILES,
    Part,
    container,
    deflate,
    deflate_at,
    pack,
    parts,
    refuse,
    seconds,
    with_last,
)


def test_made_by_hand_it_is_the_same() -> None:
    assert pack(parts()) == container()


def test_deflated_files_are_read_but_for_the_type() -> None:
    first, *others = parts()
    packed = [replace(part, method=8) for part in others]
    assert read_container(pack([first, *packed])).files == FILES
    with pytest.raises(ContainerTypeError):
        read_container(pack([replace(first, method=8), *others]))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"flags": 0x1}, ContainerEncryptedError),
        ({"flags": 0x41}, ContainerEncryptedError),
        ({"flags": 0x2000}, ContainerEncryptedError),
        # Sizes behind the data, names in UTF-8, and whatever else a flag says.
        ({"flags": 0x8}, ContainerMalformedError),
        ({"flags": 0x800}, ContainerMalformedError),
        ({"method": 12, "packed": b"BZh9"}, ContainerMalformedError),
        ({"method": 99}, ContainerMalformedError),
        # ZIP64: the sizes stand elsewhere.
        ({"packed_size": 0xFFFFFFFF, "size": 0xFFFFFFFF}, ContainerBombError),
        ({"extra": b"\x01\x00\x08\x00" + bytes(8)}, ContainerMalformedError),
        # A second name, for readers that prefer it.
        ({"extra": b"\x75\x70\x0a\x00\x01" + bytes(4) + b"../x"}, ContainerMalformedError),
        ({"comment": b"?"}, ContainerMalformedError),
        # A link, a folder, a file of another system.
        ({"outer": 0o120777 << 16, "made_by": 0x0314}, ContainerMalformedError),
        ({"outer": 0o120777 << 16}, ContainerMalformedError),
        ({"outer": 0x10}, ContainerMalformedError),
        ({"version": 45}, ContainerMalformedError),
        ({"disk": 1}, ContainerMalformedError),
        ({"crc": 1}, ContainerDamagedError),
        ({"local_crc": 1}, ContainerMalformedError),
        ({"local_time": 1}, ContainerMalformedError),
        ({"local_name": b"secret.json"}, ContainerMalformedError),
        ({"size": 4, "packed_size": 4}, ContainerMalformedError),
        ({"size": 2, "packed_size": 2}, ContainerMalformedError),
        ({"size": 4}, ContainerMalformedError),
        ({"gap": b"hidden"}, ContainerMalformedError),
        ({"offset": 0}, ContainerMalformedError),
        ({"method": 8, "packed": b"\xff\xff"}, ContainerDamagedError),
        ({"method": 8, "packed": deflate(b"{}\n") + b"more"}, ContainerDamagedError),
        ({"method": 8, "packed": deflate(b"{}\n")[:-1]}, ContainerDamagedError),
        ({"method": 8, "size": 2}, ContainerDamagedError),
        ({"method": 8, "size": 4}, ContainerDamagedError),
    ],
)
def test_a_file_that_readers_could_see_differently_is_refused(
    changes: dict[str, object], error: type[PKIError]
) -> None:
    with pytest.raises(error):
        read_container(with_last(**changes))


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../record.json", "a/../b.txt", "/etc/passwd", "//host/share"),
        *("a\\b.txt", "..\\x", "C:x.txt", "c:/x.txt", "a:b", "x\0.txt", "x\n", "x.txt\r"),
        *("~/x", "a//b", "a/", "a/b/c", "./x", "x.", "x ", " x", ".hidden", "a/.b", "a..b"),
        *("-rf", "x*y", "x?y", "x|y", "<x>", '"x"', "con", "NUL.txt", "a/com1.x", "lpt9"),
        *("record.json\u200b", "ｒecord.json", "cafe\u0301", "x" * 65, "\u202etxt.cer"),
    ],
)
def test_a_name_that_is_more_than_a_name_is_refused(name: str) -> None:
    octets = name.encode()
    with pytest.raises(ContainerNameError):
        read_archive(pack([*parts(), Part(octets, b"x")]))


@pytest.mark.parametrize("name", ["record.json", "RECORD.json", "Certificates/Holder.CER"])
def test_two_files_of_one_name_are_refused(name: str) -> None:
    with pytest.raises(ContainerDoubledError):
        read_container(pack([*parts(), Part(name.encode(), b"x")]))


def test_nothing_stands_before_behind_or_between() -> None:
    data = container()
    shifted = [replace(part, offset=None) for part in parts()]
    for other in (
        b"\x7fELF" + data,
        pack(shifted, prefix=b"#!/bin/sh\n"),
        data + b"\0",
        data + data,
        data[:-2] + b"\x03\x00" + b"see",
        # A second end, for readers that look from the front.
        data[: -END.size] + data[-END.size :] * 2,
    ):
        with pytest.raises(ContainerMalformedError):
            read_container(other)


def test_files_that_lie_over_each_other_are_refused() -> None:
    # The bomb of David Fifield: many rows of the directory, one stretch of data.
    first = parts()[0]
    kernel = Part(b"a", bytes(range(256)) * 4, method=8)
    whole = pack([first, kernel])
    offset = len(first.local())
    rows = b"".join(replace(kernel, name=b"%d" % number).central(offset) for number in range(50))
    directory = first.central(0) + rows
    body = whole[: offset + len(kernel.local())]
    end = END.pack(b"PK\x05\x06", 0, 0, 51, 51, len(directory), len(body), 0)
    with pytest.raises(ContainerMalformedError):
        read_archive(body + directory + end)


@pytest.mark.parametrize("field", range(1, 7))
def test_an_end_that_lies_is_refused(field: int) -> None:
    data = container()
    values = list(END.unpack(data[-END.size :]))
    for change in (1, -1, 0xFFFF - values[field]):
        other = list(values)
        other[field] = max(values[field] + change, 0)
        if other != values:
            with pytest.raises((ContainerMalformedError, ContainerBombError)):
                read_container(data[: -END.size] + END.pack(*other))


# --- bombs --------------------------------------------------------------------------------


def test_a_hundred_megabytes_are_not_even_looked_at() -> None:
    data = bytes(100 * 1024 * 1024)
    assert seconds(lambda: refuse(data, ContainerTooLargeError)) < 0.1


def test_more_files_than_there_can_be_are_refused() -> None:
    many = [Part(b"f%d" % number, b"") for number in range(LIMITS.entries + 1)]
    refuse(pack(many))
    assert len(read_archive(pack(many[:-1]))) == LIMITS.entries


def test_a_file_that_grows_is_refused_before_it_has_grown() -> None:
    big = bytes(50 * 1024 * 1024)
    bomb = Part(b"bomb", big, method=8)
    assert seconds(lambda: refuse(pack([*parts(), bomb]))) < 2
    # The same, and its directory says that it is small.
    liar = replace(bomb, size=1000, crc=0)
    data = pack([*parts(), liar])
    assert seconds(lambda: refuse(data, ContainerDamagedError)) < 0.1


def test_many_files_that_grow_little_are_refused_as_well() -> None:
    one = bytes(range(256)) * 4096
    grown = [Part(b"f%d" % number, one, method=8) for number in range(12)]
    with pytest.raises(ContainerBombError):
        read_archive(pack(grown))


def test_a_quine_of_archives_is_never_opened_twice() -> None:
    inner = container()
    files = {"inner.pem": inner}
    assert read_container(container(files)).files == files


def test_the_worst_that_fits_takes_less_than_a_second() -> None:
    # Random bytes are stored; these shrink just as much as is allowed.
    block = hashlib.sha512(b"seed").digest() * 64
    files = [
        Part(b"f%d" % number, block * (LIMITS.entry // len(block)), method=8) for number in range(5)
    ]
    worst = [replace(part, packed=deflate_at(part.data, 1)) for part in files]
    data = pack(worst)
    assert sum(len(part.data) for part in worst) == LIMITS.total

    def read() -> None:
        try:
            read_archive(data)
        except ContainerBombError:
            read_archive(data, replace(LIMITS, ratio=10_000))

    assert seconds(read) < 1
