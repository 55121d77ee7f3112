"""Asking an address of another authority: where it may lead, and what is taken from there."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from pytest_django.fixtures import Settings

from renewals.errors import RenewalError
from renewals.oversight_errors import (
    FetchAwayError,
    FetchBrokenError,
    FetchEncodedError,
    FetchRefusedError,
    FetchTooLargeError,
    TrustAddressError,
    TrustHostError,
    TrustPrivateError,
)
from renewals.services.trust.addresses import Address, parse_address, resolve
from renewals.services.trust.fetching import PATIENCE, Patience, fetch
from tests.renewals.outside import Web, web_server

SHORT = Patience(connect=0.5, read=0.5, total=0.6)
MOST = 1000


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    """On the list of hosts, and of private ones."""
    with web_server() as found:
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [found.host]
        yield found


def get(url: str, patience: Patience = PATIENCE) -> bytes:
    return fetch(url, most_bytes=MOST, patience=patience)


# --- addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pki.example/list.crl",
        "ftp://pki.example/list.crl",
        "file:///etc/passwd",
        "ldap://pki.example/cn=list",
        "http:///list.crl",
        "http://name@pki.example/",
        "http://name:secret@pki.example/",
        "http://pki.example@evil.example/",
        "http://pki.example/#part",
        "http://pki.example/a b",
        "http://pki.example/\r\nX: y",
        "http://pki.example\\@evil.example/",
        "http://pki.example:0/",
        "http://pki.example:99999/",
        "http://pki.example:x/",
        "http://[::1/",
        "http://пример.example/",
        "http://pki.example/" + "a" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str, settings: Settings) -> None:
    settings.TRUST_HOSTS = ["pki.example", "evil.example", ""]
    with pytest.raises(TrustAddressError):
        parse_address(url)


def test_only_listed_hosts_are_asked(settings: Settings) -> None:
    with pytest.raises(TrustHostError):
        parse_address("http://pki.example/list.crl")
    settings.TRUST_HOSTS = ["pki.example", "other.example:8080", "[2606:4700::1]"]
    assert parse_address("http://PKI.example") == Address("http", "pki.example", 80, "/")
    assert parse_address("https://pki.example/a?b=c") == Address(
        "https", "pki.example", 443, "/a?b=c"
    )
    assert parse_address("http://other.example:8080/").port == 8080
    assert parse_address("http://[2606:4700::1]/").host == "2606:4700::1"
    for url in (
        "http://pki.example:8080/",
        "https://pki.example:80/",
        "http://other.example/",
        "http://pki.example.evil.example/",
        "http://sub.pki.example/",
    ):
        with pytest.raises(TrustHostError):
            parse_address(url)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[::ffff:127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[2001:db8::1]"),
    ],
)
def test_addresses_that_only_we_can_reach_are_refused(host: str, settings: Settings) -> None:
    settings.TRUST_HOSTS = [host]
    with pytest.raises(TrustPrivateError):
        parse_address(f"http://{host}/")
    settings.TRUST_PRIVATE_HOSTS = [host]
    assert parse_address(f"http://{host}/").host == host.strip("[]")


def test_a_name_that_leads_home_is_refused(web: Web, settings: Settings) -> None:
    # Numbers in other notations are names for us, and are looked up like names.
    for name in ("localhost", "127.1"):
        host = f"{name}:{web.port}"
        settings.TRUST_HOSTS, settings.TRUST_PRIVATE_HOSTS = [host], []
        with pytest.raises((TrustPrivateError, FetchAwayError)):
            get(f"http://{host}/list.crl")
    assert web.asked == []
    settings.TRUST_PRIVATE_HOSTS = settings.TRUST_HOSTS = [f"localhost:{web.port}"]
    web.give(b"list")
    assert get(f"http://localhost:{web.port}/list.crl") == b"list"
    # The connection goes to the address; the name is still said.
    assert web.heads[-1]["Host"] == f"localhost:{web.port}"


def test_a_name_is_looked_up_once(
    web: Web, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second answer of the name server, with another address, is never asked for."""
    asked = []
    real = socket.getaddrinfo

    def look_up(host: str, *args: object, **kwargs: object) -> object:
        asked.append(host)
        assert len(asked) == 1
        return real("127.0.0.1", web.port, type=socket.SOCK_STREAM)

    settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [f"pki.example:{web.port}"]
    web.give(b"list")
    address = parse_address(f"http://pki.example:{web.port}/list.crl")
    with monkeypatch.context() as patch:
        patch.setattr("renewals.services.trust.addresses.socket.getaddrinfo", look_up)
        place = resolve(address)
    assert (place, asked) == ("127.0.0.1", ["pki.example"])


def test_every_address_of_a_name_is_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_args: object, **_kwargs: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]

    settings.TRUST_HOSTS = ["pki.example"]
    monkeypatch.setattr("renewals.services.trust.addresses.socket.getaddrinfo", look_up)
    with pytest.raises(TrustPrivateError):
        resolve(parse_address("http://pki.example/"))


# --- answers ------------------------------------------------------------------------------


def test_what_is_there_is_given_as_it_is(web: Web) -> None:
    web.give(b"list")
    assert get(web.url()) == b"list"
    answer = fetch(web.url(), most_bytes=MOST, body=b"question", media_type="application/x")
    assert answer == b"list"
    assert web.asked == ["GET /list.crl", "POST /list.crl"]
    head = web.heads[-1]
    assert (head["Content-Type"], head["Accept-Encoding"]) == ("application/x", "identity")
    assert "Cookie" not in head


@pytest.mark.parametrize("status", [301, 302, 307, 308, 204, 304, 404, 500])
def test_nothing_is_followed_and_only_success_counts(web: Web, status: int) -> None:
    web.give(b"secret", path="/secret")
    web.give(b"", status=status, Location=web.url("/secret"))
    with pytest.raises(FetchRefusedError) as raised:
        get(web.url())
    assert raised.value.facts == {"status": str(status)}
    assert web.asked == ["GET /list.crl"]


def test_nothing_is_unpacked(web: Web) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    web.give(bomb[:MOST], Content_Encoding="gzip")
    with pytest.raises(FetchEncodedError):
        get(web.url())


def test_more_than_was_wanted_is_refused(web: Web) -> None:
    web.give(b"x" * MOST)
    assert len(get(web.url())) == MOST
    web.give(b"x" * (MOST + 1))
    with pytest.raises(FetchTooLargeError):
        get(web.url())


def test_a_body_without_end_is_left_at_the_limit(web: Web) -> None:
    sent = []

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _piece in range(10_000):
            handler.wfile.write(b"x" * 65536)
            sent.append(65536)

    web.pages["/list.crl"] = pour
    with pytest.raises(FetchTooLargeError):
        get(web.url())
    assert sum(sent) < 100 * 65536


def test_chunks_are_counted_too(web: Web) -> None:
    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _piece in range(3):
            handler.wfile.write(b"200\r\n" + b"x" * 512 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    web.pages["/list.crl"] = pour
    with pytest.raises(FetchTooLargeError):
        get(web.url())
    assert len(fetch(web.url(), most_bytes=1536)) == 1536


def test_half_a_body_is_none(web: Web) -> None:
    def stop(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"x" * 50)

    web.pages["/list.crl"] = stop
    with pytest.raises(FetchBrokenError):
        get(web.url())


def drip(handler: BaseHTTPRequestHandler, head: bool) -> None:
    """A byte now and then, which never times out by itself."""
    if not head:
        handler.send_response(200)
        handler.end_headers()
    for _byte in range(100):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("head", [True, False])
def test_whoever_drips_is_left_after_the_time_for_the_whole(web: Web, head: bool) -> None:
    web.pages["/list.crl"] = lambda handler: drip(handler, head)
    started = time.monotonic()
    with pytest.raises(FetchAwayError):
        get(web.url(), SHORT)
    assert time.monotonic() - started < 4


def test_whoever_is_silent_is_left(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [host]
        for scheme in ("http", "https"):
            with pytest.raises(FetchAwayError):
                get(f"{scheme}://{host}/", SHORT)


def test_whoever_is_not_there_or_speaks_something_else_is_told_apart(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = f"127.0.0.1:{other.getsockname()[1]}"
        settings.TRUST_HOSTS = settings.TRUST_PRIVATE_HOSTS = [host]

        def speak() -> None:
            with other.accept()[0] as connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n" * 10)

        speaking = threading.Thread(target=speak)
        speaking.start()
        with pytest.raises(FetchBrokenError):
            get(f"http://{host}/")
        speaking.join()
    with pytest.raises(FetchAwayError):
        get(f"http://{host}/")


def test_a_certificate_that_nobody_knows_is_refused(web: Web) -> None:
    with pytest.raises(RenewalError):
        get(web.url().replace("http:", "https:"))
    assert web.asked == []
