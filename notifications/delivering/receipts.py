"""What a provider says afterwards of a short message: verified, read, written down.

Nobody is told whether a message is known here.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from notifications.channels import sms
from notifications.channels.gateways.base import provider_id_of
from notifications.delivering.returning import fail_address
from notifications.kinds import DeliveryState
from notifications.models import Delivery

# How far the provider's clock and ours may be apart; what is older may be a repetition.
TOLERANCE = timedelta(minutes=5)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
# A code, no sentence and no telephone number.
_REASON = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9_.-]{1,40}", re.ASCII)
DELIVERED, FAILED = "delivered", "failed"
# The reason that is about the number itself and not about a phone that was off.
INVALID_NUMBER = "invalid_number"


class ReceiptError(Exception):
    """A receipt is not taken."""


class ForgedReceiptError(ReceiptError):
    """Not signed by the secret, or not now."""


class ReceiptShapeError(ReceiptError):
    """Signed, but not what a receipt looks like."""


@dataclass(frozen=True)
class Receipt:
    """`reason` is a short code, only of a failure; '' without one."""

    provider_id: str
    is_delivered: bool
    at: datetime
    reason: str = ""


def verify_receipt(
    *, body: bytes, timestamp: str, signature: str, secret: str, now: datetime
) -> None:
    """Raises `ForgedReceiptError`.

    `timestamp` is in seconds since 1970, `signature` the HMAC-SHA256 (RFC 2104) in hex of the
    timestamp, a full stop and the body.
    """
    if not secret or not _TIMESTAMP.fullmatch(timestamp):
        raise ForgedReceiptError
    signed = timestamp.encode() + b"." + body
    right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), signature.lower().encode(errors="replace")):
        raise ForgedReceiptError
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise ForgedReceiptError


def read_receipt(body: bytes) -> Receipt:
    """JSON: `id`, `status` (delivered, failed), `at` (ISO 8601 with offset), maybe `reason`.

    Raises `ReceiptShapeError`.
    """
    try:
        said = json.loads(body)
        provider_id, status, at = said["id"], said["status"], said["at"]
        reason = said.get("reason", "")
        moment = datetime.fromisoformat(at).astimezone(UTC)
        is_aware = datetime.fromisoformat(at).tzinfo is not None
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise ReceiptShapeError from None
    is_id = isinstance(provider_id, str) and bool(provider_id_of(provider_id))
    if not (is_id and is_aware and status in (DELIVERED, FAILED) and isinstance(reason, str)):
        raise ReceiptShapeError
    return Receipt(
        provider_id=provider_id,
        is_delivered=status == DELIVERED,
        at=moment,
        reason=reason if _REASON.fullmatch(reason) else "",
    )


def apply_receipt(receipt: Receipt, *, now: datetime) -> bool:
    """Write down what became of a message. False if it is not known or was final before.

    A failure is told by the other channels; the number itself is at fault only if the provider
    says so, since a phone may just have been off.
    """
    with transaction.atomic():
        # Locked: of two receipts at once the first decides.
        delivery = (
            Delivery.objects.select_for_update(no_key=True)
            .filter(channel=sms.CHANNEL.name, provider_id=receipt.provider_id)
            .order_by("-id")
            .first()
        )
        if delivery is None or delivery.state != DeliveryState.SENT.value:
            return False
        if not receipt.is_delivered:
            return fail_address(
                delivery,
                error=f"receipt {receipt.reason}".strip(),
                is_address_bad=receipt.reason == INVALID_NUMBER,
                now=now,
            )
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.DELIVERED.value,
            # The provider's clock may be ahead of ours.
            delivered_at=min(receipt.at, now),
        )
    return True
