"""The gateway without a provider: a row in a table and a line in the log. Sends nothing."""

import logging

from django.utils import timezone

from notifications.channels.base import Outcome, Parcel, Result
from notifications.channels.gateways.base import plain_key
from notifications.contacts.addresses import mask_phone
from notifications.delivering.sms_parts import count_parts
from notifications.models import LoggedText

logger = logging.getLogger(__name__)


class LogGateway:
    """The default."""

    def __init__(self, *, sender: str) -> None:
        self._sender = sender

    def submit(self, parcel: Parcel) -> Outcome:
        """Write it down, once for each key."""
        parts = count_parts(parcel.text).parts
        row, is_new = LoggedText.objects.get_or_create(
            key=plain_key(parcel.key),
            defaults={
                "to": parcel.to,
                "sender": self._sender,
                # PostgreSQL takes every character but this one.
                "text": parcel.text.replace("\0", ""),
                "parts": parts,
                "logged_at": timezone.now(),
            },
        )
        if is_new:
            logger.info("text to %s, parts: %d, key: %s", mask_phone(parcel.to), parts, row.key)
        return Outcome(parcel.delivery_id, Result.SENT, provider_id=f"log-{row.pk}")

    def close(self) -> None:
        """Nothing is open."""
