"""What the issuer of a certificate says about itself. Holds no key and reads no file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IssuerFacts:
    """An authority as its certificates name it.

    `certificate_der` is its own certificate, `key_name` the name under which a key backend
    knows its key, `base_url` (no slash at the end) where its lists and answers are published.
    `partitions` says into how many parts its list is cut; 0: into none.
    """

    name: str
    certificate_der: bytes
    key_name: str
    base_url: str
    partitions: int = 0

    @property
    def crl_url(self) -> str:
        """Where the whole list of revoked certificates is."""
        return f"{self.base_url}/{self.name}.crl"

    @property
    def delta_url(self) -> str:
        """Where the list of changes is."""
        return f"{self.base_url}/{self.name}-delta.crl"

    def part_of(self, serial_hex: str) -> int | None:
        """In which part of the list a serial number would stand; None: in the whole one."""
        return int(serial_hex, 16) % self.partitions if self.partitions else None

    def list_url(self, part: int | None) -> str:
        """Where that part of the list is; None: the whole one."""
        return self.crl_url if part is None else f"{self.base_url}/{self.name}/{part}.crl"

    @property
    def certificate_url(self) -> str:
        """Where the authority's own certificate is."""
        return f"{self.base_url}/{self.name}.cer"

    @property
    def ocsp_url(self) -> str:
        """Who answers about one certificate."""
        return f"{self.base_url}/ocsp/{self.name}/"
