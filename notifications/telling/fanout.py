"""What is to be told becomes notices, and a delivery for each address that is to hear it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from notifications.channels.base import Channel
from notifications.channels.registry import CHANNELS
from notifications.delivering.quiet_hours import allowed_from
from notifications.kinds import Form, MessageKind, Topic
from notifications.models import Address, Delivery, Mute, Notice, Recipient
from notifications.telling.messages import MESSAGES
from notifications.words.numbers import new_number


@dataclass(frozen=True)
class NewNotice:
    """Something to tell one person, once: `key` is what makes it one.

    `forms` are those of the message unless the occasion asks for less; with `ends_at` nothing
    of it waits longer than that; `also` is a former address that has to hear of it.
    """

    key: str
    iin: str
    kind: MessageKind
    facts: Mapping[str, object] = field(default_factory=dict)
    renewal_id: int | None = None
    forms: frozenset[Form] | None = None
    ends_at: datetime | None = None
    also: int | None = None

    @property
    def wanted(self) -> frozenset[Form]:
        """In which forms it goes out."""
        return MESSAGES[self.kind].forms if self.forms is None else self.forms


def tell(new: Sequence[NewNotice], *, now: datetime) -> int:
    """Write the notices that are not there yet, with their deliveries. Returns how many.

    Another worker may be writing the same: whoever comes second writes none of it.
    """
    wanted = {one.key: one for one in new if one.iin}
    rows = [_row(one, now=now) for one in wanted.values()]
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        # Numbers are random: those that are found by them are ours.
        numbers = Notice.objects.filter(number__in=[row.number for row in rows])
        ids = dict(numbers.values_list("number", "id"))
        notices = [row for row in rows if row.number in ids]
        for row in notices:
            row.pk = ids[row.number]
        book = AddressBook.read({notice.iin for notice in notices})
        deliveries = [
            delivery
            for notice in notices
            for delivery in _deliveries(notice, wanted[notice.key], book, now=now)
        ]
        Delivery.objects.bulk_create(deliveries, batch_size=500)
    return len(notices)


def _row(new: NewNotice, *, now: datetime) -> Notice:
    return Notice(
        key=new.key,
        number=new_number(),
        iin=new.iin,
        kind=new.kind.value,
        topic=MESSAGES[new.kind].topic.value,
        renewal_id=new.renewal_id,
        facts=dict(new.facts),
        created_at=now,
    )


@dataclass(frozen=True)
class AddressBook:
    """The addresses, choices and languages of a batch of people: three questions for all."""

    addresses: Mapping[str, Sequence[Address]]
    muted: frozenset[tuple[str, str, str]]
    languages: Mapping[str, str]

    @classmethod
    def read(cls, iins: Iterable[str]) -> "AddressBook":
        """Of these people."""
        people = list(iins)
        addresses: dict[str, list[Address]] = {}
        for address in Address.objects.current().filter(iin__in=people):
            addresses.setdefault(address.iin, []).append(address)
        mutes = Mute.objects.filter(iin__in=people).values_list("iin", "channel", "topic")
        languages = Recipient.objects.filter(iin__in=people).values_list("iin", "language")
        return cls(addresses, frozenset(mutes), dict(languages))

    def language_of(self, iin: str) -> str:
        """In which to speak to a person."""
        return self.languages.get(iin, settings.LANGUAGE_CODE)

    def chosen(self, iin: str, topic: Topic, wanted: frozenset[Form]) -> list[Address]:
        """Where this person hears of this topic. Security is never silent everywhere."""
        working = [
            one for one in self.addresses.get(iin, ()) if one.works and one.channel in CHANNELS
        ]
        able = [one for one in working if CHANNELS[one.channel].form in wanted]
        heard = [one for one in able if (iin, one.channel, topic.value) not in self.muted]
        return able if topic is Topic.SECURITY and not heard else heard

    def lost(self, iin: str) -> bool:
        """Whether letters used to reach this person and do not any more."""
        return any(
            not one.works and one.channel in CHANNELS and CHANNELS[one.channel].form is Form.LETTER
            for one in self.addresses.get(iin, ())
        )


def _deliveries(
    notice: Notice, new: NewNotice, book: AddressBook, *, now: datetime
) -> list[Delivery]:
    message = MESSAGES[new.kind]
    chosen = book.chosen(new.iin, message.topic, new.wanted)
    if not chosen and book.lost(new.iin):
        # What would have been a letter goes as a short text, where there is one.
        chosen = book.chosen(new.iin, message.topic, message.forms & {Form.SHORT})
    if new.also is not None:
        chosen += list(Address.objects.filter(pk=new.also, iin=new.iin).exclude(ended_at=None))
    return [
        plan_delivery(notice, one, book.language_of(new.iin), now=now, ends_at=new.ends_at)
        for one in chosen
    ]


def plan_delivery(
    notice: Notice,
    address: Address,
    language: str,
    *,
    now: datetime,
    ends_at: datetime | None = None,
) -> Delivery:
    """The row, not yet saved, due as soon as its channel may be used."""
    return Delivery(
        notice_id=notice.pk,
        channel=address.channel,
        address_id=address.pk,
        to=address.value,
        language=language,
        created_at=now,
        due_at=due_from(CHANNELS[address.channel], now, ends_at=ends_at),
        ends_at=ends_at,
    )


def due_from(channel: Channel, moment: datetime, *, ends_at: datetime | None) -> datetime:
    """`moment`, or the morning after for a channel that would wake people."""
    return allowed_from(moment, ends_at=ends_at) if channel.waits_at_night else moment
