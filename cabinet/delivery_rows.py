"""What became of a notice besides the inbox, and why it did not go another way. Reads only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels.base import Channel
from notifications.channels.registry import CHANNELS
from notifications.kinds import DeliveryState, MessageKind
from notifications.models import Address, Delivery, Mute, Notice
from notifications.telling.messages import MESSAGES


@dataclass(frozen=True)
class DeliveryRow:
    """One way. `kind` colours the icon; `to` is masked, '' where nothing was sent."""

    label: Promise
    to: str
    words: str
    icon: str
    kind: str = ""


def delivery_rows(notice: Notice, *, now: datetime) -> list[DeliveryRow]:
    """Of every channel: each delivery, or why there is none."""
    by_channel: dict[str, list[Delivery]] = {}
    for delivery in notice.deliveries.select_related("address").order_by("id"):
        by_channel.setdefault(delivery.channel, []).append(delivery)
    sent = [
        _row(channel, delivery, now=now)
        for channel in CHANNELS.values()
        for delivery in by_channel.get(channel.name, ())
    ]
    return sent + [
        DeliveryRow(channel.label, "", _why_not(notice, channel), "dash")
        for channel in CHANNELS.values()
        if channel.name not in by_channel
    ]


def _row(channel: Channel, delivery: Delivery, *, now: datetime) -> DeliveryRow:
    words, icon, kind = STATES[DeliveryState(delivery.state)](delivery, now)
    return DeliveryRow(channel.label, channel.mask(delivery.to), words, icon, kind)


Shown = tuple[str, str, str]


def _waiting(delivery: Delivery, now: datetime) -> Shown:
    moment = {"moment": show(max(delivery.due_at, now))}
    if delivery.attempts:
        return _("could not be sent yet, next try: %(moment)s") % moment, "clock", "warn"
    if delivery.due_at > now:
        return _("waits until %(moment)s") % moment, "clock", ""
    return _("is about to be sent"), "clock", ""


def _sending(delivery: Delivery, now: datetime) -> Shown:
    return _("is being sent"), "clock", ""


def _sent(delivery: Delivery, now: datetime) -> Shown:
    if delivery.sent_at is None:
        return _("sent"), "check", "ok"
    return _("sent: %(moment)s") % {"moment": show(delivery.sent_at)}, "check", "ok"


def _delivered(delivery: Delivery, now: datetime) -> Shown:
    if delivery.delivered_at is None:
        return _("arrived"), "check", "ok"
    return _("arrived: %(moment)s") % {"moment": show(delivery.delivered_at)}, "check", "ok"


def _failed(delivery: Delivery, now: datetime) -> Shown:
    if delivery.address is not None and delivery.address.failed_at is not None:
        return _("came back: this address does not work"), "stop", "bad"
    return _("could not be delivered"), "stop", "bad"


def _dropped(delivery: Delivery, now: datetime) -> Shown:
    return _("not sent: when its time came it was no longer needed"), "dash", ""


STATES: Mapping[DeliveryState, Callable[[Delivery, datetime], Shown]] = {
    DeliveryState.WAITING: _waiting,
    DeliveryState.SENDING: _sending,
    DeliveryState.SENT: _sent,
    DeliveryState.DELIVERED: _delivered,
    DeliveryState.FAILED: _failed,
    DeliveryState.DROPPED: _dropped,
}
NOT_THIS_WAY = gettext_lazy("messages of this kind do not go this way")
NO_ADDRESS = gettext_lazy("not sent: you had given no address")
BROKEN = gettext_lazy("not sent: the address did not work")
MUTED = gettext_lazy("not sent: you had switched this off")
NOT_PLANNED = gettext_lazy("not sent: for this one the other ways were meant")


def _why_not(notice: Notice, channel: Channel) -> str:
    """From what was known at the moment of the notice."""
    if channel.form not in MESSAGES[MessageKind(notice.kind)].forms:
        return str(NOT_THIS_WAY)
    then = notice.created_at
    address = (
        Address.objects.for_iin(notice.iin)
        .filter(
            Q(ended_at=None) | Q(ended_at__gt=then), channel=channel.name, verified_at__lte=then
        )
        .first()
    )
    if address is None:
        return str(NO_ADDRESS)
    if address.failed_at is not None and address.failed_at <= then:
        return str(BROKEN)
    muted = Mute.objects.filter(
        iin=notice.iin, channel=channel.name, topic=notice.topic, muted_at__lte=then
    )
    return str(MUTED if muted.exists() else NOT_PLANNED)


def show(moment: datetime) -> str:
    """`24 November, 10:14`, with the year where it is another one."""
    local = timezone.localtime(moment)
    this_year = local.year == timezone.localtime().year
    return date_format(local, "j E, H:i" if this_year else "j E Y, H:i")
