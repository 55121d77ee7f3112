"""A provider that takes messages by HTTP POST, one request each over one connection.

Follows no redirects, repeats nothing and reads little of an answer.
"""

import json
import logging
import socket
import ssl
import threading
from http.client import HTTPException
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from notifications.channels.base import Outcome, Parcel, ProviderAwayError
from notifications.channels.gateways.base import GatewaySettingsError, plain_key
from notifications.channels.gateways.http_format import (
    AnswerMapping,
    fill,
    judge,
    read_template,
)

# For a request with its answer; half of it for the connection, and again for TLS.
SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024

# At DEBUG it writes addresses, and some providers want a password in theirs.
logging.getLogger("urllib3").setLevel(logging.INFO)


class HttpGateway:
    """Asks as `body` says (see `http_format.fill`), reads answers as `mapping` says."""

    def __init__(
        self,
        *,
        url: str,
        token: str,
        sender: str,
        body: str,
        mapping: AnswerMapping,
        seconds: float = SECONDS,
    ) -> None:
        self._connection, self._target = _connection_to(url, seconds)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            if not (token.isascii() and token.isprintable()):
                raise GatewaySettingsError("SMS_TOKEN does not fit into a header")
            self._headers["Authorization"] = f"Bearer {token}"
        self._sender = sender
        self._template = read_template(body)
        self._mapping = mapping
        self._seconds = seconds

    def submit(self, parcel: Parcel) -> Outcome:
        """Post it with its key, so that the provider knows a repetition."""
        key = plain_key(parcel.key)
        words = {"to": parcel.to, "text": parcel.text, "sender": self._sender, "key": key}
        body = json.dumps(fill(self._template, words)).encode()
        try:
            status, answer = self._ask(body, {**self._headers, "Idempotency-Key": key})
        except (HTTPError, HTTPException, OSError) as error:
            self.close()
            raise ProviderAwayError(f"http: {type(error).__name__}") from error
        verdict = judge(status, answer, self._mapping)
        return Outcome(parcel.delivery_id, verdict.result, verdict.error, verdict.provider_id)

    def close(self) -> None:
        """Hang up; the next message connects again."""
        self._connection.close()

    def _ask(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body, which is empty if it breaks off or is too long to be an answer.

        Once the status is there the message is taken or refused: it is not asked again.
        """
        if not self._connection.is_connected:
            self._connection.close()
            self._connection.connect()
        connection = self._connection.sock
        connection.settimeout(self._seconds)
        # The time-out of a socket starts anew with every byte, so a slow answer needs a clock.
        alarm = threading.Timer(self._seconds, _hang_up, [connection])
        alarm.daemon = True
        alarm.start()
        try:
            self._connection.request(
                "POST", self._target, body, headers, preload_content=False, decode_content=False
            )
            response = self._connection.getresponse()
            try:
                answer = response.read(MAX_ANSWER_BYTES + 1)
            except (HTTPError, HTTPException, OSError):
                answer = b""
        finally:
            alarm.cancel()
        is_whole = response.closed and len(answer) <= MAX_ANSWER_BYTES
        if not is_whole:
            self._connection.close()
        return response.status, answer if is_whole else b""


def _connection_to(url: str, seconds: float) -> tuple[HTTPConnection, str]:
    """Not opened yet; and the target of requests."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise GatewaySettingsError("SMS_URL is no address") from error
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    if not host or not (target.isascii() and target.isprintable() and " " not in target):
        raise GatewaySettingsError("SMS_URL is no address")
    if parts.username is not None:
        raise GatewaySettingsError("SMS_URL has a user; the gateway http takes SMS_TOKEN")
    if parts.scheme == "http":
        return HTTPConnection(host, port, timeout=seconds / 2), target
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=seconds / 2, ssl_context=context), target
    raise GatewaySettingsError("SMS_URL does not begin with http:// or https://")


def _hang_up(connection: socket.socket) -> None:
    """From another thread; whoever reads there meets the end."""
    try:
        # Not what TLS makes of it: that one talks first.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        logging.getLogger(__name__).debug("hung up already")
