"""The search for secrets, held against pages that do leak: only then its silence says something."""

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from playwright.sync_api import Browser

from tests.e2e.conftest import Site
from tests.e2e.leaks import Key, finds, secrets_of
from tests.e2e.wire import Wire, tapped

pytestmark = pytest.mark.e2e

SECRET = "Secret-Of-2026"
LEAKS = {
    "a query": "fetch('/?a=' + encodeURIComponent(secret))",
    "a header": "fetch('/', {headers: {'X-Note': secret}})",
    "a cookie": "(document.cookie = 'note=' + secret, fetch('/'))",
    "a form": "fetch('/', {method: 'POST', body: new URLSearchParams({a: btoa('xy' + secret)})})",
    "an upload": (
        "{const form = new FormData(); form.set('f', new Blob(['x', secret]));"
        " fetch('/', {method: 'POST', body: form})}"
    ),
    "a beacon": "navigator.sendBeacon('/', new Blob([secret]))",
    "an image": "(new Image()).src = '/' + btoa('z' + secret).replace('=', '')",
    "JSON": "fetch('/', {method: 'POST', body: JSON.stringify(secret.split('').map("
    "c => c.charCodeAt(0)))})",
    "a worker": (
        "new Worker(URL.createObjectURL(new Blob([`fetch('${location.origin}/', "
        "{method: 'POST', body: '${secret}'})`])))"
    ),
    "a WebSocket": "new WebSocket(location.origin.replace('http', 'ws') + '/?a=' + secret)",
}


class Handler(BaseHTTPRequestHandler):
    """Takes everything, says nothing."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # inherited
        pass


@pytest.fixture
def leaky() -> Iterator[tuple[Site, Wire]]:
    """A server behind a wire."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with tapped(Site(address, Path(), {})) as behind:
            yield behind
        server.shutdown()


@pytest.mark.parametrize("way", LEAKS)
def test_a_secret_is_found_whichever_way_it_leaves(
    browser: Browser, leaky: tuple[Site, Wire], way: str
) -> None:
    site, wire = leaky
    page = browser.new_page()
    page.goto(f"{site.address}/")
    assert not finds(map(bytes, wire.sent), SECRET.encode())
    page.evaluate(f"(secret) => {{ {LEAKS[way]} }}", SECRET)
    for _try in range(100):
        if finds(map(bytes, wire.sent), SECRET.encode()):
            break
        page.wait_for_timeout(50)
    page.close()
    assert finds(map(bytes, wire.sent), SECRET.encode())


def test_a_secret_is_found_in_every_form() -> None:
    secret = bytes(range(40, 72)) + b"\xfb\xff\xbe"
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            body = encode(b"x" * shift + secret + b"tail")
            assert finds([b"a=" + body], secret)
            assert finds([quote(b"a=" + body, safe="").encode()], secret)
    assert finds([secret.hex().encode()], secret)
    assert finds([secret.hex(":").upper().encode()], secret)
    assert finds([b"before" + secret], secret)
    assert not finds([b"a=" + base64.b64encode(b"y" * 64)], secret)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_key_is_found_by_each_of_its_numbers(kind: str) -> None:
    key: Key = (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    whole, *numbers = secrets_of(key)
    assert numbers
    for number in numbers:
        assert finds([base64.b64encode(whole)], number)
