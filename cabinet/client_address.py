"""Whose address a request came from, for limits and the record of sign-ins."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address before our own proxies, or that of the connection.

    Each proxy of ours appends the address it was asked from, so with N of them the N-th entry
    from the right is the first one that the client could not write himself.
    """
    nearest = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return _address(nearest)
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if len(hops) < settings.TRUSTED_PROXIES:
        return _address(nearest)
    return _address(hops[-settings.TRUSTED_PROXIES].strip()) or _address(nearest)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
