"""Whether two distinguished names are the same (RFC 5280, 7.1), however they are written."""

import unicodedata

from cryptography import x509

Part = frozenset[tuple[str, str | bytes]]


def is_same_name(one: x509.Name, other: x509.Name) -> bool:
    """Case, kinds of strings and spaces mean nothing; order and everything else does."""
    return one == other or _parts(one) == _parts(other)


def _parts(name: x509.Name) -> list[Part]:
    return [
        frozenset((part.oid.dotted_string, _prepare(part.value)) for part in group)
        for group in name.rdns
    ]


def _prepare(value: str | bytes) -> str | bytes:
    """As RFC 4518, 2 prepares what is compared without case: folded, spaces drawn together."""
    if isinstance(value, bytes):
        return value
    return " ".join(unicodedata.normalize("NFKC", value.casefold()).split())
