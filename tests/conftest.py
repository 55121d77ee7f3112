"""What holds for every test: a database of its own on disk, no network but loopback."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

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


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """A test that calls out fails at the call."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[object, ...] | str | bytes) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test called {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Names without hashes: pages are tested whether or not anything was built and collected."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def samples() -> Path:
    """Inputs that nobody here wrote; without them the test is skipped."""
    if not SAMPLES.is_dir():
        pytest.skip("the folder of samples is not there")
    return SAMPLES
