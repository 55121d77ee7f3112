"""What holds for every test: a database of its own on disk, no network but loopback."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from tests.softhsm import make_store

LOOPBACK = ("127.", "localhost", "::1")
SAMPLES = Path(os.environ.get("CABINET_SAMPLES", Path(__file__).parents[2] / "shared" / "samples"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """A file for SQLite, so that threads and processes meet in it; a name for PostgreSQL."""
    database = django_settings.DATABASES["default"]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    if database["ENGINE"] == "django.db.backends.sqlite3":
        name = str(Path(os.environ["TEST_DIRECTORY"]) / "database.sqlite3")
    else:
        name = f"test_cabinet_{worker}"
    database.setdefault("TEST", {})["NAME"] = name


def refuse_strangers(host: object) -> None:
    """A test that calls out fails at the call, be it for an address only."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if not name.startswith(LOOPBACK):
        raise AssertionError(f"a test called {name}")


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """No network but loopback, neither connections nor questions to name servers."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: tuple[object, ...] | str | bytes) -> None:
        if isinstance(address, tuple):
            refuse_strangers(address[0])
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_strangers(host)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Names without hashes: pages are tested whether or not anything was built and collected."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tokens of SoftHSM are made; without it the test is skipped."""
    return make_store(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def samples() -> Path:
    """Inputs that nobody here wrote; without them the test is skipped."""
    if not SAMPLES.is_dir():
        pytest.skip("the folder of samples is not there")
    return SAMPLES
