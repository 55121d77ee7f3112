"""A person's contacts and choices, as pages change them: done, and written down in one go.

The one door: nothing here takes an IIN but that of the certificate that signed in. What has to
be held is taken before the first event.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from notifications.channels.registry import CHANNELS
from notifications.contacts import book as contacts
from notifications.contacts import links, preferences
from notifications.contacts.book import Change
from notifications.contacts.links import Link
from notifications.contacts.verifications import require_patience
from notifications.errors import AddressError, LinkError, NoAddressError, NoticeError
from notifications.kinds import Topic
from notifications.models import Address, Verification
from renewals.actor import NOBODY, Actor
from renewals.errors import StatementError
from renewals.events import EventKind
from renewals.models import Statement
from renewals.services import contacting, journal
from renewals.services.contacting import ContactTerms
from renewals.services.journal import Entry
from renewals.statement import speak


def ask(*, actor: Actor, channel: str, text: str, language: str, now: datetime) -> Verification:
    """Send a code to a first address, or again to one that has failed. Told to nobody yet.

    Raises `AddressError` and its kinds, `SameAddressError`, `UnsignedChangeError`,
    `TooManyCodesError`.
    """
    with _refusals(actor, channel, now=now):
        return contacts.ask(iin=actor.iin, channel=channel, text=text, language=language, now=now)


def pending(*, actor: Actor, channel: str, now: datetime) -> Verification | None:
    """The code that is waited for."""
    return contacts.pending(iin=actor.iin, channel=channel, now=now)


def verify(*, actor: Actor, channel: str, code: str, now: datetime) -> Change:
    """Take the code. A wrong one counts for good. Raises `CodeError`, `CodeOverError`."""
    with _refusals(actor, channel, now=now):
        verification = contacts.check(iin=actor.iin, channel=channel, code=code, now=now)
        with transaction.atomic():
            change = contacts.accept(verification, now=now)
            journal.append([_changed(change, actor)], now=now)
    return change


def state_change(
    *, actor: Actor, channel: str, text: str, language: str, now: datetime
) -> Statement:
    """The text by which the present address is replaced by this one; '' and nothing else removes.

    Raises `AddressError` and its kinds, `NoAddressError`, `SameAddressError`,
    `TooManyCodesError`, all of which would refuse the signature, too.
    """
    with _refusals(actor, channel, now=now):
        new = contacts.parse(channel, text) if text else ""
        present = _present(actor, channel)
        if new:
            contacts.require_new(present, new, is_signed=True)
            require_patience(iin=actor.iin, channel=channel, now=now)
    with speak(language):
        channel_name = str(CHANNELS[channel].label)
    return contacting.state_change(
        actor=actor,
        channel_name=channel_name,
        channel=channel,
        old=contacts.mask(channel, present.value),
        new=new,
        language=language,
        now=now,
    )


def _present(actor: Actor, channel: str) -> Address:
    present = contacts.addresses_of(actor.iin).get(channel)
    if present is None or channel not in CHANNELS:
        raise NoAddressError
    return present


def sign_change(*, actor: Actor, statement_id: int, cms: bytes, now: datetime) -> Statement:
    """Do what the statement says: send a code to the new address, or remove the present one.

    The signature and its effect are one: whatever is refused leaves the statement unspent, and a
    repetition changes nothing. `terms` of the answer say what was signed: `channel`, `new`.
    Raises `PKIError`, `StatementError`, `SignerError` and what `ask` raises.
    """

    def perform(terms: ContactTerms) -> Sequence[Entry]:
        return _perform(terms, actor, language, now=now)

    language = preferences.language_of(actor.iin)
    with _refusals(actor, "", now=now):
        return contacting.confirm_change(
            actor=actor, statement_id=statement_id, cms=cms, now=now, perform=perform
        )


def _perform(terms: ContactTerms, actor: Actor, language: str, *, now: datetime) -> Sequence[Entry]:
    preferences.hold(actor.iin)
    present = _present(actor, terms.channel)
    if contacts.mask(terms.channel, present.value) != terms.old:
        raise StatementError  # another address than the one that was signed away
    if not terms.new:
        change = contacts.remove(iin=actor.iin, channel=terms.channel, now=now, is_signed=True)
        return [_changed(change, actor)]
    contacts.ask(
        iin=actor.iin,
        channel=terms.channel,
        text=terms.new,
        language=language,
        now=now,
        is_signed=True,
    )
    return []


def switch(*, actor: Actor, channel: str, topic: Topic, is_on: bool, now: datetime) -> bool:
    """Switch a topic on or off; whether anything changed.

    Raises `NoAddressError`, `LastSecurityError`.
    """
    with _refusals(actor, channel, now=now):
        return _switch(actor.iin, channel, topic, actor=actor, is_on=is_on, now=now)


def switch_by_link(*, token: str, is_on: bool, now: datetime) -> Link:
    """The same for whoever has the link of a letter, and nothing but what it names.

    Raises `LinkError`.
    """
    link = links.read_link(token)
    try:
        _switch(link.iin, link.channel, link.topic, actor=NOBODY, is_on=is_on, now=now)
    except NoAddressError as error:
        raise LinkError from error  # removed a moment ago
    return link


def _switch(
    iin: str, channel: str, topic: Topic, *, actor: Actor, is_on: bool, now: datetime
) -> bool:
    with transaction.atomic():
        changed = preferences.switch(iin=iin, channel=channel, topic=topic, is_on=is_on, now=now)
        if changed:
            facts = {"iin": iin, "channel": channel, "topic": topic.value, "is_on": is_on}
            journal.record(EventKind.CHOICE_CHANGED, actor=actor, now=now, facts=facts)
    return changed


def _changed(change: Change, actor: Actor) -> Entry:
    return Entry(EventKind.CONTACT_CHANGED, actor, facts=change.facts())


@contextmanager
def _refusals(actor: Actor, channel: str, *, now: datetime) -> Iterator[None]:
    """Record why something was refused, after the transaction that it undid.

    A slip of the keyboard is none; what `contacting` refuses has been recorded there.
    """
    try:
        yield
    except AddressError:
        raise
    except NoticeError as error:
        facts = {"code": error.code, "channel": channel, **error.facts}
        journal.record(EventKind.CONTACT_REFUSED, actor=actor, now=now, facts=facts)
        raise
