"""The few pieces of DER from which certificates are put together. Reads only our own DER."""

from datetime import datetime

SEQUENCE, INTEGER, BIT_STRING, OCTET_STRING, EXTENSIONS = 0x30, 0x02, 0x03, 0x04, 0xA3
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
# RFC 5280, 4.1.2.5: dates through 2049 MUST be UTCTime.
GENERALIZED_FROM_YEAR = 2050


def tlv(tag: int, content: bytes) -> bytes:
    """One element."""
    return header(tag, len(content)) + content


def header(tag: int, length: int) -> bytes:
    """What stands before so many octets: in the shortest form, as DER asks (X.690, 10.1)."""
    if length < 0x80:
        return bytes((tag, length))
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size


def children(element: bytes) -> list[bytes]:
    """The elements inside a constructed element, each with its tag and length."""
    position, end = _content(element, 0)
    found = []
    while position < end:
        _start, after = _content(element, position)
        found.append(element[position:after])
        position = after
    return found


def _content(data: bytes, position: int) -> tuple[int, int]:
    """Where the content of the element at `position` starts and ends."""
    length = data[position + 1]
    start = position + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count])
        start += count
    return start, start + length


def content(element: bytes) -> bytes:
    """What is inside an element."""
    start, end = _content(element, 0)
    return element[start:end]


def is_one(data: bytes, tag: int) -> bool:
    """Whether this is one element of that kind with something in it, and nothing behind it."""
    return len(data) > 2 and data[0] == tag and _content(data, 0)[1] == len(data)


def time(moment: datetime) -> bytes:
    """A moment (aware, UTC) as RFC 5280, 4.1.2.5 wants it; fractions of a second are cut."""
    if moment.year < GENERALIZED_FROM_YEAR:
        return tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return generalized_time(moment)


def generalized_time(moment: datetime) -> bytes:
    """A moment (aware, UTC) where the format knows one kind of time only, to the second."""
    return tlv(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())
