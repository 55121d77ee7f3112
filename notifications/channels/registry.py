"""Every channel by its name, in the order in which people see them."""

from notifications.channels import email, sms
from notifications.channels.base import Channel

CHANNELS: dict[str, Channel] = {one.name: one for one in (email.CHANNEL, sms.CHANNEL)}
