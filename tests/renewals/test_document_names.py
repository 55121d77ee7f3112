"""Names of documents: what senders call them is made safe to show; ours tell nothing."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.documents.media import JPEG, PDF, PNG, Media
from renewals.documents.names import MAX_NAME, clean_name, new_storage_name

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "media", "shown"),
    [
        ("passport.pdf", PDF, "passport.pdf"),
        ("Удостоверение Әлия.PDF", PDF, "Удостоверение Әлия.PDF"),
        ("photo.jpeg", JPEG, "photo.jpeg"),
        ("photo.jfif", JPEG, "photo.jfif"),
        ("photo.png", JPEG, "photo.png.jpg"),
        ("setup.exe", PDF, "setup.exe.pdf"),
        ("scan", PNG, "scan.png"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("..\\..\\windows\\system.ini", PDF, "system.ini.pdf"),
        ("C:\\fakepath\\scan.pdf", PDF, "scan.pdf"),
        ("/", PDF, "document.pdf"),
        ("", PDF, "document.pdf"),
        ("...", PDF, "document.pdf"),
        (".pdf", PDF, "pdf.pdf"),
        (" .scan.pdf. ", PDF, "scan.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", PDF, "a Set-Cookie x=1.pdf"),
        ("a\x00b.pdf", PDF, "a b.pdf"),
        ("invoice\u202efdp.exe", PDF, "invoice fdp.exe.pdf"),
        ("a\u2066\u200b\ufeffb.pdf", PDF, "a b.pdf"),
        ("a\u2028b\u2029c.pdf", PDF, "a b c.pdf"),
        ('a"b<c>d|e?f*g:h.pdf', PDF, "a b c d e f g h.pdf"),
        ("e\u0301cole.pdf", PDF, "\u00e9cole.pdf"),
        ("\ud800.pdf", PDF, "pdf.pdf"),
        ("я" * 300 + ".pdf", PDF, "я" * 146 + ".pdf"),
        ("a." + "b" * 300, PDF, "a." + "b" * 144 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(sent: str, media: Media, shown: str) -> None:
    assert clean_name(sent, media) == shown


@given(st.text(max_size=400), st.sampled_from([PDF, JPEG, PNG]))
def test_whatever_is_sent_the_name_is_short_plain_and_true(sent: str, media: Media) -> None:
    name = clean_name(sent, media)
    assert 0 < len(name) <= MAX_NAME
    assert name.isprintable()
    assert not set('/\\<>:"|?*') & set(name)
    assert not name.startswith(".")
    assert name.lower().endswith((f".{media.extension}", ".jpeg", ".jpe", ".jfif"))
    assert name.encode()
    assert clean_name(name, media) == name


def test_names_in_storage_are_random_and_sorted_by_year() -> None:
    names = {new_storage_name(PDF, NOW) for _time in range(1000)}
    assert len(names) == 1000
    assert all(re.fullmatch(r"documents/2026/[0-9a-f]{32}\.pdf", name) for name in names)
