"""The second place, where checkpoints are written once and never changed: a folder or S3."""

import logging

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from renewals.audit.checkpoint import SUFFIX
from renewals.audit.errors import CheckpointKeptError

ALIAS = "checkpoints"
FAULTS = (OSError, BotoCoreError, ClientError, SuspiciousFileOperation)

logger = logging.getLogger(__name__)


def keep(name: str, data: bytes) -> None:
    """Write it under just this name; what is there already and the same is well.

    Raises `CheckpointKeptError`.
    """
    place = configured()
    try:
        if place.exists(name):
            is_kept = fetch(place, name) == data
        else:
            is_kept = place.save(name, ContentFile(data)) == name
    except FAULTS as error:
        logger.exception("the second place did not take %s", name)
        raise CheckpointKeptError(name=name) from error
    if not is_kept:
        logger.critical("the second place has something else under the name %s", name)
        raise CheckpointKeptError(name=name)


def names(place: Storage) -> list[str]:
    """Of all checkpoints that are there, in order. Raises `CheckpointKeptError`."""
    try:
        _folders, files = place.listdir("")
    except FileNotFoundError:
        return []
    except FAULTS as error:
        raise CheckpointKeptError(name="") from error
    return sorted(name for name in files if name.endswith(SUFFIX))


def fetch(place: Storage, name: str) -> bytes:
    """The bytes. Raises `CheckpointKeptError`."""
    try:
        with place.open(name, "rb") as file:
            return bytes(file.read())
    except FAULTS as error:
        raise CheckpointKeptError(name=name) from error


def configured() -> Storage:
    """As the settings say."""
    return storages[ALIAS]
