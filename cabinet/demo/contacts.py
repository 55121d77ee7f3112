"""Where the cast is written to, as if each had verified it with a code."""

from datetime import datetime

from cabinet.demo.cast import CAST
from notifications.models import Address


def make_contacts(*, now: datetime) -> None:
    """Once; whoever has changed his contacts keeps what he has."""
    for person in CAST:
        for channel, value in (("email", person.email), ("sms", person.phone)):
            if value and not Address.objects.filter(iin=person.iin, channel=channel).exists():
                Address.objects.create(
                    iin=person.iin, channel=channel, value=value, verified_at=now
                )
