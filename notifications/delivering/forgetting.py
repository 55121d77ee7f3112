"""What was sent is blanked after a while; that it was sent, to whom and when, stays."""

from datetime import datetime

from django.conf import settings

from notifications.models import Delivery, LoggedText

BATCH = 5000


def blank_bodies(*, now: datetime) -> int:
    """Blank the words of what is old enough. Returns how many deliveries."""
    before = now - settings.NOTICE_BODY_LIFETIME
    LoggedText.objects.worded_before(before).update(text="")
    old = Delivery.objects.filter(sent_at__lt=before).exclude(body="")
    blanked = 0
    while numbers := list(old.order_by("sent_at").values_list("id", flat=True)[:BATCH]):
        blanked += Delivery.objects.filter(pk__in=numbers).update(subject="", body="")
    return blanked
