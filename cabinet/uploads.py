"""How files come in: at addresses that ask for one, into memory, whole or not at all.

Everywhere else a file is refused before a byte of it is kept. Nothing is written to disk here,
so that a connection that breaks off leaves nothing behind.
"""

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
)
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.datastructures import MultiValueDict

# What a form has besides its file: boundaries, names, the token.
FORM_BYTES = 64 * 1024
# So much of what nobody has read is taken and thrown away before the answer goes out: a browser
# that is cut off while it sends shows an error of its own instead, a proxy says 502.
PATIENCE_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


class NoFiles(FileUploadHandler):
    """For every address that has not asked: the first file is one too many."""

    def new_file(self, *args: object, **options: object) -> NoReturn:
        """Refuse it before anything of it is read."""
        raise TooManyFilesSent("no file is taken at this address")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached."""

    def file_complete(self, file_size: int) -> None:
        """Never reached."""


class _InMemory(MemoryFileUploadHandler):
    """Django's own, without its limit: the body was measured before."""

    def handle_raw_input(self, *args: object, **options: object) -> None:
        """Take whatever comes."""
        self.activated = True


class OneFile(FileUploadHandler):
    """Takes a body whose length was checked, and only if all of it arrives.

    A server that is cut off hands on what it has, and the file in it would look complete.
    """

    def handle_raw_input(
        self,
        input_data: Any,  # a stream with `read`
        META: dict[str, Any],  # noqa: N803  # Django's own name
        content_length: int,
        boundary: bytes | str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        """The fields and the file. Raises `UnreadablePostError` for half a body."""
        body = input_data.read(content_length)
        if len(body) != content_length:
            raise UnreadablePostError("the connection broke off")
        handlers = [_InMemory(self.request)]
        return MultiPartParser(META, BytesIO(body), handlers, encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached: the body was taken as a whole."""

    def file_complete(self, file_size: int) -> None:
        """Never reached."""


class _Skipped(NoFiles):
    """For a beginning of a body of which only the fields are wanted."""

    def new_file(self, *args: object, **options: object) -> NoReturn:
        """Read on behind it."""
        raise SkipFile


def turn_away(request: HttpRequest, *, most_bytes: int) -> QueryDict | None:
    """None if this request may bring its file; otherwise what was typed beside the file.

    To be asked before anything looks at `request.POST`: the view is `csrf_exempt` and has an
    inner one with `csrf_protect`, as Django wants it for handlers of a single request.
    """
    length = _length(request.META)
    if length <= most_bytes + FORM_BYTES:
        request.upload_handlers = [OneFile(request)]
        return None
    return _fields(request, request.read(FORM_BYTES))


def discard_unread(request: HttpRequest) -> None:
    """Take what is still to come of a body and throw it away, unless it is far too much."""
    if _length(request.META) > PATIENCE_BYTES:
        return
    with suppress(OSError):
        while request.read(CHUNK_BYTES):
            pass


def _length(meta: Mapping[str, Any]) -> int:
    """As Django reads it: what is no number is nothing."""
    try:
        return int(meta.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _fields(request: HttpRequest, beginning: bytes) -> QueryDict:
    """They stand before the file, as in the form. Shown again, never acted upon."""
    encoding = request.encoding or settings.DEFAULT_CHARSET
    try:
        parser = MultiPartParser(request.META, BytesIO(beginning), [_Skipped(request)], encoding)
        return parser.parse()[0]
    except (MultiPartParserError, SuspiciousOperation):
        return QueryDict()
