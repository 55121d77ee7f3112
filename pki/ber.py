"""BER to DER for what signers really send: indefinite lengths and constructed strings.

The order of SET OF is left alone: what was signed must stay what was signed.
"""

from pki.errors import CMSMalformedError

MAX_DEPTH = 32
CONSTRUCTED = 0x20
LONG_TAG = 0x1F
CONSTRUCTED_OCTETS = 0x24
OCTETS = 0x04
END_OF_CONTENTS = b"\0\0"


def ber_to_der(data: bytes) -> bytes:
    """The one element in `data` with definite, shortest lengths (X.690, 8.1.3, 10.1).

    Raises `CMSMalformedError` for anything that is not one whole element, or is nested deeper
    than `MAX_DEPTH`.
    """
    try:
        tag, content, end = _element(data, 0, len(data), MAX_DEPTH)
    except IndexError as error:
        raise CMSMalformedError from error
    if end != len(data):
        raise CMSMalformedError
    return encode(tag, content)


def encode(tag: bytes, content: bytes) -> bytes:
    """Tag, shortest length, content."""
    length = len(content)
    if length < 0x80:
        return tag + bytes((length,)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return tag + bytes((0x80 | len(size),)) + size + content


def _header(data: bytes, position: int) -> tuple[bytes, int | None, int]:
    """Tag, length (None where indefinite) and where the content starts."""
    start = position
    if data[position] & LONG_TAG == LONG_TAG:
        position += 1
        while data[position] & 0x80:
            position += 1
    position += 1
    tag, length = data[start:position], data[position]
    position += 1
    if length == 0x80:
        return tag, None, position
    if length & 0x80:
        count = length & 0x7F
        if count > 4:
            raise CMSMalformedError
        size = data[position : position + count]
        if len(size) != count:
            raise CMSMalformedError
        return tag, int.from_bytes(size), position + count
    return tag, length, position


def _element(data: bytes, position: int, limit: int, depth: int) -> tuple[bytes, bytes, int]:
    """Tag, content in DER, and where the element ends."""
    if depth == 0:
        raise CMSMalformedError
    tag, length, start = _header(data, position)
    end = limit if length is None else start + length
    if end > limit:
        raise CMSMalformedError
    if not tag[0] & CONSTRUCTED:
        if length is None:
            raise CMSMalformedError
        return tag, data[start:end], end
    parts, after = _children(data, start, end, depth, is_definite=length is not None)
    if tag[0] == CONSTRUCTED_OCTETS:
        if any(part != bytes((OCTETS,)) for part, _content in parts):
            raise CMSMalformedError
        return bytes((OCTETS,)), b"".join(content for _tag, content in parts), after
    return tag, b"".join(encode(*part) for part in parts), after


def _children(
    data: bytes, position: int, end: int, depth: int, *, is_definite: bool
) -> tuple[list[tuple[bytes, bytes]], int]:
    parts: list[tuple[bytes, bytes]] = []
    while True:
        if is_definite and position == end:
            return parts, end
        if not is_definite and data[position : position + 2] == END_OF_CONTENTS:
            return parts, position + 2
        if position >= end:
            raise CMSMalformedError
        tag, content, position = _element(data, position, end, depth - 1)
        parts.append((tag, content))
