"""Short messages to a phone, through the gateway that the settings name."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Channel, Outcome, Parcel, Sender
from notifications.channels.gateways.base import Gateway, GatewaySettingsError
from notifications.channels.gateways.folder import FolderGateway
from notifications.channels.gateways.http import HttpGateway
from notifications.channels.gateways.http_format import AnswerMapping
from notifications.channels.gateways.log import LogGateway
from notifications.channels.gateways.smpp import SmppGateway
from notifications.contacts.addresses import mask_phone, parse_phone
from notifications.kinds import Form


class SmsSender:
    """One gateway, and one message after the other."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
        """See `channels.base.Sender`."""
        with closing(self._gateway):
            for parcel in parcels:
                yield self._gateway.submit(parcel)


def _log() -> Gateway:
    return LogGateway(sender=settings.SMS_SENDER)


def _folder() -> Gateway:
    return FolderGateway(directory=settings.OUTBOX_DIRECTORY, sender=settings.SMS_SENDER)


def _http() -> Gateway:
    return HttpGateway(
        url=settings.SMS_URL,
        token=settings.SMS_TOKEN,
        sender=settings.SMS_SENDER,
        body=settings.SMS_BODY,
        mapping=AnswerMapping(
            id=settings.SMS_ANSWER_ID,
            error=settings.SMS_ANSWER_ERROR,
            bad=frozenset(settings.SMS_ANSWER_BAD),
        ),
    )


def _smpp() -> Gateway:
    return SmppGateway(url=settings.SMS_URL, sender=settings.SMS_SENDER)


# By the value of `SMS_GATEWAY`.
GATEWAYS: dict[str, Callable[[], Gateway]] = {
    "log": _log,
    "folder": _folder,
    "http": _http,
    "smpp": _smpp,
}


def make_gateway() -> Gateway:
    """That of the settings, not connected yet. Raises `GatewaySettingsError`."""
    make = GATEWAYS.get(settings.SMS_GATEWAY)
    if make is None:
        raise GatewaySettingsError(f"SMS_GATEWAY is none of {', '.join(GATEWAYS)}")
    return make()


def _open() -> Sender:
    return SmsSender(make_gateway())


CHANNEL = Channel(
    name="sms",
    label=_("SMS"),
    form=Form.SHORT,
    parse=parse_phone,
    mask=mask_phone,
    open=_open,
    template="sms.txt",
    waits_at_night=True,
)
