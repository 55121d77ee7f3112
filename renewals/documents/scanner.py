"""Asks a clamd whether a file is clean, by its INSTREAM command. The only network here.

Until it has said so, nothing is clean: no answer, half an answer and a strange one are the same.
"""

import logging
import re
import socket
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from renewals.errors import InfectedError, ScannerAwayError

# `z`: commands and answers end with NUL (clamd(8)).
COMMAND = b"zINSTREAM\0"
CHUNK_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 1024
# For everything together, so that a scanner that dribbles holds nobody up.
SECONDS = 20.0
CLEAN = re.compile(rb"stream: OK")
FOUND = re.compile(rb"stream: ([^\0\n]{1,200}) FOUND")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where clamd listens: a path, or host and port."""

    path: str = ""
    host: str = ""
    port: int = 0


def parse_address(url: str) -> Address:
    """`tcp://host:port` or `unix:///path`. Raises `ValueError` for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return Address(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path:
        return Address(host=parts.hostname, port=parts.port)
    raise ValueError(f"not an address of clamd: {url}")


def scan(data: bytes, *, url: str, seconds: float = SECONDS) -> None:
    """Returns if the scanner at `url` finds nothing, or if there is none (`url` is '').

    Raises `InfectedError`, and `ScannerAwayError` if it does not say either within `seconds`.
    """
    if not url:
        return
    try:
        answer = _ask(data, parse_address(url), until=time.monotonic() + seconds)
    except (OSError, ValueError) as error:
        logger.warning("the scanner at %s does not answer: %s", url, error)
        raise ScannerAwayError from error
    if found := FOUND.fullmatch(answer):
        raise InfectedError(name=_printable(found[1]))
    if not CLEAN.fullmatch(answer):
        logger.error("the scanner at %s gave a strange answer: %r", url, answer)
        raise ScannerAwayError


def _ask(data: bytes, address: Address, *, until: float) -> bytes:
    """The answer, without the NUL at its end."""
    with _connect(address, until=until) as connection:
        try:
            _send(connection, COMMAND, until=until)
            view = memoryview(data)
            for at in range(0, len(data), CHUNK_BYTES):
                chunk = view[at : at + CHUNK_BYTES]
                _send(connection, struct.pack(">I", len(chunk)) + chunk, until=until)
            _send(connection, struct.pack(">I", 0), until=until)
        except (BrokenPipeError, ConnectionResetError) as error:
            # It hangs up on what is larger than it takes, and may have said so before.
            logger.warning("the scanner stopped listening: %s", error)
        return _receive(connection, until=until)


def _connect(address: Address, *, until: float) -> socket.socket:
    if not address.path:
        return socket.create_connection((address.host, address.port), timeout=_left(until))
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_left(until))
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, data: bytes, *, until: float) -> None:
    connection.settimeout(_left(until))
    connection.sendall(data)


def _receive(connection: socket.socket, *, until: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0"):
        connection.settimeout(_left(until))
        received = connection.recv(MAX_ANSWER_BYTES)
        answer += received
        if not received or len(answer) > MAX_ANSWER_BYTES:
            raise OSError("the answer is incomplete")
    return answer[:-1]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


def _printable(name: bytes) -> str:
    text = name.decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable())[:100]
