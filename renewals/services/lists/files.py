"""Lists as files: put beside the present one and moved over it, so that readers see whole ones.

One process at a time works on the lists of an authority; its death ends its right to.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from pki.models import ListScope
from renewals.errors import ListBusyError, ListWriteError

# Read by the process that serves them, which is another user's.
FILE_RIGHTS, DIRECTORY_RIGHTS = 0o644, 0o755


@dataclass(frozen=True)
class Staged:
    """A whole file on disk, under a name that nobody asks for yet."""

    staged: Path
    final: Path


def file_name(name: str, scope: ListScope, partition: int) -> str:
    """Under which name the process that serves lists looks for one of this authority."""
    ending = {ListScope.FULL: "", ListScope.DELTA: "-delta", ListScope.PART: f"-{partition}"}
    return f"{name}{ending[scope]}.crl"


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Nobody else makes lists of this authority meanwhile. Raises `ListBusyError` at once.

    The system gives up the lock of a process that dies, however it dies.
    """
    directory = settings.PUBLICATION_DIRECTORY
    try:
        directory.mkdir(mode=DIRECTORY_RIGHTS, parents=True, exist_ok=True)
        lock = os.open(directory / f".{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unwritten(directory, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ListBusyError(authority=name) from error
    finally:
        os.close(lock)


def stage(name: str, data: bytes) -> Staged:
    """Write a file to disk for good, and not yet under its name. Raises `ListWriteError`."""
    final = settings.PUBLICATION_DIRECTORY / name
    # Always the same name: what a process that died has left is written over.
    path = final.with_name(f".{name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags, FILE_RIGHTS), "wb") as file:
            os.fchmod(file.fileno(), FILE_RIGHTS)  # whatever the umask
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritten(final, error) from error
    return Staged(path, final)


def discard(files: Sequence[Staged]) -> None:
    """Those that will not be published after all."""
    for file in files:
        file.staged.unlink(missing_ok=True)


def put_in_place(files: Sequence[Staged]) -> None:
    """Move each over the one before it, at once for whoever reads. Raises `ListWriteError`."""
    directory = settings.PUBLICATION_DIRECTORY
    try:
        for file in files:
            file.staged.replace(file.final)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unwritten(directory, error) from error


def _unwritten(path: Path, error: OSError) -> ListWriteError:
    return ListWriteError(path=str(path), problem=error.strerror or type(error).__name__)
