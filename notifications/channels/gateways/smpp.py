"""A provider that speaks SMPP 3.4: one bind for a batch, long messages in parts.

SMPP knows no keys: a message whose answer got lost is sent again, and may arrive twice.
"""

import time
import zlib
from typing import Any

from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.gateways.base import GatewaySettingsError, provider_id_of
from notifications.channels.gateways.smpp_session import (
    Session,
    SessionLostError,
    parse_account,
)
from notifications.delivering.sms_parts import Encoding, encode, encoding_of, split

# For connection and bind, and again for all the parts of a message.
SECONDS = 10.0
# SMPP 3.4, 5.2.19.
DATA_CODING = {Encoding.GSM7: 0x00, Encoding.UCS2: 0x08}
# SMPP 3.4, 5.2.12: the text begins with a header.
ESM_CLASS_UDHI = 0x40
# SMPP 3.4, 5.2.5 and 5.2.6: unknown, international, alphanumeric; unknown, ISDN (E.164).
TON_UNKNOWN, TON_INTERNATIONAL, TON_ALPHANUMERIC = 0, 1, 5
NPI_UNKNOWN, NPI_ISDN = 0, 1
# SMPP 3.4, 5.1.3: system error, queue full, throttled.
_LATER = {0x08, 0x14, 0x58}
_BAD_ADDRESS = {0x0B}
# What is wrong with us and would be so for every message: command, bind, sender, account.
_OURS = {0x02, 0x03, 0x04, 0x0A, 0x0D, 0x0E, 0x0F}
# TS 23.040, 9.2.3.24.1: one octet counts the parts.
MAX_PARTS = 255


class SmppGateway:
    """`url` is that of `parse_account`."""

    def __init__(self, *, url: str, sender: str, seconds: float = SECONDS) -> None:
        self._account = parse_account(url)
        self._source = _source(sender)
        self._seconds = seconds
        self._session: Session | None = None

    def submit(self, parcel: Parcel) -> Outcome:
        """Hand over every part; the number of the message is that of the first."""
        number = parcel.delivery_id
        encoding = encoding_of(parcel.text)
        bodies = [encode(part, encoding) for part in split(parcel.text)]
        if len(bodies) > MAX_PARTS:
            return Outcome(number, Result.PERMANENT, "too long")
        try:
            session = self._bound()
            until = time.monotonic() + self._seconds
            ids = []
            for body in _with_headers(bodies, parcel.key):
                answer = session.ask(
                    "submit_sm",
                    until=until,
                    **self._source,
                    dest_addr_ton=TON_INTERNATIONAL,
                    dest_addr_npi=NPI_ISDN,
                    destination_addr=parcel.to.removeprefix("+"),
                    esm_class=ESM_CLASS_UDHI if len(bodies) > 1 else 0,
                    registered_delivery=0,
                    data_coding=DATA_CODING[encoding],
                    short_message=body,
                )
                if answer.status:
                    return _refusal(number, answer.status)
                ids.append(_id(answer))
        except SessionLostError as error:
            if self._session is not None:
                self._session.abandon()
                self._session = None
            raise ProviderAwayError(f"smpp {error}") from error
        return Outcome(number, Result.SENT, provider_id=ids[0])

    def close(self) -> None:
        """Unbind; the next message binds again."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _bound(self) -> Session:
        if self._session is None:
            self._session = Session(self._account, until=time.monotonic() + self._seconds)
        return self._session


def _source(sender: str) -> dict[str, object]:
    """A number or a name, as SMPP wants it told."""
    if not (0 < len(sender) <= 20 and sender.isascii() and sender.isprintable()):
        raise GatewaySettingsError("SMS_SENDER: 1 to 20 ASCII characters")
    digits = sender.removeprefix("+")
    if not digits.isdigit():
        kind = (TON_ALPHANUMERIC, NPI_UNKNOWN)
    elif sender != digits:
        kind = (TON_INTERNATIONAL, NPI_ISDN)
    else:
        kind = (TON_UNKNOWN, NPI_ISDN)
    return {"source_addr_ton": kind[0], "source_addr_npi": kind[1], "source_addr": digits}


def _with_headers(bodies: list[bytes], key: str) -> list[bytes]:
    """Each part with what joins it to the others (TS 23.040, 9.2.3.24.1).

    The same key gives the same reference, so that a phone knows a part that comes again.
    """
    if len(bodies) == 1:
        return bodies
    reference = zlib.crc32(key.encode()) & 0xFF
    return [
        bytes([5, 0, 3, reference, len(bodies), at]) + body for at, body in enumerate(bodies, 1)
    ]


def _refusal(delivery_id: int, status: int) -> Outcome:
    """Raises `ProviderAwayError` for what is not about the message."""
    error = f"smpp 0x{status:02X}"
    if status in _OURS:
        raise ProviderAwayError(error)
    if status in _LATER:
        return Outcome(delivery_id, Result.TEMPORARY, error)
    if status in _BAD_ADDRESS:
        return Outcome(delivery_id, Result.BAD_ADDRESS, error)
    return Outcome(delivery_id, Result.PERMANENT, error)


def _id(answer: Any) -> str:
    raw = answer.message_id or b""
    return provider_id_of(raw.decode("ascii", errors="replace"))
