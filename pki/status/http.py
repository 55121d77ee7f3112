"""Questions and replies of HTTP (RFC 9110), as far as files and answers need them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import BinaryIO, Protocol

Headers = tuple[tuple[str, str], ...]
NO_STORE: Headers = (("cache-control", "no-store"),)
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class HeaderFields(Protocol):
    """Of a request; names are in small letters."""

    def get(self, key: str, default: str | None = None) -> str | None:
        """One of them."""


@dataclass(frozen=True)
class Question:
    """A request: `parts` are the pieces of its path, decoded; `body` is whole."""

    method: str
    parts: Mapping[str, str]
    headers: HeaderFields
    body: bytes


@dataclass(frozen=True)
class Stretch:
    """`length` octets of an open file from `start`; whoever sends it closes it."""

    file: BinaryIO
    start: int
    length: int


@dataclass(frozen=True)
class Reply:
    """What goes back; `body` may be a stretch of a file."""

    status: int
    headers: Headers = ()
    body: bytes | Stretch = b""

    @property
    def length(self) -> int:
        """Of the body, octets."""
        return self.body.length if isinstance(self.body, Stretch) else len(self.body)


@dataclass(frozen=True)
class Entity:
    """Something that has a version: `etag` with its quotes, `modified_at` aware, UTC."""

    content_type: str
    etag: str
    modified_at: datetime
    size: int
    cache_control: str
    body: bytes | BinaryIO = field(repr=False)


def plain(status: int, text: str, *headers: tuple[str, str]) -> Reply:
    """A few words for people."""
    kind = (("content-type", "text/plain; charset=utf-8"),)
    return Reply(status, (*kind, *NO_STORE, *headers), f"{text}\n".encode())


@lru_cache(maxsize=1024)
def http_date(moment: datetime) -> str:
    """RFC 9110, 5.6.7."""
    return format_datetime(moment, usegmt=True)


def is_unmodified(headers: HeaderFields, *, etag: str, modified_at: datetime) -> bool:
    """Whether the client has it already (RFC 9110, 13.1): tags count, dates only without them."""
    if (wanted := headers.get("if-none-match")) is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return bool(tags & {etag, "*"})
    since = _date(headers.get("if-modified-since"))
    return since is not None and modified_at.replace(microsecond=0) <= since


def send_entity(question: Question, entity: Entity) -> Reply:
    """All of it, the part that was asked for, or that nothing has changed."""
    headers: Headers = (
        ("content-type", entity.content_type),
        ("cache-control", entity.cache_control),
        ("etag", entity.etag),
        ("last-modified", http_date(entity.modified_at)),
        ("accept-ranges", "bytes"),
    )
    with _closing_unless_sent(entity) as sent:
        if is_unmodified(question.headers, etag=entity.etag, modified_at=entity.modified_at):
            return Reply(304, headers[1:4])
        wanted = _range(question, entity)
        if wanted is None:
            return sent(Reply(200, headers), 0, entity.size)
        start, end = wanted
        if start >= end:
            return Reply(416, (("content-range", f"bytes */{entity.size}"), *NO_STORE))
        place = ("content-range", f"bytes {start}-{end - 1}/{entity.size}")
        return sent(Reply(206, (*headers, place)), start, end)


@contextmanager
def _closing_unless_sent(entity: Entity) -> Iterator["_Sending"]:
    sending = _Sending(entity)
    try:
        yield sending
    finally:
        if not sending.is_used and not isinstance(entity.body, bytes):
            entity.body.close()


class _Sending:
    """Puts the body into a reply, and remembers that somebody else will close it."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self.is_used = False

    def __call__(self, reply: Reply, start: int, end: int) -> Reply:
        self.is_used = True
        body = self._entity.body
        if isinstance(body, bytes):
            return replace(reply, body=body[start:end])
        return replace(reply, body=Stretch(body, start, end - start))


def _range(question: Question, entity: Entity) -> tuple[int, int] | None:
    """From and to, the end not included; None: all of it. Several ranges are not served.

    RFC 9110, 14.2: whatever is not understood is as if it were not there.
    """
    found = RANGE.fullmatch((question.headers.get("range") or "").strip())
    if found is None or question.method != "GET" or not _is_of_this_version(question, entity):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        # The last so many; of none there is nothing to send.
        return max(entity.size - int(last), 0) if int(last) else entity.size, entity.size
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, entity.size) if last else entity.size


def _is_of_this_version(question: Question, entity: Entity) -> bool:
    """RFC 9110, 13.1.5: a tag that is equal, or the very date."""
    condition = question.headers.get("if-range")
    if condition is None or condition == entity.etag:
        return True
    return _date(condition) == entity.modified_at.replace(microsecond=0)


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else None
