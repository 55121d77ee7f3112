"""Which settings are others than at the last start: by name, with a digest, never a value."""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation

from renewals.actor import Actor, ActorKind
from renewals.events import EventKind
from renewals.models import Event, EventHead
from renewals.services import journal

# Of 64 bits: enough to see a change, and nothing to guess a value by without the key.
LENGTH = 16
KEY = "SECRET_KEY"

logger = logging.getLogger(__name__)


def note_settings(process: str, *, now: datetime) -> bool:
    """Record what has changed since `process` ("web", "worker") last started. Whether anything has.

    Several may start at once: they wait for each other, and one tells.
    """
    actor = Actor(ActorKind.SYSTEM, name=process)
    with transaction.atomic():
        EventHead.objects.select_for_update().get_or_create(id=1)
        last = _last(process)
        found = digests(settings.SECRET_KEY)
        changed = _changed(last, found)
        if not changed:
            return False
        facts = {"process": process, "changed": changed, "digests": found}
        journal.record(EventKind.SETTINGS_CHANGED, actor=actor, now=now, facts=facts)
    return True


def note_settings_at_start(process: str, *, now: datetime) -> None:
    """The same where a database that is away must not keep a process from starting."""
    try:
        note_settings(process, now=now)
    except DatabaseError:
        logger.exception("which settings %s started with is not on record", process)


def digests(key: str) -> dict[str, str]:
    """Of every setting that this site sets, under a key that nobody has who reads events."""
    with translation.override("en"):  # some are texts to be translated
        return {
            name: _digest(key, name, getattr(settings, name))
            for name in sorted(dir(settings))
            if name.isupper() and settings.is_overridden(name)  # type: ignore[misc]
        }


def _changed(last: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Names. After a change of the key the older ones are asked for what the values were then."""
    if not last:
        return sorted(found)
    compared = found
    if last.get(KEY) != found.get(KEY):
        for older in settings.SECRET_KEY_FALLBACKS:
            if _digest(older, KEY, older) == last.get(KEY):
                compared = {**digests(older), KEY: found[KEY]}
    names = last.keys() | compared.keys()
    return sorted(name for name in names if last.get(name) != compared.get(name))


def _last(process: str) -> dict[str, str]:
    events = Event.objects.filter(
        kind=EventKind.SETTINGS_CHANGED.value, facts__process=process
    ).order_by("-sequence")
    newest = events.first()
    return dict(newest.facts["digests"]) if newest else {}


def _digest(key: str, name: str, value: object) -> str:
    text = json.dumps([name, value], default=str, sort_keys=True)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:LENGTH]
