"""Writes DER anew as BER that old programs write: indefinite lengths, strings in pieces."""

from collections.abc import Iterator

LONG = 200
PIECE = 100


def to_ber(der: bytes) -> bytes:
    """The same elements; what stands inside an OCTET STRING keeps its form."""
    return b"".join(_elements(der))


def safe_to_ber(pfx: bytes) -> bytes:
    """A PFX without a seal, its AuthenticatedSafe in BER too (a seal would be broken by that)."""
    safe = _authenticated_safe(pfx)
    changed = b"\x24\x80" + _pieces(to_ber(safe)) + b"\0\0"
    old = b"\x04" + _length(len(safe)) + safe
    content_info = _skip(pfx, 0)[0]
    version = content_info[:3]
    oid = content_info[3:].removesuffix(old)
    # What is left of the headers before the OCTET STRING: ContentInfo, its OID, [0].
    name = oid[_header(oid)[0] :]
    name = name[: 2 + name[1]]
    return b"\x30\x80" + version + b"\x30\x80" + name + b"\xa0\x80" + changed + b"\0\0" * 3


def _authenticated_safe(pfx: bytes) -> bytes:
    content_info = _skip(pfx, 0)[0][3:]
    explicit = _skip(content_info, 0)[0]
    explicit = explicit[2 + explicit[1] :]
    return _skip(_skip(explicit, 0)[0], 0)[0]


def _skip(der: bytes, start: int) -> tuple[bytes, bytes]:
    """Content of the first element, and what follows it."""
    begin, length = _header(der[start:])
    end = start + begin + length
    return der[start + begin : end], der[end:]


def _elements(der: bytes) -> Iterator[bytes]:
    while der:
        tag = der[0]
        content, der = _skip(der, 0)
        if tag & 0x20:
            yield bytes([tag, 0x80]) + to_ber(content) + b"\0\0"
        elif tag in {0x04, 0x80} and len(content) > LONG:
            # OCTET STRING, and the implicit one of encrypted content
            yield bytes([tag | 0x20 if tag == 0x04 else 0xA0, 0x80]) + _pieces(content) + b"\0\0"
        else:
            yield bytes([tag]) + _length(len(content)) + content


def _pieces(content: bytes) -> bytes:
    parts = (content[at : at + 100] for at in range(0, len(content), 100))
    return b"".join(b"\x04" + _length(len(part)) + part for part in parts)


def _header(der: bytes) -> tuple[int, int]:
    if der[1] < 0x80:
        return 2, der[1]
    count = der[1] & 0x7F
    return 2 + count, int.from_bytes(der[2 : 2 + count])


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(octets)]) + octets
