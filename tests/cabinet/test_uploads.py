"""What is sent as a document: sizes, names, tricks; and that no other address takes a file."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.fixtures import Settings

from cabinet.sentences import sentence
from renewals.models import Document, Renewal
from renewals.services.attaching import MOST
from tests.cabinet.colleagues import Colleague, Reply
from tests.cabinet.document_steps import add, added, draft, holder, others, strict
from tests.cabinet.papers_folder import files, folder, sent
from tests.renewals.clamd import EICAR, clamd
from tests.renewals.hostile_files import ACTIVE, ATTACHING, ENCRYPTED
from tests.renewals.sent_files import MEGABYTE, jpeg, pdf, plain_pdf, stream
from tests.servers import free_port

__all__ = ["draft", "folder", "holder", "others"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def assert_refused(reply: Reply, code: str, *, status: int = 400, **facts: str) -> None:
    """On the same page: the sentence in the summary, and beside the field."""
    text = reply.content.decode()
    assert reply.status_code == status, text
    words = sentence(code, facts).replace("'", "&#x27;")
    assert text.count(words) == 2, text
    assert '<a href="#id_file">' in text
    assert 'aria-invalid="true"' in text
    assert text.count("<title>Error: ") == 1
    assert not Document.objects.exists()


# --- what is refused ------------------------------------------------------------------------


def test_nothing_is_lost_when_something_is_missing(holder: Colleague, draft: Renewal) -> None:
    reply = holder.post("documents", draft.number, kind="registration")
    text = reply.content.decode()
    assert reply.status_code == 400
    assert text.count("Choose a file.") == 2
    assert re.search(r'value="registration" id="kind-registration" checked', text)
    reply = holder.post("documents", draft.number, file=sent())
    text = reply.content.decode()
    assert reply.status_code == 400
    assert text.count("Choose what kind of document it is.") == 2
    assert '<a href="#kind-application_form">' in text
    reply = holder.post("documents", draft.number, kind="passport", file=sent())
    assert reply.status_code == 400
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ" + b"\0" * 999, "document.type"),
        (pdf()[:-99], "document.broken"),
        (ACTIVE["script when opened"], "document.active_content"),
        (ATTACHING["file"], "document.attachments"),
        (ENCRYPTED["by rights"], "document.encrypted"),
        (jpeg(1000, 50_001), "document.too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_stands_beside_the_field(
    holder: Colleague, draft: Renewal, folder: Path, data: bytes, code: str
) -> None:
    reply = add(holder, draft, data, kind="identity_card")
    assert_refused(reply, code)
    assert re.search(r'id="kind-identity_card" checked', reply.content.decode())
    assert not files(folder)


def test_an_empty_file_is_none(holder: Colleague, draft: Renewal) -> None:
    reply = add(holder, draft, b"")
    assert_refused(reply, "document.empty")


def test_eleven_megabytes_are_too_many(holder: Colleague, draft: Renewal, folder: Path) -> None:
    for size in (10 * MEGABYTE + 1, 10 * MEGABYTE + 60_000, 11 * MEGABYTE, 40 * MEGABYTE):
        reply = add(holder, draft, b"%PDF-" + b" " * (size - 5), kind="registration")
        assert_refused(reply, "document.too_large", status=413, most="10")
        assert re.search(r'id="kind-registration" checked', reply.content.decode()), size
    assert not files(folder)


def test_ten_megabytes_are_not(holder: Colleague, draft: Renewal) -> None:
    largest = plain_pdf(stream(b" " * (10 * MEGABYTE - 1000)))
    largest += b" " * (10 * MEGABYTE - len(largest))
    assert add(holder, draft, largest).status_code == 302


def test_the_eleventh_document_is_refused(holder: Colleague, draft: Renewal, folder: Path) -> None:
    for _number in range(MOST):
        added(holder, draft)
    text = holder.get("documents", draft.number).content.decode()
    assert "There are 10 documents" in text
    assert 'type="file"' not in text
    reply = add(holder, draft)
    assert reply.status_code == 409
    assert sentence("document.too_many", {"most": "10"}) in reply.content.decode()
    assert len(files(folder)) == Document.objects.count() == MOST


def test_the_scanner_is_asked(
    holder: Colleague, draft: Renewal, settings: Settings, folder: Path
) -> None:
    with clamd() as server:
        settings.CLAMD_URL = server.url
        reply = add(holder, draft, plain_pdf(stream(EICAR)))
        assert_refused(reply, "document.infected", name="Eicar-Test-Signature")
    settings.CLAMD_URL = f"tcp://127.0.0.1:{free_port()}"
    reply = add(holder, draft)
    assert_refused(reply, "document.scanner_away", status=503)
    assert "try again in a few minutes" in reply.content.decode()
    assert not files(folder)


def test_a_storage_that_is_away_is_told(holder: Colleague, draft: Renewal, folder: Path) -> None:
    (folder / "documents").write_text("no folder")
    reply = add(holder, draft)
    assert reply.status_code == 503
    assert sentence("document.storage_away") in reply.content.decode()
    assert not Document.objects.arrived().exists()


def part(name: str, body: bytes, more: str = "") -> bytes:
    """Of a multipart body."""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + body + b"\r\n"


def raw(person: Colleague, renewal: Renewal, *parts: bytes, end: bytes = b"--x--\r\n") -> Reply:
    """A body as no browser writes it."""
    return person.client.generic(
        "POST",
        reverse("documents", args=[renewal.number]),
        b"".join(parts) + end,
        "multipart/form-data; boundary=x",
        secure=True,
    )


KIND = part("kind", b"other")


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ('; filename="../../etc/passwd"', "passwd.pdf"),
        ('; filename="..\\..\\boot.ini"', "boot.ini.pdf"),
        ("; filename*=UTF-8''%D3%99%2F..%2F%D0%B6.pdf", "ж.pdf"),
        ('; filename="a%0d%0aSet-Cookie: x.pdf"', "a%0d%0aSet-Cookie x.pdf"),
        ('; filename="&lt;b&gt;&quot;.pdf"', "b.pdf"),
        (f'; filename="{"я" * 400}.pdf"', "я" * 146 + ".pdf"),
        ('; filename="gpj.\u202efdp.pdf"', "gpj.fdp.pdf"),
        ('; filename=".htaccess"', "htaccess.pdf"),
    ],
)
def test_no_name_does_harm(holder: Colleague, draft: Renewal, name: str, kept_as: str) -> None:
    reply = raw(holder, draft, KIND, part("file", plain_pdf(), name))
    assert reply.status_code == 302, reply.content.decode()
    row = Document.objects.get()
    assert row.name == kept_as
    assert re.fullmatch(r"documents/\d{4}/[0-9a-f]{32}\.pdf", row.storage_name)
    headers = holder.get("document", draft.number, row.pk).headers
    assert "Set-Cookie" not in headers
    assert headers["Content-Disposition"].startswith("attachment; filename")


NAMED = '; filename="a.pdf"'
HALF = part("file", plain_pdf()[:100], NAMED)


@pytest.mark.parametrize(
    "parts",
    [
        [KIND],
        [KIND, part("file", plain_pdf())],
        [KIND, part("file", plain_pdf(), '; filename=""')],
        [KIND, part("file", plain_pdf(), '; filename=".."')],
        [KIND, part("file", plain_pdf(), NAMED), part("file", plain_pdf(), NAMED)],
        [KIND, part("file", plain_pdf(), NAMED), part("more", plain_pdf(), NAMED)],
        [KIND, part("more", plain_pdf(), NAMED)],
        [KIND, part("file", b"!", NAMED + "\r\nContent-Transfer-Encoding: base64")],
        [KIND, HALF],
        [part("kind", b"\xff\x00"), part("file", plain_pdf(), NAMED)],
        [part("kind", b"x" * 100_000), part("file", plain_pdf(), NAMED)],
        [part(f"field{number}", b"") for number in range(500)],
        [b"--x\r\n\r\n\r\n"] * 300,
        [b"nothing of the kind"],
        [],
    ],
)
def test_no_body_is_a_fault_of_ours(
    holder: Colleague, draft: Renewal, folder: Path, parts: list[bytes]
) -> None:
    holder.client.raise_request_exception = False
    for end in (b"--x--\r\n", b"", b"--x"):
        reply = raw(holder, draft, *parts, end=end)
        assert 400 <= reply.status_code < 500, reply
    assert not Document.objects.exists()
    assert not files(folder)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "multipart/form-data"])
def test_another_content_type_brings_nothing(holder: Colleague, draft: Renewal, kind: str) -> None:
    holder.client.raise_request_exception = False
    address = reverse("documents", args=[draft.number])
    for size in (10, 200_000, 11 * MEGABYTE):
        reply = holder.client.generic("POST", address, b"x" * size, kind, secure=True)
        assert 400 <= reply.status_code < 500
    assert not Document.objects.exists()


# --- elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["apply", "key", "statement", "install", "withdraw", "remove-document"]
)
def test_no_other_address_takes_a_file(
    holder: Colleague, draft: Renewal, folder: Path, name: str
) -> None:
    row = added(holder, draft)
    before = files(folder)
    args = [draft.number, row.pk] if name == "remove-document" else [draft.number]
    for data in (b"x", plain_pdf(), b"x" * (3 * MEGABYTE)):
        fields = {"file": sent(data), "kind": "other"}
        reply = strict(holder).post(reverse(name, args=args), fields, secure=True)
        assert reply.status_code == 400
    assert files(folder) == before
    assert Document.objects.get() == row


@pytest.mark.parametrize("name", ["find", "open", "sign-out", "language", "challenge", "enter"])
def test_no_address_without_a_number_takes_a_file(
    holder: Colleague, folder: Path, name: str
) -> None:
    fields = {"file": sent(b"x" * (3 * MEGABYTE))}
    assert strict(holder).post(reverse(name), fields, secure=True).status_code == 400
    assert not files(folder)
