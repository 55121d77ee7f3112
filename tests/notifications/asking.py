"""How addresses are asked for and verified in the tests."""

from datetime import timedelta

from notifications.contacts import book as contacts
from notifications.contacts import codes
from notifications.contacts.book import Change
from notifications.models import Verification
from tests.renewals.people import NOW, iin_of

ANN, BOB = iin_of(1), iin_of(2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MAIL, OTHER_MAIL, PHONE = "ann@example.kz", "lee@example.kz", "+77011234567"


def ask(
    iin: str = ANN,
    text: str = MAIL,
    *,
    channel: str = "email",
    at: timedelta = timedelta(),
    is_signed: bool = False,
) -> Verification:
    return contacts.ask(
        iin=iin, channel=channel, text=text, language="kk", now=NOW + at, is_signed=is_signed
    )


def verify(code: str, iin: str = ANN, *, channel: str = "email", at: timedelta = MINUTE) -> Change:
    return contacts.verify(iin=iin, channel=channel, code=code, now=NOW + at)


def add(
    iin: str = ANN,
    text: str = MAIL,
    *,
    channel: str = "email",
    is_signed: bool = False,
    at: timedelta = timedelta(),
) -> Change:
    asked = ask(iin, text, channel=channel, is_signed=is_signed, at=at)
    return verify(codes.code_of(asked), iin, channel=channel, at=at + MINUTE)


def wrong(verification: Verification) -> str:
    return f"{(int(codes.code_of(verification)) + 1) % 10**6:06d}"


def values(iin: str = ANN) -> dict[str, str]:
    return {channel: row.value for channel, row in contacts.addresses_of(iin).items()}
