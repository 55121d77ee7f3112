"""A chain of events with a signed checkpoint in a place of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from cabinet.checkpoint_storage import checkpoint_storage
from pki.models import Authority
from renewals.actor import WORKER, Actor, ActorKind
from renewals.events import EventKind
from renewals.models import Checkpoint
from renewals.services import checkpointing, journal
from tests.renewals.people import IIN

SOMEBODY = Actor(ActorKind.HOLDER, iin=IIN, name="АЙГҮЛ", roles=("individual",))


def now() -> datetime:
    """The real time: seals begin when they are made."""
    return datetime.now(UTC)


def happen(count: int) -> None:
    """So many more events, each in a transaction of its own."""
    for number in range(count):
        journal.record(
            EventKind.RECORD_VIEWED,
            actor=SOMEBODY if number % 2 else WORKER,
            now=now(),
            facts={"number": number, "word": "ә"},
        )


def sign(hours: float = 0) -> Checkpoint:
    """A checkpoint of that time, written."""
    moment = now() + timedelta(hours=hours)
    made = checkpointing.make(now=moment)
    assert made is not None
    assert checkpointing.write_due(now=moment) == 1
    made.refresh_from_db()
    return made


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    """The second place, a folder of this test's own."""
    folder = tmp_path / "checkpoints"
    use_place(settings, folder)
    return folder


def use_place(settings: Settings, folder: Path, s3_url: str = "") -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "checkpoints": checkpoint_storage(folder, s3_url, timedelta(days=1)),
    }


@pytest.fixture
def chain(authority: Authority, place: Path) -> Checkpoint:
    """Twelve events or more, signed at the tenth of these."""
    happen(10)
    made = sign()
    happen(2)
    return made
