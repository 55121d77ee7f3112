"""What the issuer of a certificate says about itself. Holds no key and reads no file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IssuerFacts:
    """An authority as its certificates name it.

    `certificate_der` is its own certificate, `key_name` the name under which a key backend
    knows its key, `base_url` (no slash at the end) where its lists and answers are published.
    """

    name: str
    certificate_der: bytes
    key_name: str
    base_url: str

    @property
    def crl_url(self) -> str:
        """Where the list of revoked certificates is."""
        return f"{self.base_url}/{self.name}.crl"

    @property
    def certificate_url(self) -> str:
        """Where the authority's own certificate is."""
        return f"{self.base_url}/{self.name}.cer"

    @property
    def ocsp_url(self) -> str:
        """Who answers about one certificate."""
        return f"{self.base_url}/ocsp/{self.name}/"
