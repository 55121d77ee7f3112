"""Reports of mail servers about letters (RFC 3464 in RFC 6522), good or broken. Pure.

Any bytes may come: what is no such report is None, never an exception.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from enum import StrEnum

from notifications.delivering.reply_codes import enhanced_of, is_bad_address

# The status stands before the letter that comes back; what is behind this is not read.
MAX_BYTES = 1024 * 1024
MAX_STATUS = 64 * 1024
# The parser takes such a part to pieces by itself, and wrongly when it is encoded (RFC 6533).
STATUS_TYPE = re.compile(rb"message/(?:global-)?delivery-status", re.IGNORECASE)
PLAIN_TYPE = "text/x-delivery-status"
# To whom a report came, as servers write it down.
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255}")
MAX_HEADER, MAX_ADDRESSES = 4096, 20
FIELD = re.compile(r"([A-Za-z-]{1,40})[ \t]*:[ \t]*(.*)")
CODE = re.compile(r"(?<!\d)([245]\d\d)(?!\d)", re.ASCII)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, MessageError, RecursionError)


class Action(StrEnum):
    """What was done with the letter (RFC 3464, 2.3.3), as far as we care."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


WORDS = {
    "failed": Action.FAILED,
    "delayed": Action.DELAYED,
    "delivered": Action.DELIVERED,
    # Handed to somebody who will report no more.
    "relayed": Action.DELIVERED,
    "expanded": Action.DELIVERED,
}


@dataclass(frozen=True)
class Report:
    """About one letter. `status` is `5.1.1` or ''; `code` that of SMTP or 0.

    `recipients` are the addresses to which the report itself came, likeliest first.
    """

    action: Action
    status: str
    code: int
    recipients: tuple[str, ...]

    @property
    def is_address_bad(self) -> bool:
        """Whether there is nobody to write to."""
        return self.action is Action.FAILED and is_bad_address(self.code, self.status)

    @property
    def error(self) -> str:
        """Short, without personal data: servers like to quote addresses."""
        numbers = [self.status, str(self.code) if self.code else ""]
        return " ".join(["returned:", *filter(None, numbers)])[:100]


def parse_report(data: bytes) -> Report | None:
    """Read a message; None for whatever is no report about a delivery."""
    try:
        message = message_from_bytes(
            STATUS_TYPE.sub(PLAIN_TYPE.encode(), data[:MAX_BYTES]), policy=policy.compat32
        )
        for text in _statuses(message):
            groups = [group for block in _blocks(text) if (group := _group(block))]
            if groups:
                action, status, code = _sum_up(groups)
                return Report(action, status, code, tuple(_recipients(message)))
    except UNREADABLE:
        return None
    return None


Group = tuple[Action, str, int]


def _statuses(message: Message) -> Iterator[str]:
    """Every part that says what became of a letter, at any depth; of a broken report all of it."""
    for part in message.walk():
        if part.get_content_type() == PLAIN_TYPE and not part.is_multipart():
            yield _text(part)
    if message.get_content_type() == "multipart/report":
        for part in message.walk():
            if not part.is_multipart():
                yield _text(part)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload[:MAX_STATUS].decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _blocks(text: str) -> Iterator[dict[str, str]]:
    """Fields of each block between empty lines (RFC 3464, 2.1), names in lower case."""
    fields: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.strip():
            yield fields
            fields, last = {}, ""
        elif line[0] in " \t" and last:
            fields[last] += " " + line.strip()
        elif found := FIELD.fullmatch(line):
            last = found[1].lower()
            fields.setdefault(last, found[2].strip())
    yield fields


def _group(fields: dict[str, str]) -> Group | None:
    """What one block says of one recipient; None for one that is about the message."""
    said = fields.get("action", "").lower().split()
    diagnostic = fields.get("diagnostic-code", "")
    status = enhanced_of(fields.get("status", ""))
    if status.endswith(".0.0"):
        status = enhanced_of(diagnostic) or status
    found = CODE.search(diagnostic)
    action = WORDS.get(said[0]) if said else None
    if action is None and status and "action" not in fields:
        action = Action.FAILED if status.startswith("5") else Action.DELAYED
    if action is None:
        return None
    return action, status or enhanced_of(diagnostic), int(found[1]) if found else 0


def _sum_up(groups: list[Group]) -> Group:
    """Ours have one recipient each; where somebody has forwarded it, one who got it is enough."""
    order = (Action.DELIVERED, Action.DELAYED, Action.FAILED)
    return min(groups, key=lambda group: order.index(group[0]))


def _recipients(message: Message) -> Iterator[str]:
    found = (
        address
        for name in ADDRESSED
        for value in message.get_all(name, [])
        for address in ADDRESS.findall(str(value)[:MAX_HEADER])
    )
    for _number, address in zip(range(MAX_ADDRESSES), found, strict=False):
        yield address
