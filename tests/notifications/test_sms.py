"""Which gateway sends, and the two that need no provider: a table, and a folder for the demo."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from pytest_django.fixtures import Settings

from cabinet.outbox_folder import newest
from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.gateways.base import Gateway, GatewaySettingsError
from notifications.channels.gateways.folder import FolderGateway
from notifications.channels.gateways.http import HttpGateway
from notifications.channels.gateways.log import LogGateway
from notifications.channels.gateways.smpp import SmppGateway
from notifications.channels.registry import CHANNELS
from notifications.channels.sms import CHANNEL, GATEWAYS, SmsSender, make_gateway
from notifications.models import LoggedText

pytestmark = [pytest.mark.django_db, pytest.mark.data]

KAZAKH = "Қолтаңбаңыз үш күннен кейін аяқталады. Жаңартыңыз: cabinet.example «ӘІҢҒҮҰҚӨҺ» 😀"


def parcel(number: int = 1, text: str = KAZAKH, key: str = "") -> Parcel:
    return Parcel(
        delivery_id=number,
        key=key or f"key-{number}",
        to="+77011234567",
        language="kk",
        subject="",
        text=text,
    )


def test_texts_are_written_into_the_table_by_default(settings: Settings) -> None:
    assert settings.SMS_GATEWAY == "log"
    outcomes = list(CHANNEL.open().send([parcel(1), parcel(2, "short")]))
    rows = list(LoggedText.objects.order_by("id"))
    assert outcomes == [
        Outcome(number, Result.SENT, provider_id=f"log-{row.pk}")
        for number, row in enumerate(rows, 1)
    ]
    assert [(row.to, row.text, row.parts, row.key, row.sender) for row in rows] == [
        ("+77011234567", KAZAKH, 2, "key-1", "Cabinet"),
        ("+77011234567", "short", 1, "key-2", "Cabinet"),
    ]


def test_a_text_that_comes_again_is_one_row() -> None:
    first = list(CHANNEL.open().send([parcel()]))
    again = list(CHANNEL.open().send([parcel(text="other words by now")]))
    assert first == again
    assert LoggedText.objects.get().text == KAZAKH


def test_the_log_has_the_number_masked_and_no_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    list(CHANNEL.open().send([parcel(text="code 12345")]))
    assert "+7701 ••• 4567, parts: 1, key: key-1" in caplog.text
    assert "1234567" not in caplog.text
    assert "12345" not in caplog.text


@pytest.mark.parametrize("key", ["../../etc/passwd", "k" * 5000, "ә", "", "a\0b", ".hidden"])
def test_no_key_and_no_text_is_too_strange_for_table_or_folder(key: str, tmp_path: Path) -> None:
    text = "a\0b\ud83d".encode("utf-8", "replace").decode()
    folder = FolderGateway(directory=str(tmp_path / "out"), sender="Cabinet")
    gateways: list[Gateway] = [LogGateway(sender="Cabinet"), folder]
    for gateway in gateways:
        (outcome,) = SmsSender(gateway).send([parcel(text=text, key=key)])
        assert outcome.result is Result.SENT
    assert LoggedText.objects.count() == 1
    assert len(list((tmp_path / "out").iterdir())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_words_that_are_old_are_found_to_be_blanked() -> None:
    list(CHANNEL.open().send([parcel()]))
    now = timezone.now()
    assert not LoggedText.objects.worded_before(now - timedelta(days=30))
    assert LoggedText.objects.worded_before(now + timedelta(seconds=1)).update(text="") == 1
    assert not LoggedText.objects.worded_before(now + timedelta(days=1))


def test_the_folder_has_one_whole_file_for_each_text(tmp_path: Path, settings: Settings) -> None:
    settings.SMS_GATEWAY, settings.OUTBOX_DIRECTORY = "folder", str(tmp_path / "a" / "outbox")
    for _twice in range(2):
        (outcome,) = CHANNEL.open().send([parcel()])
        assert outcome == Outcome(1, Result.SENT, provider_id="key-1")
    (path,) = (tmp_path / "a" / "outbox").iterdir()
    assert path.name == "key-1.txt"
    said = json.loads(path.read_text())
    assert said.pop("at").endswith("+00:00")
    assert said == {"to": "+77011234567", "text": KAZAKH, "sender": "Cabinet", "parts": 2}


def test_the_outbox_shows_what_the_folder_has(tmp_path: Path, settings: Settings) -> None:
    settings.SMS_GATEWAY, settings.OUTBOX_DIRECTORY = "folder", str(tmp_path)
    list(CHANNEL.open().send([parcel()]))
    (shown,) = newest()
    assert (shown.to, shown.text, shown.parts) == ("+77011234567", KAZAKH, 2)


def test_a_folder_that_cannot_be_written_is_a_provider_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    gateway = FolderGateway(directory=str(tmp_path / "file"), sender="Cabinet")
    with pytest.raises(ProviderAwayError, match="folder: "):
        list(SmsSender(gateway).send([parcel()]))
    (tmp_path / "key-1.txt").mkdir()
    gateway = FolderGateway(directory=str(tmp_path), sender="Cabinet")
    with pytest.raises(ProviderAwayError, match="folder: IsADirectoryError"):
        list(SmsSender(gateway).send([parcel()]))
    assert {path.name for path in tmp_path.iterdir()} == {"file", "key-1.txt"}


@pytest.mark.parametrize(
    ("name", "url", "kind"),
    [
        ("log", "", LogGateway),
        ("folder", "", FolderGateway),
        ("http", "https://provider.example/send", HttpGateway),
        ("smpp", "smpp://user:secret@smsc.example:2775", SmppGateway),
    ],
)
def test_the_settings_name_the_gateway(
    name: str, url: str, kind: type[Gateway], settings: Settings, tmp_path: Path
) -> None:
    settings.SMS_GATEWAY, settings.SMS_URL = name, url
    settings.OUTBOX_DIRECTORY = str(tmp_path)
    assert isinstance(make_gateway(), kind)
    assert not run_checks()
    assert name in GATEWAYS
    # Nothing was asked for and nobody was called.
    assert list(CHANNEL.open().send([])) == []


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"SMS_GATEWAY": "pigeon"}, "SMS_GATEWAY"),
        ({"SMS_GATEWAY": ""}, "SMS_GATEWAY"),
        ({"SMS_GATEWAY": "folder", "OUTBOX_DIRECTORY": ""}, "OUTBOX_DIRECTORY"),
        ({"SMS_GATEWAY": "http", "SMS_URL": ""}, "SMS_URL"),
        ({"SMS_GATEWAY": "http", "SMS_URL": "http://x/", "SMS_BODY": "{"}, "SMS_BODY"),
        ({"SMS_GATEWAY": "smpp", "SMS_URL": "smpp://x"}, "SMS_URL"),
        (
            {"SMS_GATEWAY": "smpp", "SMS_URL": "smpp://u:p@h:1", "SMS_SENDER": "Кабинет"},
            "SMS_SENDER",
        ),
    ],
)
def test_settings_that_make_no_gateway_are_told_at_the_start(
    values: dict[str, str], word: str, settings: Settings
) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    (message,) = run_checks()
    assert message.id == "notifications.E001"
    assert word in message.msg
    with pytest.raises(GatewaySettingsError, match=word):
        CHANNEL.open()


class Counting:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.submitted = 0
        self.closed = 0

    def submit(self, parcel: Parcel) -> Outcome:
        self.submitted += 1
        return Outcome(parcel.delivery_id, Result.SENT)

    def close(self) -> None:
        self.closed += 1


def test_each_text_is_made_when_it_is_sent_and_the_gateway_is_closed_early() -> None:
    gateway, made = Counting(), []

    def parcels() -> Iterator[Parcel]:
        for number in (1, 2, 3):
            made.append(number)
            yield parcel(number)

    outcomes = SmsSender(gateway).send(parcels())
    next(outcomes)
    assert (made, gateway.submitted, gateway.closed) == ([1], 1, 0)
    outcomes.close()
    assert (made, gateway.submitted, gateway.closed) == ([1], 1, 1)


def test_sms_is_a_channel_that_lets_people_sleep() -> None:
    assert CHANNELS["sms"] is CHANNEL
    assert CHANNEL.waits_at_night
    assert CHANNEL.template == "sms.txt"
