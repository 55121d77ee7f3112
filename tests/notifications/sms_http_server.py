"""A provider of short messages on loopback that speaks HTTP: answers as told, keeps what came."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`drip_seconds`: pause before each byte of the body; `before_seconds`: before the answer.

    `is_dropped`: nothing is said. `is_last`: the connection is closed behind it.
    """

    status: int = 200
    body: bytes = b'{"id": "provider-1"}'
    headers: tuple[tuple[str, str], ...] = ()
    before_seconds: float = 0
    drip_seconds: float = 0
    is_dropped: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class Request:
    """As it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Provider:
    """`answers` are taken one by one, then `Answer()`."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def setup(self) -> None:
        self.provider.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.provider.requests.append(Request(self.path, dict(self.headers), body))
        answer = self.provider.answers.pop(0) if self.provider.answers else Answer()
        self.provider.over.wait(answer.before_seconds)
        self.close_connection = answer.is_last or answer.is_dropped
        if not answer.is_dropped:
            with suppress(OSError):
                self._say(answer)

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if "Content-Length" not in dict(answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not answer.drip_seconds:
            self.wfile.write(answer.body)
            return
        for octet in answer.body:
            if self.provider.over.wait(answer.drip_seconds):
                return
            self.wfile.write(bytes([octet]))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests print nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what is tested."""


@contextmanager
def provider(tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """One that runs; with a certificate if it is given a context."""
    known = Provider(url="")
    with _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": known})) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        known.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/send?from=us"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield known
        finally:
            known.over.set()
            server.shutdown()
            thread.join(timeout=10)
