"""The wire between browser and site: everything that reaches the site is written down on the way.

It stands below HTTP, so nothing passes by it: not a beacon, a worker, an upload or a WebSocket.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

from tests.e2e.conftest import Site

CHUNK = 65_536


class Wire(ThreadingTCPServer):
    """Passes connections on. `sent` has, for each of them, what the browser has sent."""

    def __init__(self, target: tuple[str, int]) -> None:
        super().__init__((target[0], 0), _Connection)
        self.target = target
        self.sent: list[bytearray] = []
        self.near: list[socket.socket] = []

    def hang_up(self) -> None:
        """Browsers keep connections for later: end them, and wait for their threads."""
        self.shutdown()
        for one in self.near:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Connection(BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        written = bytearray()
        self.server.sent.append(written)
        self.server.near.append(self.request)
        with socket.create_connection(self.server.target) as far:
            back = Thread(target=_pass_on, args=(far, self.request, bytearray()))
            back.start()
            _pass_on(self.request, far, written)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket, written: bytearray) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            written += data
            target.sendall(data)
    # The other direction may still be speaking: only this one is over.
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def tapped(site: Site) -> Iterator[tuple[Site, Wire]]:
    """The same site behind a wire."""
    there = urlsplit(site.address)
    wire = Wire((str(there.hostname), there.port or 80))
    Thread(target=wire.serve_forever).start()
    try:
        yield replace(site, address=f"http://{there.hostname}:{wire.server_address[1]}"), wire
    finally:
        wire.hang_up()
