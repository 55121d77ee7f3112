"""What comes back: a delivery that failed for good, its address, and the way round.

Applies reports to rows; reads no mail and knows no provider.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from notifications.channels.email import CHANNEL
from notifications.contacts.preferences import hold, keep_security_on
from notifications.delivering import verp
from notifications.delivering.bounces import Action, Report
from notifications.kinds import DeliveryState, Form, MessageKind, Topic
from notifications.models import Address, Delivery
from notifications.telling.fanout import AddressBook, NewNotice, plan_delivery, tell

FAILED, SENDING = DeliveryState.FAILED.value, DeliveryState.SENDING.value
LEFT = (DeliveryState.SENT.value, DeliveryState.DELIVERED.value)
ANY_FORM = frozenset(Form)


class Returned(StrEnum):
    """What a report from a mail server has changed."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    # Failed before, or nothing that a report can change.
    KNOWN = "known already"
    # Not for a letter of ours, or not addressed as ours are.
    STRANGE = "not ours"


def fail_address(delivery: Delivery, *, error: str, is_address_bad: bool, now: datetime) -> bool:
    """The delivery has failed for good: it is told by the other channels of the same person.

    A bad address is used no more until its holder verifies it again, and he hears of it.
    `delivery` is as it was read: one that is another worker's by now stays as it is. `error` is
    short, without personal data. False if it had failed before; then nothing is done.
    """
    changes: dict[str, object] = {"state": FAILED, "error": error[:200], "lease_token": ""}
    if delivery.state == SENDING:
        changes |= {"attempts": F("attempts") + 1, "tried_at": delivery.tried_at or now}
    with transaction.atomic():
        address = delivery.address
        if address is not None and is_address_bad:
            # First of all, as whoever changes contacts does.
            hold(address.iin)
        mine = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token)
        if mine.exclude(state=FAILED).update(**changes) != 1:
            return False
        marked = (
            address is not None
            and is_address_bad
            and _mark(address, delivery, error=error, now=now)
        )
        _fall_back(delivery, now=now)
        if marked and address is not None:
            keep_security_on(address.iin)
            _tell_holder(address, now=now)
    return True


def apply_report(report: Report, *, now: datetime, to: str = "") -> Returned:
    """Write down what a report says of the delivery to whose envelope address it came.

    `to` is that address where the mail server tells it; otherwise it is read in the report.
    """
    numbers = (verp.read(one) for one in (to, *report.recipients))
    number = next((found for found in numbers if found is not None), None)
    rows = Delivery.objects.filter(channel=CHANNEL.name).select_related("address", "notice")
    delivery = rows.filter(pk=number).first() if number is not None else None
    if delivery is None:
        return Returned.STRANGE
    sent = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENT.value)
    match report.action:
        case Action.FAILED:
            done = fail_address(
                delivery, error=report.error, is_address_bad=report.is_address_bad, now=now
            )
            return Returned.FAILED if done else Returned.KNOWN
        case Action.DELAYED:
            return Returned.DELAYED if sent.update(error=report.error) else Returned.KNOWN
        case Action.DELIVERED:
            delivered = sent.update(state=DeliveryState.DELIVERED.value, delivered_at=now, error="")
            return Returned.DELIVERED if delivered else Returned.KNOWN


def _mark(address: Address, delivery: Delivery, *, error: str, now: datetime) -> bool:
    """Once. What left before the address was last verified says nothing of it."""
    left_at = delivery.sent_at if delivery.state in LEFT else None
    rows = Address.objects.working().filter(pk=address.pk, verified_at__lte=left_at or now)
    return rows.update(failed_at=now, failure=error[:100]) == 1


def _fall_back(delivery: Delivery, *, now: datetime) -> None:
    """The same notice by each working channel that has not got it, as far as it is wanted there."""
    notice = delivery.notice
    if notice is None:
        return
    book = AddressBook.read([notice.iin])
    others = notice.deliveries.exclude(pk=delivery.pk)
    served = set(others.values_list("channel", flat=True))
    rows = [
        plan_delivery(notice, one, delivery.language, now=now, ends_at=delivery.ends_at)
        for one in book.chosen(notice.iin, Topic(notice.topic), ANY_FORM)
        if one.channel not in served and one.pk != delivery.address_id
    ]
    # A report that is read twice at once plans nothing twice.
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _tell_holder(address: Address, *, now: datetime) -> None:
    """One that is verified again and fails again is told of again."""
    new = NewNotice(
        key=f"address-failed:{address.pk}:{address.verified_at:%Y%m%d%H%M%S}",
        iin=address.iin,
        kind=MessageKind.ADDRESS_FAILED,
        facts={"channel": address.channel, "address": address.pk},
    )
    tell([new], now=now)
