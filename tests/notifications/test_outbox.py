"""Letters of the demo go to a folder."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage, get_connection, send_mail

from notifications.channels.base import Outcome, ProviderAwayError, Result
from tests.notifications.letters import LETTER, numbered, send, unsign


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Is not there yet."""
    unsign(settings)
    settings.EMAIL_BACKEND = "notifications.delivering.outbox.FolderBackend"
    settings.OUTBOX_DIRECTORY = str(tmp_path / "var" / "outbox")
    return tmp_path / "var" / "outbox"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_letter_is_a_file_of_its_own_name(folder: Path) -> None:
    assert [one.result for one in send(*numbered(3))] == [Result.SENT] * 3
    assert names(folder) == ["k-1.eml", "k-2.eml", "k-3.eml"]
    data = (folder / "k-2.eml").read_bytes()
    letter = message_from_bytes(data, policy=policy.default)
    assert letter["Subject"] == LETTER.subject
    assert letter["To"] == "p2@mail.example"
    assert b"\r\n" in data


def test_a_letter_that_is_sent_again_replaces_itself(folder: Path) -> None:
    send(LETTER)
    send(replace(LETTER, subject="Again"))
    assert names(folder) == ["8k3f22qm7tx4-7.eml"]
    assert b"Subject: Again\r\n" in (folder / "8k3f22qm7tx4-7.eml").read_bytes()


def test_letters_of_django_itself_go_there_too(folder: Path) -> None:
    assert send_mail("Тема", "Слова", "a@b.kz", ["c@d.kz"]) == 1
    (name,) = names(folder)
    assert message_from_bytes((folder / name).read_bytes(), policy=policy.default)["To"] == "c@d.kz"


@pytest.mark.parametrize(
    "number", ["<../../etc/passwd@x>", "<.hidden@x>", "<a/b@x>", "<>", "x", "<" + "a" * 900 + "@x>"]
)
def test_no_message_id_leads_out_of_the_folder(folder: Path, number: str) -> None:
    letter = EmailMessage("s", "b", "a@b.kz", ["c@d.kz"], headers={"Message-ID": number})
    assert get_connection().send_messages([letter]) == 1
    (name,) = names(folder)
    assert name.endswith(".eml")
    assert name[0].isalnum()
    assert len(name) < 160


def test_a_folder_that_cannot_be_written_is_a_provider_that_is_away(
    folder: Path, settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.OUTBOX_DIRECTORY = str(tmp_path / "file")
    with pytest.raises(ProviderAwayError):
        send(LETTER)
    assert get_connection(fail_silently=True).send_messages([EmailMessage(to=["a@b.kz"])]) == 0
    settings.OUTBOX_DIRECTORY = str(folder)
    assert send(LETTER) == [Outcome(7, Result.SENT)]
