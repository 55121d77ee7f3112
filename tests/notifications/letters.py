"""Parcels, a server to send them to, and what stands in a letter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import LazySettings

from notifications.channels.base import Outcome, Parcel, Reminder
from notifications.channels.email import CHANNEL
from notifications.channels.email.letter import write_letter
from tests.notifications.smtp_server import ScriptedServer

SMTP = "django.core.mail.backends.smtp.EmailBackend"
UNSUBSCRIBE = "https://cabinet.example/u/eyJhIjoxfQ:1tXYZ:abc-_DEF"
# The evening of 1 December in UTC is 2 December in Almaty.
ENDS = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
SUBJECTS = {
    "kk": "Қолтаңбаңыз 14 күннен кейін аяқталады: жаңартуды бастаңыз",
    "ru": "Ваша подпись закончится через 14 дней: начните продление",
    "en": "Your signature ends in 14 days: begin the renewal",
}
NAMES = {"kk": "Кабинет", "ru": "Кабинет", "en": "Cabinet"}
REMINDER = Reminder("certificate-7", "Подпись заканчивается", ENDS, "https://cabinet.example/my/")
LETTER = Parcel(
    delivery_id=7,
    key="8k3f22qm7tx4-7",
    to="aigul@mail.example",
    language="ru",
    subject=SUBJECTS["ru"],
    text="Здравствуйте!\n.\nFrom начала строки, " + "длинная строка " * 100 + "\n",
    html="<!doctype html><title>Қ</title><p>Здравствуйте!</p>" + "<p>ҒғҚқ</p>" * 200,
    unsubscribe_url=UNSUBSCRIBE,
    reminders=(REMINDER,),
    number="8K3F22QM7TX4",
)


NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def letter_of(parcel: Parcel) -> EmailMessage:
    """The unsigned letter, as Python reads it."""
    data = write_letter(
        parcel, to=LETTER.to, mail_from="noreply@cabinet.example", sign=no_signer, now=NOW
    )
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def use(server: ScriptedServer, settings: LazySettings, *, timeout: float = 5) -> None:
    """Letters go to this server."""
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    settings.EMAIL_TIMEOUT = timeout


def no_signer(content: bytes, *, now: datetime) -> None:
    """For `MAIL_SIGNER` where nothing is signed."""


def unsign(settings: LazySettings) -> None:
    """Letters go out without a signature, and no database is asked."""
    settings.MAIL_SIGNER = f"{__name__}.{no_signer.__name__}"


def numbered(count: int, make: Callable[[int], str] = "p{}@mail.example".format) -> list[Parcel]:
    """Letters to so many people."""
    return [
        replace(LETTER, delivery_id=number, key=f"k-{number}", to=make(number))
        for number in range(1, count + 1)
    ]


def send(*parcels: Parcel) -> list[Outcome]:
    """As a batch does. Raises `ProviderAwayError`."""
    return list(CHANNEL.open().send(parcels))
