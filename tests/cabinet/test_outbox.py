"""The outbox of the demo: there in the demo alone, and nothing leads out of its folder."""

import json
import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.cabinet.colleagues import Reply
from tests.cabinet.reading import words

pytestmark = pytest.mark.django_db
LETTER = "20261124-1.eml"
TEXT = "20261124-2.txt"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def letter(subject: str = "Подпись заканчивается") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["To"], made["From"] = subject, "aigul@example.kz", "noreply@cabinet.kz"
    made.set_content("Осталось 12 дней.")
    made.add_alternative("<p style='color: red'>Осталось <b>12</b> дней.</p>", subtype="html")
    made.add_attachment(CALENDAR.encode(), maintype="text", subtype="calendar")
    return made


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A demo that has sent one letter and one text."""
    found = tmp_path / "outbox"
    found.mkdir()
    settings.OUTBOX_DIRECTORY = str(found)
    (found / LETTER).write_bytes(letter().as_bytes())
    (found / TEXT).write_text(json.dumps({"to": "+77011234567", "text": "Код 123456", "parts": 1}))
    return found


def get(client: Client, name: str, *args: str) -> Reply:
    return client.get(reverse(name, args=args), headers={"Accept-Language": "en"}, secure=True)


def test_without_a_folder_there_is_no_outbox(client: Client, settings: Settings) -> None:
    settings.OUTBOX_DIRECTORY = ""
    assert get(client, "outbox").status_code == 404
    for name in ("outbox-item", "outbox-letter", "outbox-calendar"):
        assert get(client, name, LETTER).status_code == 404
    assert reverse("outbox") not in get(client, "start").content.decode()


def test_it_lists_letters_and_texts_the_newest_first(client: Client, folder: Path) -> None:
    os.utime(folder / LETTER, (1, 1))
    page = words(get(client, "outbox"))
    assert page.index("Код 123456") < page.index("Подпись заканчивается")
    assert "+77011234567" in page
    assert reverse("outbox") in get(client, "start").content.decode()


def test_a_folder_that_nobody_has_made_is_an_empty_outbox(client: Client, folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    assert "Nothing was sent yet" in words(get(client, "outbox"))
    folder.rmdir()
    assert "Nothing was sent yet" in words(get(client, "outbox"))


def test_at_most_two_hundred_are_shown(client: Client, folder: Path) -> None:
    for number in range(205):
        (folder / f"{number}.txt").write_text(json.dumps({"to": "+7701", "text": str(number)}))
    assert len(get(client, "outbox").context["sent"]) == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b'{"to": 1}',
        b"[" * 100_000,
        b'{"to":"","text":"","parts":"x"}',
    ],
)
def test_what_cannot_be_read_is_left_out(client: Client, folder: Path, content: bytes) -> None:
    (folder / "broken.txt").write_bytes(content)
    (folder / "broken.eml").write_bytes(
        b'Content-Type: text/plain; charset="nonsense"\r\nTo: <\r\nDate: x\r\n\r\n' + content
    )
    assert get(client, "outbox").status_code == 200
    assert get(client, "outbox-item", "broken.txt").status_code == 404
    assert get(client, "outbox-item", "broken.eml").status_code in {200, 404}


def test_a_letter_shows_its_words_headers_and_whether_it_is_signed(
    client: Client, folder: Path
) -> None:
    page = words(get(client, "outbox-item", LETTER))
    assert "Осталось 12 дней." in page
    assert "noreply@cabinet.kz" in page
    assert "not signed" in page
    signed = EmailMessage()
    signed["Content-Type"] = 'multipart/signed; protocol="application/pkcs7-signature"; boundary=b'
    (folder / "signed.eml").write_bytes(
        b"To: a@example.kz\r\nSubject: s\r\nContent-Type: multipart/signed; boundary=b;"
        b' protocol="application/pkcs7-signature"\r\n\r\n--b\r\n'
        + letter().as_bytes()
        + b"\r\n--b--"
    )
    page = words(get(client, "outbox-item", "signed.eml"))
    assert "not signed" not in page
    assert "Осталось 12 дней." in page


def test_the_html_of_a_letter_stands_alone_under_its_own_policy(
    client: Client, folder: Path
) -> None:
    reply = get(client, "outbox-letter", LETTER)
    assert reply["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert "<b>12</b>" in reply.content.decode()
    assert get(client, "outbox-letter", TEXT).status_code == 404


def test_the_reminder_is_downloaded(client: Client, folder: Path) -> None:
    reply = get(client, "outbox-calendar", LETTER)
    assert reply["Content-Type"].startswith("text/calendar")
    assert reply["Content-Disposition"].startswith("attachment")
    assert reply.content.decode().splitlines() == CALENDAR.splitlines()
    assert get(client, "outbox-calendar", TEXT).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        *("..", "...eml", ".hidden.eml", "..%2Fsecret.eml", "..\\secret.eml", "a\x00.eml"),
        *("secret", "secret.p12", "ö.eml", "x" * 500 + ".eml", "a\n.eml", "a.eml\n", "folder.eml"),
    ],
)
def test_no_name_leads_out_of_the_folder(client: Client, folder: Path, name: str) -> None:
    (folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    (folder / ".hidden.eml").write_text("Subject: secret\n\nsecret")
    (folder / "folder.eml").mkdir()
    for page in ("outbox-item", "outbox-letter", "outbox-calendar"):
        assert get(client, page, name).status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(client: Client, folder: Path) -> None:
    (folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    (folder / "link.eml").symlink_to(folder.parent / "secret.eml")
    assert get(client, "outbox-item", "link.eml").status_code == 404
    assert "secret" not in words(get(client, "outbox"))


def test_nothing_is_posted_here(client: Client, folder: Path) -> None:
    assert client.post(reverse("outbox"), secure=True).status_code == 405


def test_the_worker_may_write_while_it_is_read(client: Client, folder: Path) -> None:
    half = letter("half").as_bytes()
    (folder / "half.eml").write_bytes(half[: len(half) // 2])
    assert get(client, "outbox").status_code == 200
