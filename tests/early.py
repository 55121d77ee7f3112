"""Loaded before Django reads its settings: the environment of the tests, and their servers.

With `TEST_SERVERS=1` the database is a real PostgreSQL and the broker a real Redis.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests import servers
from tests.environment import fill

stack = ExitStack()


def prepare() -> None:
    """Parallel workers inherit the servers of the process that started them."""
    if os.environ.get("TEST_SERVERS") and "REDIS_URL" not in os.environ:
        os.environ.update(stack.enter_context(servers.both()))
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cabinet-tests-")))
    for name in ("CA_KEY_DIRECTORY", "STATIC_ROOT"):
        os.environ.pop(name, None)
    fill(directory)
    os.environ["TEST_DIRECTORY"] = str(directory)


def pytest_unconfigure() -> None:
    """Stop what was started here."""
    stack.close()


prepare()
