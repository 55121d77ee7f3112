"""One question by HTTP to an address that was looked at before. For the worker alone.

The connection goes to the IP address that was judged, so that a name cannot lead elsewhere in
between. Nothing is followed, nothing is unpacked, and there is an end to waiting and to bytes.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from renewals.oversight_errors import (
    FetchAwayError,
    FetchBrokenError,
    FetchEncodedError,
    FetchRefusedError,
    FetchTooLargeError,
)
from renewals.services.trust.addresses import Address, parse_address, resolve

LIST_BYTES = 64 * 1024 * 1024
ANSWER_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Patience:
    """Seconds: to be let in, for each piece, and for the whole."""

    connect: float = 3.0
    read: float = 5.0
    total: float = 10.0


PATIENCE = Patience()


def fetch(
    url: str,
    *,
    most_bytes: int,
    body: bytes | None = None,
    media_type: str = "",
    patience: Patience = PATIENCE,
) -> bytes:
    """What is there: by GET, or with a `body` of that media type by POST.

    Raises the `trust.*` errors for an address that may not be asked, and the `fetch.*` errors.
    """
    address = parse_address(url)
    place = resolve(address)
    headers = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "cabinet"}
    if body is not None:
        headers["Content-Type"] = media_type
    with _connected(address, place, patience) as connection:
        connection.request("GET" if body is None else "POST", address.target, body, headers)
        with connection.getresponse() as reply:
            return _read(reply, most_bytes)


@contextmanager
def _connected(
    address: Address, place: str, patience: Patience
) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut when the time is over, wherever it hangs."""
    opened: list[socket.socket] = []
    over = threading.Event()
    timer = threading.Timer(patience.total, _cut, (opened, over))
    timer.daemon = True
    timer.start()
    try:
        plain = socket.create_connection((place, address.port), timeout=patience.connect)
        opened.append(plain)
        plain.settimeout(patience.read)
        connection = http.client.HTTPConnection(address.host, address.port)
        connection.sock = _secured(opened, address) if address.scheme == "https" else plain
        yield connection
        if over.is_set():  # what was read may be a part of it
            raise FetchAwayError(host=address.host)
    except (OSError, http.client.HTTPException) as error:
        if over.is_set() or isinstance(error, OSError):
            raise FetchAwayError(host=address.host) from error
        raise FetchBrokenError from error
    finally:
        timer.cancel()
        for one in opened:
            one.close()


def _cut(opened: list[socket.socket], over: threading.Event) -> None:
    over.set()
    for one in opened:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _secured(opened: list[socket.socket], address: Address) -> ssl.SSLSocket:
    """For the name, not for the address it has today; it takes the place of the plain one."""
    secured = ssl.create_default_context().wrap_socket(
        opened.pop(), server_hostname=address.host, do_handshake_on_connect=False
    )
    opened.append(secured)
    secured.do_handshake()
    return secured


def _read(reply: http.client.HTTPResponse, most_bytes: int) -> bytes:
    """Raises the `fetch.*` errors for anything but a whole, plain, fitting 200."""
    if reply.status != http.HTTPStatus.OK:
        raise FetchRefusedError(status=str(reply.status))
    if reply.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchEncodedError
    if (reply.length or 0) > most_bytes:
        raise FetchTooLargeError(most=str(most_bytes))
    data = bytearray()
    while piece := reply.read1(PIECE_BYTES):
        data += piece
        if len(data) > most_bytes:
            raise FetchTooLargeError(most=str(most_bytes))
    if reply.length:
        raise FetchBrokenError
    return bytes(data)
