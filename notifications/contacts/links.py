"""The link that switches a topic off without signing in. It can do this and nothing else.

It carries the number of an address and the topic, and a signature of the portal over both.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from notifications.errors import LinkError
from notifications.kinds import Topic
from notifications.models import Address

SALT = "notifications.contacts.links"
# A signed link is shorter; nothing longer is looked at.
LONGEST = 200


@dataclass(frozen=True)
class Link:
    """What a link switches off, and for whom."""

    iin: str
    channel: str
    topic: Topic
    address: Address


def unsubscribe_url(address: Address, topic: Topic) -> str:
    """RFC 8058: for a post without a session. '' for what may not be switched off so easily."""
    if topic is Topic.SECURITY:
        return ""
    token = _signer().sign(f"{address.pk}-{topic.value}")
    return f"{settings.PORTAL_URL.rstrip('/')}/unsubscribe/{token}/"


def read_link(token: str) -> Link:
    """What this token names. Raises `LinkError` for what is old, altered, or of a past address."""
    number, topic = _read(token)
    address = Address.objects.current().filter(pk=number).first()
    if address is None:
        raise LinkError
    return Link(address.iin, address.channel, topic, address)


def _read(token: str) -> tuple[int, Topic]:
    if len(token) > LONGEST or not token.isascii():
        raise LinkError
    try:
        text = _signer().unsign(token, max_age=settings.UNSUBSCRIBE_LIFETIME)
        number, _dash, topic = text.partition("-")
        return int(number), Topic(topic)
    except (BadSignature, ValueError) as error:
        raise LinkError from error


def _signer() -> TimestampSigner:
    # No colon: some programs for mail do not take it for a part of the address.
    return TimestampSigner(salt=SALT, sep=".")
