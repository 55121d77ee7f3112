"""Which addresses of other authorities may be asked. Never one that a certificate names."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from renewals.oversight_errors import (
    FetchAwayError,
    TrustAddressError,
    TrustHostError,
    TrustPrivateError,
)

LONGEST = 500
PORTS = {"http": 80, "https": 443}
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# They carry another address inside, which nobody would look at: RFC 6052, RFC 7526, RFC 4380.
WRAPPING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "2002::/16", "2001::/32", "::/96")))


@dataclass(frozen=True)
class Address:
    """A plain HTTP address of an allowed host. `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_private_allowed(self) -> bool:
        """Whether its host may be in a private network."""
        return _is_listed(self, settings.TRUST_PRIVATE_HOSTS)


def parse_address(url: str) -> Address:
    """Raises `TrustAddressError`, `TrustHostError`, for a literal address `TrustPrivateError`."""
    address = _parse(url)
    if not _is_listed(address, settings.TRUST_HOSTS):
        raise TrustHostError(host=address.host, url=url)
    try:
        literal = ipaddress.ip_address(address.host)
    except ValueError:
        return address
    _require_public(address, literal, url)
    return address


def resolve(address: Address) -> str:
    """The IP address to connect to: every one of the name was looked at, this one is used.

    Asks name servers. Raises `FetchAwayError`, `TrustPrivateError`.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchAwayError(host=address.host) from error
    hosts = [str(place[0]) for *_kind, place in found]
    for host in hosts:
        _require_public(address, ipaddress.ip_address(host.partition("%")[0]))
    if not hosts:
        raise FetchAwayError(host=address.host)
    return hosts[0]


def _parse(url: str) -> Address:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        raise TrustAddressError(url=url[:LONGEST])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TrustAddressError(url=url) from error
    is_plain = parts.scheme in PORTS and parts.hostname and "#" not in url and "@" not in url
    if not is_plain or port == 0:
        raise TrustAddressError(url=url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, parts.hostname or "", port or PORTS[parts.scheme], target)


def _is_listed(address: Address, hosts: list[str]) -> bool:
    shown = f"[{address.host}]" if ":" in address.host else address.host
    names = {f"{shown}:{address.port}"}
    if address.port == PORTS[address.scheme]:
        names.add(shown)
    return not names.isdisjoint(host.strip().lower() for host in hosts)


def _require_public(address: Address, found: IP, url: str = "") -> None:
    """Neither this computer nor anything else that only we can reach."""
    if not _is_public(found) and not address.is_private_allowed:
        raise TrustPrivateError(host=address.host, url=url)


def _is_public(found: IP) -> bool:
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return _is_public(found.ipv4_mapped)
        if any(found in network for network in WRAPPING):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
