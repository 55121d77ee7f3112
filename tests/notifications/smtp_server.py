"""A real mail server on loopback that answers by a script and keeps what it received.

    with ScriptedServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        server.refuse("b@example.kz", "550 5.1.1 unknown")
        server.script("RCPT", None, "450 4.2.0 later")

What it does at a command, first of these that applies: the next of the command's script (None:
as always), what is said to that recipient, what is always said to that command, 250. Commands
are `CONNECT` (before the greeting), `MAIL`, `RCPT`, `DATA` (the command itself) and `CONTENT`
(the letter after it). Instead of a reply there may be `HANG` (it never answers) or `DROP` (it
cuts the line); a letter dropped at `CONTENT` was received. `refuse(…, command="CONTENT")` is for
that recipient's letters. `connections` counts, so does `hanging`; `received` has the letters in
order.
"""

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port

HANG, DROP = "<hang>", "<drop>"
OK = "250 2.0.0 OK"
Reply = str | None


@dataclass(frozen=True)
class Received:
    """A letter and its envelope; `data` is what stood between DATA and the final dot."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """As Python reads it."""
        found = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


def hang_up(server: SMTP) -> None:
    """Cut the line; what was said before still goes out."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.close()


class _Server(SMTP):
    """One connection."""

    script_of: "ScriptedServer"

    async def _handle_client(self) -> None:
        said = await self.script_of.answer(self, "CONNECT")
        if said == OK:
            await super()._handle_client()
        elif said:
            await self.push(said)
            hang_up(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the library's
        recipients = self.envelope.rcpt_tos if self.envelope else []
        said = await self.script_of.answer(self, "DATA", recipients)
        if said == OK:
            await super().smtp_DATA(arg)
        elif said:
            await self.push(said)


@dataclass
class ScriptedServer:
    """See the module. Use as a context."""

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    hanging: int = 0
    # TLS from the first byte on.
    tls: ssl.SSLContext | None = None
    _scripts: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    _refused: dict[tuple[str, str], str] = field(default_factory=dict)
    _always: dict[str, str] = field(default_factory=dict)

    def script(self, command: str, *replies: Reply) -> None:
        """The next replies to this command, whoever it is for."""
        self._scripts[command].extend(replies)

    def refuse(self, recipient: str, reply: str, *, command: str = "RCPT") -> None:
        """Always say this to one recipient."""
        self._refused[command, recipient] = reply

    def always(self, command: str, reply: Reply) -> None:
        """Always say this to everybody; None: no more."""
        self._always.pop(command, None)
        if reply is not None:
            self._always[command] = reply

    def letters_to(self, recipient: str) -> list[Received]:
        """Those that one recipient has got."""
        return [letter for letter in self.received if recipient in letter.recipients]

    async def answer(self, server: SMTP, command: str, recipients: Sequence[str] = ()) -> str:
        """The reply; '' when there is none any more."""
        reply = self._next(command, recipients)
        if reply == HANG:
            self.hanging += 1
            # Until the client gives up, or the test is over.
            await asyncio.sleep(60)
        if reply in {HANG, DROP}:
            hang_up(server)
            return ""
        return reply

    def _next(self, command: str, recipients: Sequence[str]) -> str:
        script = self._scripts[command]
        if script and (scripted := script.popleft()) is not None:
            return scripted
        for recipient in recipients:
            if (command, recipient) in self._refused:
                return self._refused[command, recipient]
        return self._always.get(command, OK)

    # --- what the library asks ---------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """A client; not the look whether the server is there."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """The sender."""
        said = await self.answer(server, "MAIL")
        if said == OK:
            envelope.mail_from = address
        return said

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """A recipient."""
        said = await self.answer(server, "RCPT", [address])
        if said == OK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The letter."""
        recipients, content = tuple(envelope.rcpt_tos), envelope.content
        assert isinstance(content, bytes)
        letter = Received(str(envelope.mail_from), recipients, content)
        said = await self.answer(server, "CONTENT", recipients)
        if said in {OK, ""}:
            self.received.append(letter)
        return said

    # --- its life ----------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        controller = self._controller
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result(10)
        controller.stop()


class _Controller(Controller):
    def __init__(self, scripted: ScriptedServer) -> None:
        self._scripted = scripted
        self._made: list[_Server] = []
        super().__init__(
            scripted, hostname=scripted.host, port=scripted.port, ssl_context=scripted.tls
        )

    def factory(self) -> SMTP:
        """A server for each connection."""
        made = _Server(self.handler, **self.SMTP_kwargs)
        made.script_of = self._scripted
        self._made.append(made)
        return made

    async def hang_up(self) -> None:
        """No line stays open."""
        for made in self._made:
            hang_up(made)
        await asyncio.sleep(0.01)
