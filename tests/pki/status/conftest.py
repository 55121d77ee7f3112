"""One status process for each file of tests, over the tests' database."""

from collections.abc import Iterator

import pytest

from tests.pki.status.house import StatusHouse, build_house
from tests.pki.status.server import StatusServer, status_server
from tests.renewals.workers import database_url


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> StatusHouse:
    """Its keys and certificates, made once; the process remembers them."""
    return build_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def house(built: StatusHouse, transactional_db: None) -> StatusHouse:
    """Its rows; each test issues certificates of its own."""
    built.settle()
    return built


@pytest.fixture(scope="module")
def server(built: StatusHouse, django_db_setup: None) -> Iterator[StatusServer]:
    """A real process."""
    with status_server(built, database_url()) as server:
        yield server
