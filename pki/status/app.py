"""The application as granian calls it (RSGI): takes a request in, sends its reply.

Without sessions, cookies and Django's handlers. Whatever comes in, no reply is a fault of ours
as long as one can be given: refusals have codes of their own.
"""

import asyncio
import logging
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]

from pki.issuer.ocsp_writer import Refusal
from pki.ocsp_request import StatusRequest
from pki.status.desk import REFUSALS, Desk
from pki.status.doors import House, find_door
from pki.status.http import HeaderFields, Question, Reply, Stretch, plain
from pki.status.kept import Answer
from pki.status.turns import Turns

logger = logging.getLogger(__name__)

BODY_SECONDS = 5.0
CHUNK = 256 * 1024
# Whoever takes longer for one of those is let go.
CHUNK_SECONDS = 30.0
TOO_LONG = plain(413, "too long", ("connection", "close"))
ALWAYS = [("x-content-type-options", "nosniff")]
# A database that does not answer is away: `tryLater` must not wait for its time-outs.
POSTGRESQL_PATIENCE = {
    "connect_timeout": 3,
    "options": "-c statement_timeout=4000",
    "tcp_user_timeout": 4000,
}


class Scope(Protocol):
    """What granian says of a request."""

    proto: str
    method: str
    path: str
    headers: HeaderFields


class App:
    """One for each process; what it holds is made when the event loop is there."""

    def __init__(self) -> None:
        self._prefix = urlsplit(settings.PKI_BASE_URL).path.rstrip("/")
        self._house: House | None = None

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Needs neither the database nor a key: both may come later."""
        _be_impatient()
        desk = Desk()
        turns: Turns[StatusRequest, Answer] = Turns(
            lambda questions, now: desk.answer(questions, now=now),
            late=REFUSALS[Refusal.TRY_LATER],
        )
        self._house = House(desk, turns)

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Nothing is left to be written."""
        if self._house is not None:
            self._house.turns.close()

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        """One request."""
        reply = await self._reply(scope, protocol)
        await _send(reply, protocol, is_head=scope.method == "HEAD")

    async def _reply(self, scope: Scope, protocol: Any) -> Reply:
        if self._house is None or scope.proto != "http":
            return plain(400, "nothing is here")
        path = scope.path
        if path != "/health":
            if not path.startswith(f"{self._prefix}/"):
                return plain(404, "nothing is here")
            path = path.removeprefix(self._prefix)
        found = find_door(scope.method, path)
        if isinstance(found, Reply):
            return found
        door, parts = found
        body = await _take_in(protocol, scope.headers, door.most_bytes) if door.most_bytes else b""
        if isinstance(body, Reply):
            return body
        try:
            return await door.open(self._house, Question(scope.method, parts, scope.headers, body))
        except Exception:
            logger.exception("no reply: %s %s", scope.method, path[:100])
            return plain(503, "try later", ("retry-after", "10"))


def _be_impatient() -> None:
    """For this process alone."""
    for database in connections.settings.values():
        if database["ENGINE"] == "django.db.backends.postgresql":
            database["OPTIONS"] = {**POSTGRESQL_PATIENCE, **database.get("OPTIONS", {})}


async def _take_in(protocol: Any, headers: HeaderFields, most: int) -> bytes | Reply:
    """The body, if it is no longer than that and does not take forever."""
    declared = headers.get("content-length") or "0"
    if not declared.isdecimal() or int(declared[:10]) > most:
        return TOO_LONG
    taken = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in protocol:
                taken += chunk
                if len(taken) > most:
                    return TOO_LONG
    except TimeoutError:
        return plain(408, "too slow", ("connection", "close"))
    except (ProtocolClosed, ProtocolError):
        return plain(400, "cut off")
    return bytes(taken)


async def _send(reply: Reply, protocol: Any, *, is_head: bool) -> None:
    headers = [*reply.headers, *ALWAYS]
    if isinstance(reply.body, Stretch):
        headers.append(("content-length", str(reply.length)))
        with reply.body.file:
            if is_head:
                protocol.response_empty(reply.status, headers)
            else:
                await _send_stretch(reply.status, headers, reply.body, protocol)
    elif is_head or reply.status == 304:
        if is_head and reply.status != 304:
            headers.append(("content-length", str(reply.length)))
        protocol.response_empty(reply.status, headers)
    else:
        protocol.response_bytes(reply.status, headers, reply.body)


async def _send_stretch(
    status: int, headers: list[tuple[str, str]], stretch: Stretch, protocol: Any
) -> None:
    """Read piece by piece, apart from the loop: lists have as many megabytes as revocations."""
    stretch.file.seek(stretch.start)
    if stretch.length <= CHUNK:
        protocol.response_bytes(status, headers, stretch.file.read(stretch.length))
        return
    transport = protocol.response_stream(status, headers)
    left = stretch.length
    try:
        while left:
            piece = await asyncio.to_thread(stretch.file.read, min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            await asyncio.wait_for(transport.send_bytes(piece), CHUNK_SECONDS)
    except (ProtocolClosed, ProtocolError, TimeoutError):
        logger.info("a reply was not taken to its end")
