"""Writes DER anew as BER that old programs write: indefinite lengths, strings in pieces."""

from collections.abc import Iterator

LONG = 200
PIECE = 100
OCTET_STRING = 0x04
END = b"\0\0"
# An OCTET STRING, and the implicit one of encrypted content: their tags when in pieces.
IN_PIECES = {OCTET_STRING: 0x24, 0x80: 0xA0}


def to_ber(der: bytes, *, inside: bool = False) -> bytes:
    """The same elements in another form.

    What stands in an OCTET STRING keeps its form, since a seal may cover it; `inside`: but not
    in the outermost one, the AuthenticatedSafe of a PFX without a seal.
    """
    return b"".join(_elements(der, inside=inside))


def _elements(der: bytes, *, inside: bool) -> Iterator[bytes]:
    while der:
        tag = der[0]
        start, length = _header(der)
        content, der = der[start : start + length], der[start + length :]
        if tag & 0x20:
            yield bytes([tag, 0x80]) + to_ber(content, inside=inside) + END
        elif tag in IN_PIECES and len(content) > LONG:
            whole = to_ber(content) if inside else content
            yield bytes([IN_PIECES[tag], 0x80]) + _pieces(whole) + END
        else:
            yield bytes([tag]) + _length(len(content)) + content


def _pieces(content: bytes) -> bytes:
    parts = (content[at : at + PIECE] for at in range(0, len(content), PIECE))
    return b"".join(bytes([OCTET_STRING]) + _length(len(part)) + part for part in parts)


def _header(der: bytes) -> tuple[int, int]:
    """Where the content begins, and its length."""
    if der[1] < 0x80:
        return 2, der[1]
    count = der[1] & 0x7F
    return 2 + count, int.from_bytes(der[2 : 2 + count])


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(octets)]) + octets
