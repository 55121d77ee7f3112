"""What is wrong with the settings is told at the start, not at the first message."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from notifications.channels.gateways.base import GatewaySettingsError
from notifications.channels.sms import make_gateway


@register()
def check_sms_gateway(**_options: Any) -> list[CheckMessage]:
    """The gateway can be made. Nobody is called."""
    try:
        make_gateway().close()
    except GatewaySettingsError as error:
        return [Error(str(error), id="notifications.E001")]
    return []
