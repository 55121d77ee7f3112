"""Containers in storage of which no row tells: left by a worker that died between the two."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import storages

from renewals.documents import shelf
from renewals.models import Evidence

# One that is younger may be about to get its row.
PATIENCE = timedelta(hours=1)
# The folders of so many days are looked through, so that years of containers are not.
DAYS = 7

logger = logging.getLogger(__name__)


def folder_of(day: datetime) -> str:
    """Where the containers of a day are."""
    return f"evidence/{day:%Y/%m-%d}"


def forget_strays(*, now: datetime) -> int:
    """Remove what no row will ever tell of. Returns how many files."""
    removed = 0
    for number in range(DAYS):
        found = dict(_old_files(folder_of(now - timedelta(days=number)), now - PATIENCE))
        known = Evidence.objects.filter(storage_name__in=found)
        for name in found.keys() - set(known.values_list("storage_name", flat=True)):
            logger.warning("%s belongs to no application: removed", name)
            removed += shelf.remove(name)
    return removed


def _old_files(folder: str, before: datetime) -> Iterator[tuple[str, datetime]]:
    """Names and moments of what was stored before; nothing while the storage is away."""
    storage = storages[shelf.ALIAS]
    try:
        for file in storage.listdir(folder)[1]:
            name = f"{folder}/{file}"
            stored_at = storage.get_modified_time(name)
            if stored_at < before:
                yield name, stored_at
    except shelf.FAULTS:
        return  # no container was made on that day, or it is tried again in an hour
