"""Loaded before Django reads its settings: the environment of the tests, and their servers.

With `TEST_SERVERS=1` the database is a real PostgreSQL and the broker a real Redis.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests import servers
from tests.environment import environment, fill

# Set by pytest-xdist in the processes that run tests in parallel: gw0, gw1, …
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

stack = ExitStack()


def prepare() -> None:
    """Parallel processes share one PostgreSQL, where each has a database of its own.

    Each has a Redis of its own: a bell rung for one process's database must not reach the
    workers of another.
    """
    if not WORKER:
        forget_the_shell()
    if os.environ.get("TEST_SERVERS"):
        if not WORKER:
            os.environ["DATABASE_URL"] = stack.enter_context(servers.postgresql())
        number = int(WORKER.removeprefix("gw") or 0)
        os.environ["REDIS_URL"] = stack.enter_context(servers.redis(number))
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cabinet-tests-")))
    # Each process has places of its own for what it writes.
    for name, value in environment(directory).items():
        if value.startswith(f"{directory}/"):
            os.environ.pop(name, None)
    fill(directory)
    os.environ["TEST_DIRECTORY"] = str(directory)


def forget_the_shell() -> None:
    """What the shell has set for a site of its own is not for tests."""
    for name in {*environment(Path()), "CABINET_ENV_FILE", "DEBUG", "REDIS_URL"} - {"LOG_LEVEL"}:
        os.environ.pop(name, None)


def pytest_unconfigure() -> None:
    """Stop what was started here."""
    stack.close()


prepare()
