"""What notifications write down: whom to reach, what was to be told, what became of it."""

from notifications.models.contact import Address, Mute, Recipient, Verification
from notifications.models.notice import Countdown, Delivery, FanOut, Notice, Provider
from notifications.models.stub import LoggedText

__all__ = [
    "Address",
    "Countdown",
    "Delivery",
    "FanOut",
    "LoggedText",
    "Mute",
    "Notice",
    "Provider",
    "Recipient",
    "Verification",
]
