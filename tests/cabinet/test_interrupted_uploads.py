"""Uploads to a real server over a real socket: cut off, too large, half announced."""

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import reverse

from cabinet.management.commands.serve import web_command
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Event, Renewal
from tests.cabinet.colleagues import Colleague, hire
from tests.cabinet.papers_folder import files
from tests.processes import running
from tests.renewals.people import iin_of
from tests.renewals.sent_files import MEGABYTE, plain_pdf, stream
from tests.renewals.workers import environment, wait_until
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)

END = b"\r\n--x--\r\n"
TOKEN = "Form refused without a valid token"


@dataclass
class Server:
    """Gunicorn as `serve` starts it, with the same database as this test."""

    port: int
    folder: Path

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log").read_text()

    def connect(self) -> socket.socket:
        """A browser that does as it likes."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@pytest.fixture
def server(db: None, tmp_path: Path) -> Iterator[Server]:
    found = Server(free_port(), tmp_path)
    (tmp_path / "temporary").mkdir()
    values = environment() | {
        "DOCUMENTS_DIRECTORY": str(tmp_path / "documents"),
        "TMPDIR": str(tmp_path / "temporary"),
        # Pages without a built stylesheet.
        "DEBUG": "true",
    }
    command = ["python", *web_command("127.0.0.1", found.port)[1:]]
    with running(command, values, tmp_path / "log"):
        assert wait_until(lambda: answers(found)), found.log
        yield found
    assert "Traceback" not in found.log, found.log
    assert not files(tmp_path / "temporary")


def answers(server: Server) -> bool:
    """Whether it has started."""
    try:
        with server.connect() as connection:
            connection.sendall(b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return b"200 OK" in connection.recv(100)
    except OSError:
        return False


@pytest.fixture
def holder(authority: Authority) -> Colleague:
    return hire(authority, iin_of(1), Role.EMPLOYEE).sign_in()


@pytest.fixture
def draft(holder: Colleague) -> Renewal:
    return holder.holder.open()


def request(person: Colleague, address: str, data: bytes, length: int | None = None) -> bytes:
    """Head and beginning of a form that is sent to `address`; `END` is still to come."""
    page = person.client.get(address).content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    fields = {"csrfmiddlewaretoken": token, "kind": "other"}
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + data
    cookies = "; ".join(f"{name}={one.value}" for name, one in person.client.cookies.items())
    head = (
        f"POST {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nAccept-Language: en\r\n"
        f"Content-Length: {len(body) + len(END) if length is None else length}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


def answer(connection: socket.socket) -> tuple[int, str]:
    """Status and page."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return int(received.split(b" ", 2)[1]), received.decode(errors="replace")


def nothing_is_left(server: Server) -> bool:
    """Neither row nor file."""
    return not Document.objects.exists() and not files(server.folder / "documents")


def test_a_whole_upload_is_kept(server: Server, holder: Colleague, draft: Renewal) -> None:
    data = plain_pdf(stream(b" " * (9 * MEGABYTE)))
    with server.connect() as connection:
        connection.sendall(request(holder, reverse("documents", args=[draft.number]), data) + END)
        status, page = answer(connection)
    assert status == 302, page
    assert Document.objects.arrived().get().size == len(data)
    assert len(files(server.folder / "documents")) == 1


@pytest.mark.parametrize("manner", ["closed", "reset"])
@pytest.mark.parametrize("name", ["documents", "power"])
def test_half_an_upload_leaves_nothing(
    server: Server, holder: Colleague, draft: Renewal, *, name: str, manner: str
) -> None:
    address = reverse(name, args=[draft.number] if name == "documents" else [])
    whole = request(holder, address, plain_pdf(stream(b" " * (3 * MEGABYTE))))
    # In the middle of the file; behind its last byte, where only the closing line is missing.
    for number, half in enumerate((whole[: len(whole) // 2], whole), start=1):
        connection = server.connect()
        connection.sendall(half)
        if manner == "reset":
            linger = b"\1\0\0\0\0\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
        assert wait_until(lambda: server.log.count(TOKEN) >= number), server.log  # noqa: B023
    assert nothing_is_left(server)
    assert not Event.objects.filter(kind__in=["document.added", "mandate.filed"]).exists()
    assert answers(server)


def test_what_is_a_little_too_large_is_told_on_the_page(
    server: Server, holder: Colleague, draft: Renewal
) -> None:
    address = reverse("documents", args=[draft.number])
    with server.connect() as connection:
        connection.sendall(request(holder, address, b"%PDF-" + b" " * (11 * MEGABYTE)) + END)
        status, page = answer(connection)
    assert status == 413
    assert "10 MB are possible" in page
    assert 'id="kind-other" checked' in page
    assert nothing_is_left(server)


def test_what_is_far_too_large_is_not_even_read(
    server: Server, holder: Colleague, draft: Renewal
) -> None:
    address = reverse("documents", args=[draft.number])
    began = time.monotonic()
    with server.connect() as connection:
        # A gigabyte is announced; the answer comes after what the page's fields take.
        connection.sendall(request(holder, address, b" " * 70_000, length=1024**3))
        status, page = answer(connection)
    assert status == 413
    assert "10 MB are possible" in page
    assert time.monotonic() - began < 10
    assert nothing_is_left(server)


@pytest.mark.parametrize("size", [5 * MEGABYTE, 31 * MEGABYTE])
def test_who_has_to_sign_in_again_is_told_so_and_not_cut_off(
    server: Server, holder: Colleague, draft: Renewal, size: int
) -> None:
    whole = request(holder, reverse("documents", args=[draft.number]), b"x" * size) + END
    head, blank, body = whole.partition(b"\r\n\r\n")
    head = re.sub(rb"Cookie: [^\r]*", b"Cookie: session=nobody", head)
    with server.connect() as connection:
        connection.sendall(head + blank + body)
        status, page = answer(connection)
    assert status == 302
    assert "/sign-in/" in page
    assert nothing_is_left(server)


def test_a_stranger_who_announces_too_much_is_answered_at_once(
    server: Server, holder: Colleague, draft: Renewal
) -> None:
    whole = request(holder, reverse("documents", args=[draft.number]), b"", length=10**9)
    head = re.sub(rb"Cookie: [^\r]*", b"Cookie: session=nobody", whole.partition(b"\r\n\r\n")[0])
    with server.connect() as connection:
        connection.sendall(head + b"\r\n\r\n")
        status, _page = answer(connection)
    assert status == 302
