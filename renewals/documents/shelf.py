"""The storage where documents are: put, fetched, removed; its many faults become two errors."""

import logging

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from renewals.errors import DocumentGoneError, DocumentStorageError

ALIAS = "documents"
# A disk that is full, a folder that is closed, a service that is away or says no.
FAULTS = (OSError, BotoCoreError, ClientError, SuspiciousFileOperation)

logger = logging.getLogger(__name__)


def put(name: str, data: bytes) -> None:
    """Keep the bytes under just this name. Raises `DocumentStorageError`."""
    try:
        kept_as = _storage().save(name, ContentFile(data))
    except FAULTS as error:
        logger.exception("the storage did not take %s", name)
        raise DocumentStorageError from error
    if kept_as != name:
        # The name was taken: what is there stays, and what is new has no row that knows of it.
        remove(kept_as)
        logger.error("the storage has %s already", name)
        raise DocumentStorageError


def fetch(name: str) -> bytes:
    """The bytes. Raises `DocumentGoneError`, `DocumentStorageError`."""
    try:
        with _storage().open(name, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        logger.exception("%s is not in the storage", name)
        raise DocumentGoneError from error
    except FAULTS as error:
        logger.exception("the storage did not give %s", name)
        raise DocumentStorageError from error


def remove(name: str) -> bool:
    """Whether it is certain that nothing is left of it. What is not there is removed."""
    try:
        _storage().delete(name)
    except FAULTS:
        logger.exception("the storage did not remove %s", name)
        return False
    return True


def _storage() -> Storage:
    return storages[ALIAS]
