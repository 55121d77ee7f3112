"""Letters by e-mail."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Channel, Sender
from notifications.channels.email.sending import MailSender
from notifications.contacts.addresses import mask_email, parse_email
from notifications.kinds import Form


def _open() -> Sender:
    return MailSender(mail_from=settings.MAIL_FROM, sign=import_string(settings.MAIL_SIGNER))


CHANNEL = Channel(
    name="email",
    label=_("E-mail"),
    form=Form.LETTER,
    parse=parse_email,
    mask=mask_email,
    open=_open,
)
