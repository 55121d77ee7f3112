"""Operators hear that messages could not be delivered: once an hour, however many."""

from datetime import datetime, timedelta

from django.utils import timezone

from notifications.kinds import DeliveryState, MessageKind
from notifications.models import Delivery
from notifications.telling.audience import operators
from notifications.telling.fanout import NewNotice, tell

COUNTED = timedelta(days=7)


def tell_operators(*, now: datetime) -> int:
    """Tell how many of the last week were given up. Returns how many operators were told."""
    given_up = Delivery.objects.filter(
        state=DeliveryState.FAILED.value, created_at__gte=now - COUNTED
    ).count()
    hour = timezone.localtime(now).strftime("%Y-%m-%dT%H")
    return tell(
        [
            NewNotice(
                key=f"undelivered:{hour}:{iin}",
                iin=iin,
                kind=MessageKind.OPERATORS_UNDELIVERED,
                facts={"count": given_up, "date": timezone.localdate(now).isoformat()},
            )
            for iin in operators()
        ],
        now=now,
    )
