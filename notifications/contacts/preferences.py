"""What a person wants to hear where, and in which language. Records no event: see the cabinet.

Changes of one person wait for each other at his row of `Recipient`. A transaction takes it
before its first event, like everything else that it has to hold.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from notifications.channels.registry import CHANNELS
from notifications.errors import LastSecurityError, NoAddressError
from notifications.kinds import Topic
from notifications.models import Address, Mute, Recipient


def choices_of(iin: str) -> dict[str, dict[Topic, bool]]:
    """Whether each topic is told, by channel; only channels with an address of this person."""
    rows = Address.objects.for_iin(iin).current()
    present = set(rows.values_list("channel", flat=True))
    muted = set(Mute.objects.filter(iin=iin).values_list("channel", "topic"))
    return {
        channel: {topic: (channel, topic.value) not in muted for topic in Topic}
        for channel in CHANNELS
        if channel in present
    }


def switch(*, iin: str, channel: str, topic: Topic, is_on: bool, now: datetime) -> bool:
    """Switch a topic on or off. Returns whether anything changed.

    Raises `NoAddressError` for a channel without an address, `LastSecurityError`.
    """
    with transaction.atomic():
        hold(iin)
        if not Address.objects.for_iin(iin).current().filter(channel=channel).exists():
            raise NoAddressError
        row = Mute.objects.filter(iin=iin, channel=channel, topic=topic.value)
        if is_on:
            return row.delete()[0] > 0
        if row.exists():
            return False
        if topic is Topic.SECURITY and _working(iin) - _muted(iin) <= {channel}:
            raise LastSecurityError
        Mute.objects.create(iin=iin, channel=channel, topic=topic.value, muted_at=now)
        return True


def keep_security_on(iin: str) -> bool:
    """Where security is off on every address that still works, switch it on again.

    To be called whenever an address is removed, replaced or fails. Returns whether it was needed.
    """
    with transaction.atomic():
        hold(iin)
        working = _working(iin)
        if working - _muted(iin):
            return False
        mutes = Mute.objects.filter(iin=iin, topic=Topic.SECURITY.value, channel__in=working)
        return mutes.delete()[0] > 0


def _working(iin: str) -> set[str]:
    rows = Address.objects.for_iin(iin).working().filter(channel__in=CHANNELS)
    return set(rows.values_list("channel", flat=True))


def _muted(iin: str) -> set[str]:
    rows = Mute.objects.filter(iin=iin, topic=Topic.SECURITY.value)
    return set(rows.values_list("channel", flat=True))


def hold(iin: str) -> None:
    """Let nobody else change contacts or choices of this person until the transaction ends."""
    rows = Recipient.objects.select_for_update()
    rows.get_or_create(iin=iin, defaults={"language": settings.LANGUAGE_CODE})


def language_of(iin: str) -> str:
    """In which to speak to this person."""
    found = Recipient.objects.filter(iin=iin).values_list("language", flat=True).first()
    return found or settings.LANGUAGE_CODE


def choose_language(*, iin: str, language: str) -> None:
    """By the person's own choice, which the language of his next sign-in does not change."""
    chosen = {"language": _known(language), "is_chosen": True}
    Recipient.objects.update_or_create(iin=iin, defaults=chosen)


def remember_language(*, iin: str, language: str) -> None:
    """At a sign-in: one question, and a write only where something is new.

    Before the sign-in's event, or after its transaction: see the rule above.
    """
    known = _known(language)
    found = Recipient.objects.filter(iin=iin).values_list("language", "is_chosen").first()
    if found is None:
        # Somebody may have been faster.
        Recipient.objects.bulk_create([Recipient(iin=iin, language=known)], ignore_conflicts=True)
    elif not found[1] and found[0] != known:
        Recipient.objects.filter(iin=iin, is_chosen=False).update(language=known)


def _known(language: str) -> str:
    """What the portal does not speak becomes its own language."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
