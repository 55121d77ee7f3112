"""What people were told in the tests of the site, and where they are reached."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from notifications.kinds import MessageKind
from notifications.models import Address, Notice
from notifications.telling.fanout import NewNotice, tell
from renewals.models import Renewal

MAIL, PHONE = "aigul@example.kz", "+77011234567"
LONG_AGO = timedelta(days=40)
_keys = count(1)


def reach(iin: str, channel: str = "email", value: str = MAIL) -> Address:
    """A verified address."""
    verified_at = timezone.now() - LONG_AGO
    return Address.objects.create(iin=iin, channel=channel, value=value, verified_at=verified_at)


def told(
    iin: str,
    kind: MessageKind = MessageKind.CONTACT_CHANGED,
    *,
    renewal: Renewal | None = None,
    at: datetime | None = None,
    **facts: object,
) -> Notice:
    """A notice with the deliveries that its reader's contacts and choices ask for."""
    key = f"test:{next(_keys)}"
    made = NewNotice(
        key=key, iin=iin, kind=kind, facts=facts, renewal_id=renewal.pk if renewal else None
    )
    tell([made], now=at or timezone.now())
    return Notice.objects.get(key=key)
