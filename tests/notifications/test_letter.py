"""What stands in a letter: headers, words in three languages, a calendar, nothing slipped in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.base import Parcel
from notifications.channels.email.headers import encode_address, write_sender, write_words
from notifications.channels.email.letter import write_letter
from tests.notifications.letters import (
    LETTER,
    NAMES,
    NOW,
    REMINDER,
    SUBJECTS,
    UNSUBSCRIBE,
    letter_of,
    no_signer,
    send,
    unsign,
    use,
)
from tests.notifications.smtp_server import ScriptedServer


@pytest.fixture
def server(settings: LazySettings) -> Iterator[ScriptedServer]:
    """Takes everything. Nothing is signed."""
    unsign(settings)
    with ScriptedServer() as found:
        use(found, settings)
        yield found


def text_of(letter: EmailMessage, kind: str) -> str:
    (part,) = [part for part in letter.walk() if part.get_content_type() == kind]
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found.decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_letter_in_each_language(server: ScriptedServer, language: str) -> None:
    subject = SUBJECTS[language]
    send(replace(LETTER, language=language, subject=subject, text=f"{subject}\n"))
    letter = server.received[0].message
    assert not letter.defects
    assert letter["Subject"] == subject
    assert letter["Content-Language"] == language
    (sender,) = letter["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (NAMES[language], "noreply@cabinet.example")
    assert text_of(letter, "text/plain") == f"{subject}\n"
    assert text_of(letter, "text/html") == LETTER.html


def test_it_says_that_nobody_need_answer_it_and_how_to_have_no_more(
    server: ScriptedServer,
) -> None:
    send(LETTER)
    letter = server.received[0].message
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"] == "<8k3f22qm7tx4-7@cabinet.example>"
    assert parsedate_to_datetime(letter["Date"]).tzinfo is not None
    assert letter["MIME-Version"] == "1.0"


def test_where_nothing_may_be_switched_off_no_header_says_so() -> None:
    letter = letter_of(replace(LETTER, unsubscribe_url=""))
    assert letter["List-Unsubscribe"] is None
    assert letter["List-Unsubscribe-Post"] is None


def test_only_what_there_is_makes_a_part() -> None:
    kinds = [part.get_content_type() for part in letter_of(LETTER).walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"),
    ]
    plain = letter_of(replace(LETTER, html="", reminders=()))
    assert [part.get_content_type() for part in plain.walk()] == ["text/plain"]
    alternative = letter_of(replace(LETTER, reminders=()))
    assert alternative.get_content_type() == "multipart/alternative"


def test_its_lines_are_as_short_as_servers_want_and_end_as_they_should() -> None:
    data = raw(LETTER)
    assert not re.search(rb"[^\r]\n|\r[^\n]", data)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) < 200
    # Headers with encoded words (RFC 2047, 2).
    assert max(len(line) for line in data.split(b"\r\n") if b"=?" in line) <= 76


def raw(parcel: Parcel) -> bytes:
    return write_letter(
        parcel, to=LETTER.to, mail_from="noreply@cabinet.example", sign=no_signer, now=NOW
    )


BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\0", "\r\n "]


@pytest.mark.parametrize("gap", BREAKS)
def test_no_header_is_slipped_in(gap: str) -> None:
    evil = f"a{gap}Bcc: evil@mail.example{gap}{gap}<script>"
    parcel = replace(
        LETTER,
        subject=evil,
        key=evil,
        language=evil,
        unsubscribe_url=f"https://a.kz/{evil}",
        reminders=(replace(REMINDER, title=evil, uid=evil, url=f"https://a.kz/{evil}"),),
    )
    letter = letter_of(parcel)
    assert letter["Bcc"] is None
    assert not letter.defects
    assert set(letter.keys()) == {
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type"),
    }
    assert re.fullmatch(r"<[0-9a-f]{64}@cabinet\.example>", letter["Message-ID"])
    assert letter["Subject"].count("\n") == 0
    calendar = text_of(letter, "text/calendar")
    assert not re.search(r"^Bcc", calendar, re.MULTILINE | re.IGNORECASE)


@given(
    subject=st.text(max_size=300),
    text=st.text(max_size=300),
    key=st.text(max_size=150),
    title=st.text(max_size=300),
    language=st.sampled_from(["kk", "ru", "en", "", "x"]),
)
def test_no_words_break_a_letter(
    subject: str, text: str, key: str, title: str, language: str
) -> None:
    parcel = replace(
        LETTER,
        subject=subject,
        text=text,
        key=key,
        html=title,
        language=language,
        reminders=(replace(REMINDER, title=title, uid=key),),
    )
    letter = letter_of(parcel)
    assert letter.get_content_type() == "multipart/mixed"
    assert len(letter["Message-ID"].split("@")) == 2
    assert letter_of(parcel)["Message-ID"] == letter["Message-ID"]
    assert text_of(letter, "text/plain") == text.encode("utf-8", "replace").decode()


@given(st.text(max_size=400))
def test_words_of_a_header_are_read_back(text: str) -> None:
    written = write_words(text)
    assert all(len(line) <= 76 for line in written.split(b"\r\n "))
    assert b"\n" not in written.replace(b"\r\n ", b"")
    letter = letter_of(replace(LETTER, subject=text))
    seen = " ".join(text.split())
    if text.isprintable() and "=?" not in text and text.isascii():
        assert " ".join(str(letter["Subject"]).split()) == seen


@given(st.text(max_size=400))
def test_an_address_is_good_ascii_or_nothing(text: str) -> None:
    found = encode_address(text)
    assert found == "" or (found.isascii() and found.count("@") == 1 and len(found) <= 254)
    assert not set(found) & set('\r\n\0 <>,;:"')


def test_a_sender_has_the_name_that_its_reader_knows() -> None:
    assert write_sender("a@b.kz", "en") == b'"Cabinet" <a@b.kz>'
    assert write_sender("a@b.kz", "ru").startswith(b"=?utf-8?b?")
