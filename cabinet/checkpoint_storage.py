"""Where checkpoints are kept: a folder, or S3 with object lock. What is there is never changed."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

from cabinet.document_storage import document_storage

FOLDER = "cabinet.checkpoint_storage.FinalFolder"
LOCKED_S3 = "cabinet.checkpoint_storage.LockedS3"


def checkpoint_storage(directory: Path, s3_url: str, retention: timedelta) -> dict[str, object]:
    """The entry of Django's `STORAGES`; `retention` is how long S3 refuses to delete.

    Raises `ValueError` for what is no address of S3.
    """
    if not s3_url:
        return {"BACKEND": FOLDER, "OPTIONS": {"location": str(directory)}}
    entry = document_storage(directory, s3_url)
    options = entry["OPTIONS"]
    assert isinstance(options, dict)
    return {"BACKEND": LOCKED_S3, "OPTIONS": {**options, "retention": retention}}


class FinalFolder(FileSystemStorage):
    """A whole file or none, on the disk before it has its name, readable and never writable."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        folder = Path(self.location)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = folder / f".{secrets.token_hex(8)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
                file.write(content.read())
                file.flush()
                os.fchmod(file.fileno(), 0o444)
                os.fsync(file.fileno())
            # Fails where the name is taken; renaming would write over it.
            os.link(partial, folder / name)
        finally:
            partial.unlink(missing_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Just this one, or none."""
        return name


class LockedS3(S3Storage):  # type: ignore[misc]  # without types
    """Every object is locked (COMPLIANCE) until its time is over: nobody can delete it."""

    def __init__(self, *, retention: timedelta, **options: object) -> None:
        super().__init__(**options)
        self._retention = retention

    def get_object_parameters(self, name: str) -> dict[str, object]:
        """The lock, counted from now."""
        return {
            **super().get_object_parameters(name),
            "ObjectLockMode": "COMPLIANCE",
            "ObjectLockRetainUntilDate": datetime.now(UTC) + self._retention,
            # Object lock demands one (S3, PutObject).
            "ChecksumAlgorithm": "SHA256",
        }
