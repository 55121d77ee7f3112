"""One connection to an SMSC: bound, asked, unbound. SMPP 3.4; knows nothing of messages.

The library makes and reads the PDUs. Its client is not used: it writes passwords and texts into
the log, waits as long as bytes drip in, and takes a PDU of any size into memory.
"""

import contextlib
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from smpplib import consts, smpp
from smpplib.client import SimpleSequenceGenerator
from smpplib.exceptions import PDUError, UnknownCommandError

from notifications.channels.gateways.base import GatewaySettingsError

# SMPP 3.4, 3.2: length, command, status, sequence.
HEADER_BYTES = 16
# The largest that is sent to us, a message of 254 octets with its parameters, is far below.
MAX_PDU_BYTES = 16 * 1024
UNBIND_SECONDS = 2.0
# Everything that the library raises over a body that is not what it should be.
UNREADABLE = (PDUError, UnknownCommandError, struct.error, ValueError, KeyError, TypeError)


class SessionLostError(Exception):
    """The other side hung up, kept silent or spoke another language. Short, without data."""


@dataclass(frozen=True)
class Account:
    """Where, and as whom."""

    host: str
    port: int
    user: str
    password: str


def parse_account(url: str) -> Account:
    """`smpp://user:password@host:port`, percent-encoded. Raises `GatewaySettingsError`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise GatewaySettingsError("SMS_URL is no address") from error
    if parts.scheme != "smpp" or not host or not port:
        raise GatewaySettingsError("SMS_URL is not smpp://user:password@host:port")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    # SMPP 3.4, 5.2.1 and 5.2.2; the library would cut them off without a word.
    if not (0 < len(user) <= 15 and len(password) <= 8 and f"{user}{password}".isascii()):
        raise GatewaySettingsError("SMS_URL: user of 15, password of 8 ASCII characters at most")
    return Account(host=host, port=port, user=user, password=password)


class Session:
    """A transceiver. Raises `SessionLostError`, but never when it ends."""

    def __init__(self, account: Account, *, until: float) -> None:
        """Connect and bind before `until` (of `time.monotonic`)."""
        self._numbers = SimpleSequenceGenerator()
        try:
            self._socket = socket.create_connection(
                (account.host, account.port), timeout=_left(until)
            )
        except OSError as error:
            raise SessionLostError(f"connect: {type(error).__name__}") from error
        try:
            self._bind(account, until)
        except SessionLostError:
            self._socket.close()
            raise

    def ask(self, command: str, *, until: float, **fields: Any) -> Any:
        """The answer to this command, whatever else comes before it."""
        question = smpp.make_pdu(command, client=self._numbers, **fields)
        self._send(question, until)
        while True:
            pdu = self._read(until)
            if pdu is None:
                continue
            is_answer = pdu.command in (f"{command}_resp", "generic_nack")
            if is_answer and pdu.sequence == question.sequence:
                return pdu
            self._serve(pdu, until)

    def close(self) -> None:
        """Say goodbye, but do not insist on an answer."""
        with contextlib.suppress(SessionLostError):
            self.ask("unbind", until=time.monotonic() + UNBIND_SECONDS)
        self._socket.close()

    def abandon(self) -> None:
        """Hang up on somebody who does not answer any more."""
        self._socket.close()

    def _bind(self, account: Account, until: float) -> None:
        answer = self.ask(
            "bind_transceiver", until=until, system_id=account.user, password=account.password
        )
        if answer.status != consts.SMPP_ESME_ROK:
            raise SessionLostError(f"bind: 0x{answer.status:02X}")

    def _serve(self, pdu: Any, until: float) -> None:
        """Answer what the other side asks meanwhile; what people write to us is not kept."""
        if pdu.command not in ("enquire_link", "deliver_sm", "unbind"):
            return
        answer = smpp.make_pdu(f"{pdu.command}_resp", client=self._numbers)
        answer.sequence = pdu.sequence
        self._send(answer, until)
        if pdu.command == "unbind":
            raise SessionLostError("unbound by the other side")

    def _send(self, pdu: Any, until: float) -> None:
        try:
            self._socket.settimeout(_left(until))
            self._socket.sendall(pdu.generate())
        except OSError as error:
            raise SessionLostError(f"send: {type(error).__name__}") from error

    def _read(self, until: float) -> Any:
        """The next PDU; None for one that SMPP 3.4 does not know."""
        length = self._receive(4, until)
        (size,) = struct.unpack(">L", length)
        if not HEADER_BYTES <= size <= MAX_PDU_BYTES:
            raise SessionLostError("this is no SMPP")
        raw = length + self._receive(size - 4, until)
        try:
            return smpp.parse_pdu(raw, client=self._numbers, allow_unknown_opt_params=True)
        except UNREADABLE:
            # The status says what was done, whatever is wrong with the rest: without it, an
            # accepted message would be sent again and again.
            with contextlib.suppress(*UNREADABLE):
                return smpp.parse_pdu(raw[:HEADER_BYTES], client=self._numbers)
        return None

    def _receive(self, size: int, until: float) -> bytes:
        received = b""
        while len(received) < size:
            try:
                self._socket.settimeout(_left(until))
                piece = self._socket.recv(size - len(received))
            except OSError as error:
                raise SessionLostError(f"receive: {type(error).__name__}") from error
            if not piece:
                raise SessionLostError("receive: closed")
            received += piece
        return received


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left
