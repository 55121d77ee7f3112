"""A server that speaks as clamd does, on a real socket: zINSTREAM, chunks, an answer."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# The test file of the industry, harmless and found by every scanner, in two halves so that no
# scanner finds it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Answer = Callable[[socket.socket, bytes], None]


def judge(connection: socket.socket, content: bytes) -> None:
    """As clamd answers."""
    answer = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
    connection.sendall(answer + b"\0")


@dataclass
class Clamd:
    """What was scanned, and how it answers."""

    url: str
    answer: Answer = judge
    most_bytes: int = 25 * 1024 * 1024
    received: list[bytes] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        """One conversation."""
        with connection, connection.makefile("rb") as stream:
            if stream.read(10) != b"zINSTREAM\0":
                connection.sendall(b"UNKNOWN COMMAND\0")
                return
            content = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(length)
                if len(content) > self.most_bytes:
                    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.received.append(content)
            self.answer(connection, content)


@contextmanager
def clamd(answer: Answer = judge, path: Path | None = None) -> Iterator[Clamd]:
    """It listens on a port of this computer, or at a path."""
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    url = f"unix://{path}" if path else f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    server = Clamd(url, answer)
    threads: list[threading.Thread] = []

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            connection.settimeout(30)
            thread = threading.Thread(target=_talk, args=(server, connection))
            threads.append(thread)
            thread.start()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield server
    finally:
        # Closing alone does not wake who waits in `accept`.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (serving, *threads):
            thread.join(30)


def _talk(server: Clamd, connection: socket.socket) -> None:
    try:
        server.talk(connection)
    except (OSError, struct.error):
        return  # the other side hung up
