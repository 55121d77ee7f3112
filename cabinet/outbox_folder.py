"""What the demo has sent: letters and texts in a folder, read for the page of the outbox.

Reads only. Whatever cannot be read is as if it were not there; no name leads out of the folder.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from pathlib import Path

from django.conf import settings

# Names as the backend and the gateway give them: no separators, nothing hidden.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.(eml|txt)", re.ASCII)
MOST = 200
MOST_BYTES = 4 * 1024 * 1024
# What a mail program shows above a letter, in its order.
HEADERS = ("From", "To", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe")

# Half-written or altered files: the parsers of letters and JSON raise what they like.
UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError),
    *(MessageError, RecursionError),
)


@dataclass(frozen=True)
class Sent:
    """A letter or a text. `parts` is how many SMS a text takes; `html` and `calendar` may be ''.

    `is_signed`: it carries an S/MIME signature (RFC 8551, 3.5.3); not whether that is good.
    """

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    is_letter: bool = False
    parts: int = 0
    is_signed: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    html: str = ""
    calendar: str = ""


def newest() -> list[Sent]:
    """At most `MOST`, the newest first."""
    paths = [path for path in _files() if NAME.fullmatch(path.name)]
    paths.sort(key=_age)
    return [sent for path in paths[:MOST] if (sent := _read(path)) is not None]


def find(name: str) -> Sent | None:
    """One of them by its name; None for anything else."""
    if not settings.OUTBOX_DIRECTORY or not NAME.fullmatch(name):
        return None
    return _read(Path(settings.OUTBOX_DIRECTORY) / name)


def _files() -> Iterator[Path]:
    try:
        yield from Path(settings.OUTBOX_DIRECTORY).iterdir()
    except OSError:
        # Nothing was sent yet, and nobody has made the folder.
        return


def _age(path: Path) -> tuple[float, str]:
    """Smallest first: the newest."""
    try:
        return -path.lstat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


def _read(path: Path) -> Sent | None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        data = path.read_bytes()
        return _letter(path.name, at, data) if path.suffix == ".eml" else _text(path.name, at, data)
    except UNREADABLE:
        return None


def _letter(name: str, at: datetime, data: bytes) -> Sent:
    letter = message_from_bytes(data, policy=policy.default)
    headers = ((header, letter.get(header)) for header in HEADERS)
    return Sent(
        name=name,
        at=at,
        to=str(letter.get("To", "")),
        subject=str(letter.get("Subject", "")),
        text=_content(letter, "text/plain"),
        is_letter=True,
        is_signed=letter.get_content_type() == "multipart/signed",
        headers=tuple((header, str(value)) for header, value in headers if value),
        html=_content(letter, "text/html"),
        calendar=_content(letter, "text/calendar"),
    )


def _text(name: str, at: datetime, data: bytes) -> Sent:
    fields = json.loads(data)
    return Sent(
        name=name,
        at=at,
        to=str(fields["to"]),
        subject="",
        text=str(fields["text"]),
        parts=int(fields.get("parts", 0)),
    )


def _content(letter: Message, kind: str) -> str:
    """The first part of this type, decoded; '' where there is none."""
    for part in letter.walk():
        if part.get_content_type() == kind:
            found = part.get_payload(decode=True)
            charset = part.get_content_charset("utf-8")
            return found.decode(charset, "replace") if isinstance(found, bytes) else ""
    return ""
