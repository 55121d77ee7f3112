"""A person's addresses: asked for, verified by a code, replaced, removed. Records no event.

Who may do it, and by which signature, is decided before: see the cabinet.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from notifications.channels.registry import CHANNELS
from notifications.contacts.addresses import HIDDEN
from notifications.contacts.preferences import hold, keep_security_on
from notifications.contacts.verifications import begin, check, pending, spend, withdraw
from notifications.errors import (
    AddressError,
    NoAddressError,
    SameAddressError,
    UnsignedChangeError,
)
from notifications.models import Address, Verification

__all__ = [
    "Change",
    "ChangeKind",
    "accept",
    "addresses_of",
    "ask",
    "check",
    "mask",
    "parse",
    "pending",
    "remove",
    "require_new",
    "verify",
]


class ChangeKind(StrEnum):
    """What became of an address."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    VERIFIED_AGAIN = "verified again"


@dataclass(frozen=True)
class Change:
    """`old` has just ended, `new` is the present address."""

    kind: ChangeKind
    channel: str
    old: Address | None = None
    new: Address | None = None

    def facts(self) -> dict[str, object]:
        """For an event: addresses are masked, their rows named by id."""
        return {
            "change": self.kind.value,
            "channel": self.channel,
            "old": mask(self.channel, self.old.value) if self.old else "",
            "new": mask(self.channel, self.new.value) if self.new else "",
            "old_address": self.old.pk if self.old else None,
            "new_address": self.new.pk if self.new else None,
        }


def mask(channel: str, value: str) -> str:
    """As its channel hides it; nothing of it where the channel is no more."""
    return CHANNELS[channel].mask(value) if channel in CHANNELS else HIDDEN


def parse(channel: str, text: str) -> str:
    """What was typed, in the one way to write it. Raises `AddressError`."""
    if channel not in CHANNELS:
        raise AddressError
    return CHANNELS[channel].parse(text)


def addresses_of(iin: str) -> dict[str, Address]:
    """The present ones by channel, whether or not they work."""
    return {row.channel: row for row in Address.objects.for_iin(iin).current()}


def ask(
    *, iin: str, channel: str, text: str, language: str, now: datetime, is_signed: bool = False
) -> Verification:
    """Send a code to this address; earlier codes of this channel are good for nothing.

    The answer is the same whoever else uses the address. Raises `AddressError` and its kinds,
    `SameAddressError`, `UnsignedChangeError`, `TooManyCodesError`; then nothing is sent.
    """
    value = parse(channel, text)
    if not iin:
        raise AddressError
    with transaction.atomic():
        hold(iin)
        require_new(addresses_of(iin).get(channel), value, is_signed=is_signed)
        return begin(
            iin=iin,
            channel=channel,
            value=value,
            language=language,
            now=now,
            replaces=is_signed,
        )


def require_new(present: Address | None, value: str, *, is_signed: bool) -> None:
    """Raises `SameAddressError`, and without a signature `UnsignedChangeError` for another.

    The same address may be verified again when it has failed.
    """
    if present is None:
        return
    if present.value == value and present.works:
        raise SameAddressError
    if present.value != value and not is_signed:
        raise UnsignedChangeError


def verify(*, iin: str, channel: str, code: str, now: datetime) -> Change:
    """`check`, then `accept`."""
    return accept(check(iin=iin, channel=channel, code=code, now=now), now=now)


def accept(verification: Verification, *, now: datetime) -> Change:
    """Use the code up: its address is the present one from now on, and the one before ends.

    Raises `CodeOverError` for the second caller, `UnsignedChangeError`.
    """
    iin, channel = verification.iin, verification.channel
    with transaction.atomic():
        hold(iin)
        spend(verification, now=now)
        present = addresses_of(iin).get(channel)
        if present is not None and present.value == verification.value:
            return _verify_again(present, now=now)
        if present is not None and not verification.replaces:
            raise UnsignedChangeError
        if present is not None:
            _end(present, now=now)
        new = Address.objects.create(
            iin=iin, channel=channel, value=verification.value, verified_at=now
        )
        keep_security_on(iin)
    kind = ChangeKind.CHANGED if present else ChangeKind.ADDED
    return Change(kind, channel, present, new)


def _verify_again(present: Address, *, now: datetime) -> Change:
    """It works again; links in older letters stay good."""
    present.verified_at, present.failed_at, present.failure = now, None, ""
    present.save(update_fields=["verified_at", "failed_at", "failure"])
    keep_security_on(present.iin)
    return Change(ChangeKind.VERIFIED_AGAIN, present.channel, new=present)


def remove(*, iin: str, channel: str, now: datetime, is_signed: bool) -> Change:
    """Nothing is sent there any more. Raises `NoAddressError`, `UnsignedChangeError`."""
    with transaction.atomic():
        hold(iin)
        present = addresses_of(iin).get(channel)
        if present is None:
            raise NoAddressError
        if not is_signed:
            raise UnsignedChangeError
        withdraw(iin=iin, channel=channel, now=now)
        _end(present, now=now)
        keep_security_on(iin)
    return Change(ChangeKind.REMOVED, channel, old=present)


def _end(address: Address, *, now: datetime) -> None:
    address.ended_at = now
    address.save(update_fields=["ended_at"])
