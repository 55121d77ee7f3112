"""Django's mail backend of the demo: letters go to a folder, where the portal shows them."""

import os
import re
import uuid
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

STRANGE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
NAME_LENGTH = 150


class FolderBackend(BaseEmailBackend):
    """Each letter is `NAME.eml` in `settings.OUTBOX_DIRECTORY`, NAME from its Message-ID.

    So a letter that is sent again replaces itself. Others see all of it or nothing.
    """

    def __init__(self, fail_silently: bool = False, **_rest: Any) -> None:  # noqa: FBT001, FBT002  # as Django's
        super().__init__(fail_silently=fail_silently)
        self._directory = Path(settings.OUTBOX_DIRECTORY)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were written. Raises `OSError`."""
        written = 0
        for message in email_messages:
            try:
                data = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
                self._write(data)
            except OSError:
                if not self.fail_silently:
                    raise
            else:
                written += 1
        return written

    def _write(self, data: bytes) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _name(data)
        hidden = self._directory / f".{name}.{uuid.uuid4().hex}"
        hidden.write_bytes(data)
        os.replace(hidden, self._directory / f"{name}.eml")  # noqa: PTH105  # says that it replaces


def _name(data: bytes) -> str:
    """No way out of the folder, nothing hidden, whatever stands in the header."""
    found = str(BytesHeaderParser().parsebytes(data)["Message-ID"] or "")
    local = found.strip().lstrip("<").partition("@")[0]
    return STRANGE.sub("-", local)[:NAME_LENGTH].lstrip(".-_") or uuid.uuid4().hex
