"""The virus scanner: asked over a real socket, in the protocol of clamd; no answer is no."""

import socket
import threading
import time
from pathlib import Path

import pytest

from renewals.documents.scanner import Address, parse_address, scan
from renewals.errors import InfectedError, ScannerAwayError
from tests.renewals.clamd import EICAR, Answer, clamd
from tests.servers import free_port


def test_no_scanner_finds_nothing() -> None:
    scan(EICAR, url="")


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_clean_file_passes_and_arrives_as_it_is(kind: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1024
    with clamd(path=tmp_path / "clamd.sock" if kind == "unix" else None) as server:
        assert server.url.startswith(kind)
        scan(content, url=server.url)
    assert server.received == [content]


def test_ten_megabytes_pass_in_chunks() -> None:
    content = b"\0\1\2\3" * (10 * 1024 * 256)
    with clamd() as server:
        scan(content, url=server.url)
    assert server.received == [content]


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_an_infected_file_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    with (
        clamd(path=tmp_path / "clamd.sock" if kind == "unix" else None) as server,
        pytest.raises(InfectedError) as caught,
    ):
        scan(b"x" * 100_000 + EICAR, url=server.url)
    assert caught.value.facts == {"name": "Eicar-Test-Signature"}


def saying(*parts: bytes) -> Answer:
    """Just these bytes."""

    def answer(connection: socket.socket, _content: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return answer


STRANGE = {
    "nothing": saying(),
    "half": saying(b"stream: O"),
    "no end": saying(b"stream: OK"),
    "end of line": saying(b"stream: OK\n"),
    "more behind": saying(b"stream: OK but not sure\0"),
    "found nothing": saying(b"stream:  FOUND\0"),
    "error": saying(b"INSTREAM: lstat failed ERROR\0"),
    "out of memory": saying(b"stream: Can't allocate memory ERROR\0"),
    "another page": saying(b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0"),
    "endless": saying(b"A" * 100_000),
    "two answers": saying(b"stream: OK\0stream: Eicar FOUND\0"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_answer_is_none(name: str) -> None:
    with clamd(STRANGE[name]) as server, pytest.raises(ScannerAwayError):
        scan(b"x", url=server.url)


def test_an_answer_in_pieces_is_one() -> None:
    with clamd(saying(b"str", b"eam: ", b"OK", b"\0")) as server:
        scan(b"x", url=server.url)


def test_a_name_that_was_found_cannot_do_harm() -> None:
    with clamd(saying(b"stream: A\x1b[2J\xff\nB FOUND\0")) as server:
        # A line end is not part of a name: such an answer is none.
        with pytest.raises(ScannerAwayError):
            scan(b"x", url=server.url)
        server.answer = saying(b"stream: A\x1b[2J\xff<b>" + b"C" * 120 + b" FOUND\0")
        with pytest.raises(InfectedError) as caught:
            scan(b"x", url=server.url)
    name = caught.value.facts["name"]
    assert name.startswith("A[2J\N{REPLACEMENT CHARACTER}<b>CC")
    assert len(name) == 100


def test_a_file_that_is_too_large_for_the_scanner_is_not_clean() -> None:
    with clamd() as server:
        server.most_bytes = 1024
        with pytest.raises(ScannerAwayError):
            scan(b"x" * 5_000_000, url=server.url)


def test_a_scanner_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    for url in (f"tcp://127.0.0.1:{free_port()}", f"unix://{tmp_path}/none", f"unix://{tmp_path}"):
        with pytest.raises(ScannerAwayError):
            scan(b"x", url=url)
    assert time.monotonic() - began < 5


def test_a_scanner_that_is_silent_holds_nobody_up() -> None:
    over = threading.Event()

    def wait(_connection: socket.socket, _content: bytes) -> None:
        over.wait(30)

    with clamd(wait) as server:
        began = time.monotonic()
        with pytest.raises(ScannerAwayError):
            scan(b"x", url=server.url, seconds=0.3)
        assert time.monotonic() - began < 3
        over.set()


def test_a_scanner_that_dribbles_holds_nobody_up() -> None:
    over = threading.Event()

    def dribble(connection: socket.socket, _content: bytes) -> None:
        while not over.wait(0.05):
            connection.sendall(b"s")

    with clamd(dribble) as server:
        began = time.monotonic()
        with pytest.raises(ScannerAwayError):
            scan(b"x", url=server.url, seconds=0.4)
        assert time.monotonic() - began < 3
        over.set()


def test_a_scanner_that_does_not_listen_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ScannerAwayError):
            scan(b"x" * 50_000_000, url=url, seconds=0.5)
        assert time.monotonic() - began < 3


def test_addresses_are_read() -> None:
    assert parse_address("tcp://clamd:3310") == Address(host="clamd", port=3310)
    assert parse_address("tcp://[::1]:3310") == Address(host="::1", port=3310)
    assert parse_address("unix:///run/clamd.sock") == Address(path="/run/clamd.sock")


@pytest.mark.parametrize(
    "url",
    [
        *("clamd", "clamd:3310", "tcp://clamd", "tcp://:3310", "tcp://clamd:99999"),
        *("tcp://clamd:3310/x", "unix://run/clamd.sock", "unix://", "http://clamd:3310"),
    ],
)
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(ValueError, match=r"clamd|[Pp]ort"):
        parse_address(url)
    with pytest.raises(ScannerAwayError):
        scan(b"x", url=url)
