"""Contacts and choices as their page lists them: a row for every channel there is. Reads only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cabinet.application_tags import Tag
from cabinet.approver import approver_of
from cabinet.contact_forms import ICONS
from notifications.channels.base import Channel
from notifications.channels.registry import CHANNELS
from notifications.contacts import book as contacts
from notifications.contacts.addresses import show_email
from notifications.kinds import TOPIC_WORDS, Form, Topic
from notifications.models import Address, Verification
from notifications.telling.messages import MESSAGES

# For eyes; of a channel that is not here, as it is kept.
SHOWN: dict[str, Callable[[str], str]] = {"email": show_email}
VERIFIED = Tag("ok", "check", _("Verified"))
BROKEN = Tag("bad", "stop", _("Does not work any more"))
NONE = Tag("", "dash", _("None"))
NOTES: dict[Topic, Promise] = {
    Topic.APPLICATION: _("What becomes of it, and what you have to do."),
    Topic.APPROVAL: _("When one arrives, and again when it has waited for days."),
    Topic.ORGANISATION: _("Once a week in one letter; by name when an end is near."),
    Topic.SECURITY: _("On your last address these always stay on: they warn you of a stranger."),
    Topic.OPERATIONS: _("Applications that were not issued, messages that did not arrive."),
}

# By channel: whether each topic is told.
Choices = Mapping[str, Mapping[Topic, bool]]


@dataclass(frozen=True)
class ContactRow:
    """One channel of the reader: his address there, and a code that is on its way."""

    channel: Channel
    address: Address | None
    pending: Verification | None

    @property
    def icon(self) -> str:
        """What the channel looks like."""
        return ICONS[self.channel.form]

    @property
    def shown(self) -> str:
        """The address for its holder's eyes."""
        return show_address(self.channel, self.address.value) if self.address else ""

    @property
    def pending_shown(self) -> str:
        """The one that waits for its code, too."""
        return show_address(self.channel, self.pending.value) if self.pending else ""

    @property
    def tag(self) -> Tag:
        """The state of the address."""
        if self.address is None:
            return NONE
        return VERIFIED if self.address.works else BROKEN


@dataclass(frozen=True)
class ChoiceCell:
    """A box: `name` is what the form sends; None of it where the channel carries no such thing."""

    name: str
    channel: Channel
    is_on: bool
    is_possible: bool
    # On for good: security on the only address that works.
    is_locked: bool = False


@dataclass(frozen=True)
class ChoiceRow:
    """A topic with a box for each channel that has an address."""

    topic: Topic
    words: Promise
    note: str
    cells: list[ChoiceCell]


def show_address(channel: Channel, value: str) -> str:
    """As people write it."""
    return SHOWN.get(channel.name, str)(value)


def contact_rows(iin: str, *, now: datetime) -> list[ContactRow]:
    """Every channel, with or without an address."""
    return [contact_row(iin, channel, now=now) for channel in CHANNELS.values()]


def contact_row(iin: str, channel: Channel, *, now: datetime) -> ContactRow:
    """One of them."""
    return ContactRow(
        channel,
        contacts.addresses_of(iin).get(channel.name),
        contacts.pending(iin=iin, channel=channel.name, now=now),
    )


def choice_rows(
    topics: Iterable[Topic], reached: Iterable[ContactRow], choices: Choices
) -> list[ChoiceRow]:
    """A box for every topic and every channel that has an address."""
    rows = list(reached)
    return [
        ChoiceRow(topic, TOPIC_WORDS[topic], note_of(topic), _cells(topic, rows, choices))
        for topic in topics
    ]


def note_of(topic: Topic) -> str:
    """What it means, in one line; for the end of a term the days as they are set."""
    if topic is not Topic.EXPIRY:
        return str(NOTES[topic])
    days = {form: _days(form) for form in Form}
    return gettext("Days before the end: letters %(letters)s; SMS %(texts)s.") % {
        "letters": days[Form.LETTER],
        "texts": days[Form.SHORT],
    }


def _days(form: Form) -> str:
    thresholds = settings.EXPIRY_THRESHOLDS
    found = (days for days, forms in thresholds.items() if days and form.value in forms)
    return ", ".join(str(days) for days in sorted(found, reverse=True)) or "—"


def topics_for(request: HttpRequest) -> list[Topic]:
    """Approvers hear of applications, who looks after people of theirs, operators of failures."""
    approver = approver_of(request)
    hidden = set[Topic]()
    if approver is None or not approver.decides:
        hidden.add(Topic.APPROVAL)
    if approver is None or not approver.sees_people:
        hidden.add(Topic.ORGANISATION)
    if not request.user.is_staff:
        hidden.add(Topic.OPERATIONS)
    return [topic for topic in Topic if topic not in hidden]


def carries(channel: Channel, topic: Topic) -> bool:
    """Whether any message about this goes that way."""
    return any(
        message.topic is topic and channel.form in message.forms for message in MESSAGES.values()
    )


def boxes(rows: Iterable[ChoiceRow]) -> dict[str, tuple[Channel, Topic]]:
    """What the form may send, and what each means."""
    return {
        cell.name: (cell.channel, row.topic)
        for row in rows
        for cell in row.cells
        if cell.is_possible and not cell.is_locked
    }


def _cells(topic: Topic, reached: list[ContactRow], choices: Choices) -> list[ChoiceCell]:
    working = [row for row in reached if row.address is not None and row.address.works]
    return [
        ChoiceCell(
            name=f"{row.channel.name}:{topic.value}",
            channel=row.channel,
            is_on=choices.get(row.channel.name, {}).get(topic, True),
            is_possible=carries(row.channel, topic),
            is_locked=topic is Topic.SECURITY and working == [row],
        )
        for row in reached
    ]
