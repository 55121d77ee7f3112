"""What every channel is: one method, configuration through the constructor, and its entry.

Adding one: a module with a `CHANNEL` here beside, a line in `registry.py`, its templates.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise

from notifications.kinds import Form


@dataclass(frozen=True)
class Reminder:
    """What goes into a calendar: an all-day entry on the local day of `ends_at`."""

    uid: str
    title: str
    ends_at: datetime
    url: str


@dataclass(frozen=True)
class Parcel:
    """One message to one address, as words. A channel adds what its wire wants.

    `key` is the same at every try, so that a provider can tell a repetition. `html` is '' and
    `text` the only words for a short one. `unsubscribe_url` is '' where nothing may be switched
    off. `number` is that of the notice, '' for a code.
    """

    delivery_id: int
    key: str
    to: str
    language: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""
    reminders: tuple[Reminder, ...] = ()
    number: str = ""


class Result(StrEnum):
    """What became of a try."""

    SENT = "sent"
    # Again later.
    TEMPORARY = "temporary"
    # Never again; the address itself may be good.
    PERMANENT = "permanent"
    # Never again to this address.
    BAD_ADDRESS = "bad_address"


@dataclass(frozen=True)
class Outcome:
    """Of one parcel. `error` is short, without personal data; `provider_id` may be ''."""

    delivery_id: int
    result: Result
    error: str = ""
    provider_id: str = ""


class ProviderAwayError(Exception):
    """The other side does not answer at all: nothing more is tried in this batch.

    Raised instead of an outcome for the parcel in hand; `error` is short.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Sender(Protocol):
    """One class with one method."""

    def send(self, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
        """Send one after the other over one connection; yield each outcome before the next.

        Parcels are made while this runs, each at the moment when it is sent; every one gets an
        outcome, in order. Raises `ProviderAwayError`. Closes what it opened, also when it is
        closed early. A call that hangs ends by a time-out of at most 20 seconds.
        """


@dataclass(frozen=True)
class Channel:
    """What the house knows of a channel.

    `template` is the file of a message's folder that it renders besides the letter's three.
    `parse` turns what was typed into the one way to write it, or raises `AddressError`; `mask`
    hides most of it. `waits_at_night` keeps quiet hours.
    """

    name: str
    label: Promise
    form: Form
    parse: Callable[[str], str]
    mask: Callable[[str], str]
    open: Callable[[], Sender]
    template: str = ""
    waits_at_night: bool = False
