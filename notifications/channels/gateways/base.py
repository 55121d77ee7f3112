"""What every gateway is, and what they share. No settings are read here."""

import hashlib
import re
from typing import Protocol

from notifications.channels.base import Outcome, Parcel

# Fit for a file's name, a header and a column.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
# As wide as `Delivery.provider_id`.
_ID_LENGTH = 100


class GatewaySettingsError(ValueError):
    """A gateway cannot be made from these settings. Says which, never what stands in it."""


class Gateway(Protocol):
    """Hands over one message after the other. Connects at the first, closes at the end."""

    def submit(self, parcel: Parcel) -> Outcome:
        """Hand over one. Raises `ProviderAwayError`; ends within 20 seconds."""

    def close(self) -> None:
        """Let go of what is open. May be called more than once; never raises."""


def plain_key(key: str) -> str:
    """`key`, or the hash of one that would not fit everywhere; the same for the same."""
    return key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()


def provider_id_of(text: str) -> str:
    """The provider's number of a message, '' for one that cannot be kept."""
    return text if len(text) <= _ID_LENGTH and text.isprintable() else ""
