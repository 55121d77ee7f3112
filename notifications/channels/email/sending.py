"""Letters one after the other over one connection of Django's mail backend."""

import contextlib
from collections.abc import Callable, Generator, Iterable
from datetime import datetime
from email.utils import parseaddr
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from notifications.channels.base import Outcome, Parcel, Result
from notifications.channels.email.headers import encode_address
from notifications.channels.email.letter import Signer, write_letter
from notifications.channels.email.refusals import is_worn_out, keeps_connection, outcome_of
from notifications.delivering import verp


class MailSender:
    """Takes the server and its time-out from Django's settings.

    `sign` gets content and `now`, and gives a CMS or None; `clock` gives the moment.
    """

    def __init__(
        self, *, mail_from: str, sign: Signer, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._from = parseaddr(mail_from)[1]
        self._sign = sign
        self._clock = clock

    def send(self, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
        """See `Sender`. Opens the connection with the first letter."""
        backend: BaseEmailBackend = get_connection()
        try:
            for parcel in parcels:
                yield self._send_one(backend, parcel)
        finally:
            _close(backend)

    def _send_one(self, backend: BaseEmailBackend, parcel: Parcel) -> Outcome:
        to = encode_address(parcel.to)
        if not to:
            return Outcome(parcel.delivery_id, Result.BAD_ADDRESS, error="not an address")
        data = write_letter(parcel, to=to, mail_from=self._from, sign=self._sign, now=self._clock())
        letter = _Written(data, from_email=verp.write(parcel.delivery_id), to=[to])
        return _deliver(backend, letter, parcel.delivery_id)


def _deliver(backend: BaseEmailBackend, letter: EmailMessage, delivery_id: int) -> Outcome:
    is_new: bool | None = True
    try:
        is_new = backend.open()
        backend.send_messages([letter])
    except (SMTPException, OSError) as error:
        if not keeps_connection(error):
            _close(backend)
        if is_worn_out(error) and not is_new:
            return _deliver(backend, letter, delivery_id)
        return outcome_of(error, delivery_id)
    return Outcome(delivery_id, Result.SENT)


def _close(backend: BaseEmailBackend) -> None:
    """What was sent stays sent, however the server says goodbye."""
    with contextlib.suppress(SMTPException, OSError):
        backend.close()


class _Bytes:
    """A letter that is written already, as far as backends look at one."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def as_bytes(self, *, linesep: str = "\n") -> bytes:
        """As Django's own messages give them."""
        return self._data if linesep == "\r\n" else self._data.replace(b"\r\n", linesep.encode())


class _Written(EmailMessage):
    """Django's envelope around it."""

    def __init__(self, data: bytes, **envelope: Any) -> None:
        super().__init__(**envelope)
        self._data = data

    def message(self) -> _Bytes:  # type: ignore[override]
        """Nothing is left to be made."""
        return _Bytes(self._data)
