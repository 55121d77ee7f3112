"""Browsers from which a person has signed in before: told apart by a cookie that says nothing.

It proves nothing either: a known browser still needs the key. A new one is told to the holder.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ua_parser import parse

from cabinet.models import KnownDevice, User

COOKIE_AGE = timedelta(days=365)
TOKEN_BYTES = 24
LONGEST_AGENT = 400
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
NAME = re.compile(r"[A-Za-z0-9 .+-]{1,30}")


@dataclass(frozen=True)
class Device:
    """Where somebody signs in: the cookie's content and words like «Chrome, Windows»."""

    token: str
    words: str


def device_of(request: HttpRequest) -> Device:
    """By the cookie; a browser without one is given a new token."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(TOKEN_BYTES)
    return Device(token, _words(request.headers.get("User-Agent", "")))


def remember(user: User, device: Device, *, is_first: bool, now: datetime) -> bool:
    """Note that `user` signs in there, in the caller's transaction. Whether that is new to him.

    His very first sign-in is not: there is nothing it could differ from.
    """
    _row, created = KnownDevice.objects.update_or_create(
        user=user,
        digest=hashlib.sha256(device.token.encode()).hexdigest(),
        defaults={"words": device.words, "seen_at": now},
    )
    return created and not is_first


def leave_cookie(response: HttpResponse, device: Device) -> None:
    """For the next time."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        device.token,
        max_age=COOKIE_AGE,
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )


def _words(agent: str) -> str:
    """Names of a browser and a system as they are known, nothing that the sender made up."""
    found = parse(agent[:LONGEST_AGENT])
    names = [one.family for one in (found.user_agent, found.os) if one is not None]
    return ", ".join(name for name in names if NAME.fullmatch(name))
