"""Codes on their way to addresses: sent, withdrawn, compared. Knows nothing of who is signed in."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from notifications.contacts import codes
from notifications.delivering import doorbell
from notifications.errors import CodeError, CodeOverError, TooManyCodesError
from notifications.kinds import DeliveryState
from notifications.models import Delivery, Verification

LIFETIME = timedelta(minutes=10)
TRIES = 5
WINDOW = timedelta(hours=1)
PER_PERSON, PER_ADDRESS = 3, 10
NONCE_BYTES = 16
# Somebody sits and waits for it: it goes before all that became due within a day.
HEAD_START = timedelta(days=1)
DROPPED, WAITING = DeliveryState.DROPPED.value, DeliveryState.WAITING.value


def begin(
    *, iin: str, channel: str, value: str, language: str, now: datetime, replaces: bool
) -> Verification:
    """Send a code, inside the transaction of a caller who holds this person.

    Earlier codes of the channel are good for nothing. Raises `TooManyCodesError`.
    """
    require_patience(iin=iin, channel=channel, now=now)
    # Two people at once may be one too many; nobody is told of either.
    sent = _asked(now).filter(value=value).exclude(delivery__state=DROPPED)
    is_sent = sent.count() < PER_ADDRESS
    withdraw(iin=iin, channel=channel, now=now)
    verification = Verification.objects.create(
        iin=iin,
        channel=channel,
        value=value,
        nonce=secrets.token_hex(NONCE_BYTES),
        language=language,
        created_at=now,
        expires_at=now + LIFETIME,
        replaces=replaces,
    )
    _plan(verification, is_sent=is_sent, now=now)
    transaction.on_commit(doorbell.ring)
    return verification


def require_patience(*, iin: str, channel: str, now: datetime) -> None:
    """Raises `TooManyCodesError` after three codes within an hour."""
    if _asked(now).filter(iin=iin, channel=channel).count() >= PER_PERSON:
        raise TooManyCodesError


def _asked(now: datetime) -> QuerySet[Verification]:
    """Within an hour, and within the next one: a clock may have been ahead, not by a week."""
    return Verification.objects.filter(
        created_at__gt=now - WINDOW, created_at__lt=now + WINDOW
    ).order_by()


def _plan(verification: Verification, *, is_sent: bool, now: datetime) -> None:
    """Its delivery. One that is not sent is written down like all others, which takes as long."""
    Delivery.objects.create(
        verification=verification,
        channel=verification.channel,
        to=verification.value,
        language=verification.language,
        state=WAITING if is_sent else DROPPED,
        created_at=now,
        due_at=now - HEAD_START,
        ends_at=verification.expires_at,
        error="" if is_sent else "too many codes to this address",
    )


def withdraw(*, iin: str, channel: str, now: datetime) -> None:
    """Codes that are on their way are good for nothing; those that have not left do not leave."""
    unspent = Verification.objects.filter(iin=iin, channel=channel, spent_at=None)
    numbers = list(unspent.values_list("pk", flat=True))
    if numbers:
        Verification.objects.filter(pk__in=numbers).update(spent_at=now)
        waiting = Delivery.objects.filter(verification__in=numbers, state=WAITING)
        waiting.update(state=DROPPED, error="another code was asked for")


def pending(*, iin: str, channel: str, now: datetime) -> Verification | None:
    """The code that is waited for, if it may still be typed."""
    return Verification.objects.filter(
        iin=iin, channel=channel, spent_at=None, expires_at__gt=now, tries__lt=TRIES
    ).first()


def check(*, iin: str, channel: str, code: str, now: datetime) -> Verification:
    """Whose code this is. A try is counted first and for good, in a transaction of its own.

    So there are five comparisons, however many are posted at once.
    Raises `CodeError`, `CodeOverError`.
    """
    verification = pending(iin=iin, channel=channel, now=now)
    if verification is None:
        raise CodeOverError
    with transaction.atomic(durable=True):
        rows = Verification.objects.filter(pk=verification.pk, spent_at=None, tries__lt=TRIES)
        if rows.update(tries=F("tries") + 1) != 1:
            raise CodeOverError
    if codes.fits(verification, code):
        return verification
    verification.refresh_from_db(fields=["tries"])
    left = TRIES - verification.tries
    if left <= 0:
        raise CodeOverError
    raise CodeError(left=str(left))


def spend(verification: Verification, *, now: datetime) -> None:
    """Use the code up, inside the caller's transaction. The second caller is refused.

    The right one was counted as a try, and is no wrong one. Raises `CodeOverError`.
    """
    rows = Verification.objects.filter(pk=verification.pk, spent_at=None, expires_at__gt=now)
    if rows.update(spent_at=now, tries=F("tries") - 1) != 1:
        raise CodeOverError
