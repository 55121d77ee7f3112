"""What people do with their contacts in the tests, by the one door that pages use."""

from datetime import timedelta

from cabinet import contact_book
from notifications.contacts import book as contacts
from notifications.contacts import codes
from notifications.contacts.book import Change
from notifications.kinds import Topic
from notifications.models import Address, Verification
from renewals.models import Event, Statement
from tests.renewals.people import NOW, Holder

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MAIL, NEW, PHONE = "ann@example.kz", "lee@example.kz", "+77011234567"
CONTACT_KINDS = ("contact.signed", "contact.changed", "contact.refused", "choice.changed")


def ask(
    person: Holder, text: str = MAIL, *, channel: str = "email", at: timedelta = timedelta()
) -> Verification:
    return contact_book.ask(
        actor=person.actor, channel=channel, text=text, language="en", now=NOW + at
    )


def verify(
    person: Holder, code: str, *, channel: str = "email", at: timedelta = timedelta()
) -> Change:
    return contact_book.verify(actor=person.actor, channel=channel, code=code, now=NOW + at)


def add(person: Holder, text: str = MAIL, *, channel: str = "email") -> Address:
    change = verify(person, codes.code_of(ask(person, text, channel=channel)), channel=channel)
    assert change.new is not None
    return change.new


def draw(
    person: Holder, text: str = NEW, *, channel: str = "email", at: timedelta = timedelta()
) -> Statement:
    return contact_book.state_change(
        actor=person.actor, channel=channel, text=text, language="en", now=NOW + at
    )


def draw_removal(person: Holder, channel: str = "email") -> Statement:
    return draw(person, "", channel=channel)


def sign(
    person: Holder, statement: Statement, cms: bytes | None = None, *, at: timedelta = timedelta()
) -> Statement:
    return contact_book.sign_change(
        actor=person.actor,
        statement_id=statement.pk,
        cms=person.sign(statement) if cms is None else cms,
        now=NOW + at,
    )


def switch(person: Holder, topic: Topic, *, is_on: bool, channel: str = "email") -> bool:
    return contact_book.switch(
        actor=person.actor, channel=channel, topic=topic, is_on=is_on, now=NOW
    )


def wrong(verification: Verification) -> str:
    return f"{(int(codes.code_of(verification)) + 1) % 10**6:06d}"


def told() -> list[tuple[str, dict[str, object]]]:
    rows = Event.objects.filter(kind__in=CONTACT_KINDS).order_by("sequence")
    return [(row.kind, row.facts) for row in rows]


def kinds() -> list[str]:
    return [kind for kind, _facts in told()]


def values(person: Holder) -> dict[str, str]:
    return {name: row.value for name, row in contacts.addresses_of(person.iin).items()}
