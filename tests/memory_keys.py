"""A back end of keys that tests hold themselves."""

from collections.abc import Mapping

from pki.authority import IssuerFacts
from pki.issuer.keys import AuthorityKey, sign_with


class MemoryKeys:
    """Keys by name."""

    def __init__(self, keys: Mapping[str, AuthorityKey]) -> None:
        self.keys = dict(keys)

    def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
        """By the key of that name."""
        return sign_with(self.keys[issuer.key_name], data)
