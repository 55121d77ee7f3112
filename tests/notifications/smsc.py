"""A small SMSC on loopback: speaks SMPP 3.4 by its own reading of it, keeps what it receives.

It answers as it is told to: `answers` are taken one by one for each `submit_sm`, then `ok`.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

BIND_TRANSCEIVER, BIND_TRANSCEIVER_RESP = 0x00000009, 0x80000009
SUBMIT, SUBMIT_RESP = 0x00000004, 0x80000004
DELIVER, DELIVER_RESP = 0x00000005, 0x80000005
UNBIND, UNBIND_RESP = 0x00000006, 0x80000006
ENQUIRE, ENQUIRE_RESP = 0x00000015, 0x80000015
NACK = 0x80000000
# TS 23.038: what the tests need of it, written down apart from our own table.
GSM_LETTERS = {0x00: "@", 0x02: "$", 0x11: "_", 0x0A: "\n", 0x0D: "\r", 0x5F: "§"}
GSM_ESCAPED = {0x65: "€", 0x3C: "[", 0x3E: "]", 0x28: "{", 0x29: "}", 0x3D: "~", 0x40: "|"}


@dataclass(frozen=True)
class Submitted:
    """One `submit_sm` as it came."""

    source: tuple[int, int, str]
    destination: tuple[int, int, str]
    esm_class: int
    registered_delivery: int
    data_coding: int
    message: bytes

    @property
    def header(self) -> tuple[int, int, int] | None:
        """Reference, how many, which; None for a message alone."""
        if not self.esm_class & 0x40:
            return None
        assert self.message[:3] == b"\x05\x00\x03"
        return self.message[3], self.message[4], self.message[5]

    @property
    def text(self) -> str:
        """What a phone would read in this part."""
        body = self.message[6:] if self.header else self.message
        if self.data_coding == 8:
            return body.decode("utf-16-be")
        assert self.data_coding == 0
        return read_gsm(body)


def read_gsm(body: bytes) -> str:
    """Septets, one in an octet."""
    text, octets = "", iter(body)
    for octet in octets:
        assert octet < 0x80
        text += GSM_ESCAPED[next(octets)] if octet == 0x1B else GSM_LETTERS.get(octet) or chr(octet)
    return text


class Line:
    """One connection, seen from the SMSC."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def send(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        self.connection.sendall(
            struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body
        )

    def receive(self) -> tuple[int, int, int, bytes]:
        """Command, status, sequence, body."""
        size, command, status, sequence = struct.unpack(">LLLL", self._exactly(16))
        return command, status, sequence, self._exactly(size - 16)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.connection.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data


Answer = Callable[["Smsc", Line, int], None]


def ok(smsc: "Smsc", line: Line, sequence: int) -> None:
    """Accepted under the next number."""
    line.send(SUBMIT_RESP, 0, sequence, f"id-{len(smsc.submitted)}".encode() + b"\0")


def status(code: int) -> Answer:
    """Refused, with no body, as SMPP 3.4 wants it."""
    return lambda _smsc, line, sequence: line.send(SUBMIT_RESP, code, sequence)


def hang(smsc: "Smsc", line: Line, _sequence: int) -> None:
    """Nothing, until the other side goes."""
    with suppress(OSError, EOFError):
        line.receive()


def drop(smsc: "Smsc", line: Line, _sequence: int) -> None:
    """Hung up without an answer."""
    raise EOFError


def raw(data: bytes) -> Answer:
    """These bytes and nothing else."""
    return lambda _smsc, line, _sequence: line.connection.sendall(data)


@dataclass
class Smsc:
    """What it was told to do, and what it got. `url` is for the account `user`, `secret`."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    bind_status: int = 0
    # Takes connections and says nothing.
    is_mute: bool = False
    submitted: list[Submitted] = field(default_factory=list)
    # What was answered to our own questions: command, sequence.
    answered: list[tuple[int, int]] = field(default_factory=list)
    binds: list[tuple[str, str]] = field(default_factory=list)
    unbinds: int = 0
    closed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def url(self) -> str:
        return f"smpp://user:s%40cret@127.0.0.1:{self.port}"

    def messages(self) -> list[str]:
        """Whole texts in the order of their ends, parts joined by number and reference."""
        whole: list[str] = []
        parts: dict[tuple[str, int], dict[int, str]] = {}
        for one in self.submitted:
            if one.header is None:
                whole.append(one.text)
                continue
            reference, total, at = one.header
            known = parts.setdefault((one.destination[2], reference), {})
            known[at] = one.text
            if len(known) == total:
                whole.append("".join(known[number] for number in range(1, total + 1)))
        return whole

    def serve(self, connection: socket.socket) -> None:
        """Until somebody hangs up."""
        line = Line(connection)
        with connection, suppress(OSError, EOFError):
            while True:
                received = line.receive()
                if not self.is_mute:
                    self._answer(line, *received)
        self.closed.release()

    def _answer(self, line: Line, command: int, _status: int, sequence: int, body: bytes) -> None:
        if command == BIND_TRANSCEIVER:
            user, password = body.split(b"\0")[:2]
            self.binds.append((user.decode(), password.decode()))
            line.send(BIND_TRANSCEIVER_RESP, self.bind_status, sequence, b"smsc\0")
        elif command == SUBMIT:
            self.submitted.append(read_submit(body))
            answer = self.answers.pop(0) if self.answers else ok
            answer(self, line, sequence)
        elif command == UNBIND:
            self.unbinds += 1
            line.send(UNBIND_RESP, 0, sequence)
        else:
            self.answered.append((command, sequence))


def read_submit(body: bytes) -> Submitted:
    """SMPP 3.4, 4.4.1."""
    service, rest = body.split(b"\0", 1)
    assert service == b""
    source, rest = _address(rest)
    destination, rest = _address(rest)
    esm_class, rest = rest[0], rest[3:]
    schedule, validity, rest = rest.split(b"\0", 2)
    assert (schedule, validity) == (b"", b"")
    registered, _replace, coding, _default, size = rest[:5]
    message = rest[5:]
    assert len(message) == size
    return Submitted(source, destination, esm_class, registered, coding, message)


def _address(body: bytes) -> tuple[tuple[int, int, str], bytes]:
    text, rest = body[2:].split(b"\0", 1)
    return (body[0], body[1], text.decode("ascii")), rest


@contextmanager
def smsc() -> Iterator[Smsc]:
    """One that runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Smsc(port=listener.getsockname()[1])
        open_ones: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _peer = listener.accept()
                    open_ones.append(connection)
                    thread = threading.Thread(target=server.serve, args=(connection,))
                    threads.append(thread)
                    thread.start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            accepting.join(timeout=10)
            for connection in open_ones:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(timeout=10)
