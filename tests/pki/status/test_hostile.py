"""Whatever comes in, something well-formed goes out, and never a fault of ours."""

import base64
import random
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.x509 import ocsp

from tests.pki.status.house import StatusHouse, request_for
from tests.pki.status.server import StatusServer

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = {"MALFORMED_REQUEST", "UNAUTHORIZED"}
SAID = {"GOOD", "REVOKED", "UNKNOWN", *REFUSALS}
MUTATIONS = 3000


def sample_requests(samples: Path) -> dict[str, bytes]:
    """Everything in the samples that is sent to a responder."""
    found = {path.name: path.read_bytes() for path in samples.glob("ocsp/pyca/*req*.der")}
    pattern = r"-----BEGIN OCSP REQUEST-----(.*?)-----END OCSP REQUEST-----"
    for path in samples.glob("ocsp/boringssl/*.pem"):
        for text in re.findall(pattern, path.read_text(), re.DOTALL):
            found[path.name] = base64.b64decode(text)
    return found


@pytest.mark.data
def test_every_sample_gets_a_well_formed_answer(
    house: StatusHouse, server: StatusServer, samples: Path
) -> None:
    found = sample_requests(samples)
    assert len(found) >= 40
    malformed = set()
    for name, request in found.items():
        for answer in (server.ask(request), server.ask_by_address(request)):
            assert answer.said in REFUSALS, name
            if answer.said == "MALFORMED_REQUEST":
                malformed.add(name)
    assert malformed & {"req-invalid-version.der", "req-duplicate-ext.der"} == {
        *("req-invalid-version.der", "req-duplicate-ext.der")
    }
    # What others answered is no question.
    answers = (*samples.glob("ocsp/pyca/resp-*.der"), *samples.glob("ocsp/openssl-vectors/*.ors"))
    assert len(answers) >= 40
    for path in answers:
        assert server.ask(path.read_bytes()[:8000]).said == "MALFORMED_REQUEST"


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Bits turned, octets changed, pieces cut out, doubled or put in."""
    octets = bytearray(data)
    for _time in range(chance.choice((1, 1, 1, 2, 5))):
        place = chance.randrange(len(octets))
        match chance.randrange(5):
            case 0:
                octets[place] ^= 1 << chance.randrange(8)
            case 1:
                octets[place] = chance.choice((0, 1, 0x7F, 0x80, 0x81, 0x84, 0xFF, 0x30, 0xA0))
            case 2:
                del octets[place : place + chance.randrange(1, 20)]
            case 3:
                octets[place:place] = octets[place : place + chance.randrange(1, 30)]
            case _:
                octets[place:place] = chance.randbytes(chance.randrange(1, 5))
        octets = octets or bytearray(b"\0")
    return bytes(octets)


def test_damaged_questions_get_well_formed_answers(
    house: StatusHouse, server: StatusServer
) -> None:
    chance = random.Random(20261128)
    row = house.issue()
    seeds = [request_for(house, row), request_for(house, row, nonce=bytes(32))]
    counts: dict[str, int] = {}
    head = b"POST /pki/ocsp/ec/ HTTP/1.1\r\nHost: a\r\nContent-Length: "
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection,
        connection.makefile("rb") as file,
    ):
        for _one in range(MUTATIONS):
            request = mutate(chance.choice(seeds), chance)
            connection.sendall(head + b"%d\r\n\r\n%s" % (len(request), request))
            assert file.readline().startswith(b"HTTP/1.1 200"), request.hex()
            headers = dict(iter_headers(file))
            said = read(file.read(int(headers[b"content-length"])))
            counts[said] = counts.get(said, 0) + 1
    assert set(counts) <= SAID
    assert counts["MALFORMED_REQUEST"] > MUTATIONS // 3


def read(body: bytes) -> str:
    """What `cryptography` reads in it."""
    found = ocsp.load_der_ocsp_response(body)
    if found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
        return next(iter(found.responses)).certificate_status.name
    return found.response_status.name


def iter_headers(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Names in small letters, up to the empty line."""
    while (line := file.readline().rstrip(b"\r\n")) != b"":
        name, _colon, value = line.partition(b":")
        yield name.lower(), value.strip()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/pki/ocsp/ec", 405),
        ("PUT", "/pki/ocsp/ec/", 405),
        ("DELETE", "/pki/ec.crl", 405),
        ("POST", "/pki/ec.cer", 405),
        ("OPTIONS", "/pki/ec.crl", 405),
        ("BREW", "/pki/ec.crl", 405),
        ("GET", "/", 404),
        ("GET", "/pki", 404),
        ("GET", "/pki/", 404),
        ("GET", "/pkiec.crl", 404),
        ("GET", "/pki/ec.pem", 404),
        ("GET", "/pki/none.crl", 404),
        ("GET", "/pki/none.cer", 404),
        ("GET", "/pki/ec/999999.crl", 404),
        ("GET", "/pki/../pki/ec.crl", 404),
        ("GET", "/pki/..%2fkeys%2fec.ocsp1.key", 404),
        ("GET", "/pki/%2e%2e/status.log", 404),
        ("GET", "/pki/ec%00.crl", 404),
        ("GET", "/pki/ec.crl%00", 404),
        ("GET", "/pki/ec.crl/", 404),
        ("GET", "/pki/%ff.crl", 404),
        ("GET", "/pki/ec%0a.crl", 404),
        ("GET", "/pki/ec.crl%0a", 404),
        ("GET", "/pki/keys/ec.key", 404),
        ("GET", "/pki/ocsp/" + "a" * 65 + "/", 404),
        ("GET", "/pki/ocsp/ec/" + "A" * 30_000, 414),
    ],
)
def test_other_addresses_and_methods_are_refused_by_their_code(
    house: StatusHouse, server: StatusServer, method: str, path: str, status: int
) -> None:
    answer = server.send(method, path)
    assert answer.status == status
    assert "set-cookie" not in answer.headers
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("text", ["", "%", "%zz", "AAAA", "!!", "%00", "%ff", "MA", "=", "////"])
def test_an_address_without_a_question_is_malformed(
    house: StatusHouse, server: StatusServer, text: str
) -> None:
    answer = server.send("GET", f"/pki/ocsp/ec/{text}")
    assert (answer.said, answer.headers["cache-control"]) == ("MALFORMED_REQUEST", "no-store")


def talk(server: StatusServer, data: bytes, *more: bytes, patience: float = 20) -> bytes:
    """What comes back until the other side closes or falls silent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as connection:
        connection.sendall(data)
        received = b""
        try:
            for piece in more:
                connection.sendall(piece)
            while not received.endswith(b"\r\n\r\n") and (piece := connection.recv(65536)):
                received += piece
        except (TimeoutError, ConnectionError):
            pass
    return received


def test_a_body_that_is_too_long_is_cut_off(house: StatusHouse, server: StatusServer) -> None:
    head = b"POST /pki/ocsp/ec/ HTTP/1.1\r\nHost: a\r\n"
    assert talk(server, head + b"Content-Length: 100000000\r\n\r\n").startswith(b"HTTP/1.1 413")
    chunk = b"2000\r\n" + bytes(0x2000) + b"\r\n"
    said = talk(server, head + b"Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, patience=5)
    assert said.startswith(b"HTTP/1.1 413")
    assert server.ask(request_for(house, house.issue())).said == "GOOD"


def test_what_is_not_http_is_refused(server: StatusServer, house: StatusHouse) -> None:
    assert talk(server, b"\x16\x03\x01\x02\x00 \r\n\r\n").startswith(b"HTTP/1.1 400")
    long = b"GET /pki/" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    assert talk(server, long)[:12] in {b"HTTP/1.1 414", b"HTTP/1.1 431", b""}
    assert server.ask(request_for(house, house.issue())).said == "GOOD"


def test_whoever_is_slow_is_let_go_and_hinders_nobody(
    house: StatusHouse, server: StatusServer
) -> None:
    row = house.issue()
    slow = []
    for text in (
        b"GET /pki/ec.crl HTTP/1.1\r\nHo",
        b"POST /pki/ocsp/ec/ HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0",
    ):
        for _one in range(20):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            connection.sendall(text)
            slow.append(connection)
    started = time.monotonic()
    assert server.ask(request_for(house, row)).said == "GOOD"
    assert time.monotonic() - started < 3
    for connection in slow:
        with connection:
            while connection.recv(4096):
                pass
    assert time.monotonic() - started < 20


def test_many_connections_are_answered(house: StatusHouse, server: StatusServer) -> None:
    request = request_for(house, house.issue())
    text = b"POST /pki/ocsp/ec/ HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s"
    open_ones = [
        socket.create_connection(("127.0.0.1", server.port), timeout=30) for _one in range(200)
    ]
    for connection in open_ones:
        connection.sendall(text % (len(request), request))
    for connection in open_ones:
        with connection:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
