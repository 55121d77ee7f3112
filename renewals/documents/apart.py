"""Judging in a process of its own: the system bounds it, and it has nothing worth stealing.

A file that hangs, eats memory or breaks a parser ends that process and nothing else.
"""

import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path

from renewals.documents.media import BY_TYPE, Media, require_size
from renewals.errors import (
    DocumentBrokenError,
    DocumentError,
    DocumentsBusyError,
    DocumentTooBigError,
    all_codes,
)

COMMAND = [sys.executable, "-X", "utf8", "-m", "renewals.documents"]
HOME = Path(__file__).parents[2]
SECONDS = 20
# So many at once in one process of the site; whoever comes later waits his turn, and not for ever:
# others need its threads.
ROOM = threading.BoundedSemaphore(2)
TURN_SECONDS = 10
OUT_OF_BOUNDS = frozenset({-signal.SIGXCPU, -signal.SIGKILL})

logger = logging.getLogger(__name__)


def examine(data: bytes) -> Media:
    """What these bytes are. Raises a `DocumentError`, whatever happens in there."""
    require_size(len(data))
    if not ROOM.acquire(timeout=TURN_SECONDS):
        raise DocumentsBusyError
    try:
        answer = _ask(data)
    finally:
        ROOM.release()
    if answer in BY_TYPE:
        return BY_TYPE[answer]
    error = all_codes().get(answer, DocumentBrokenError)
    if not issubclass(error, DocumentError):
        error = DocumentBrokenError
    raise error


def _ask(data: bytes) -> str:
    """A media type or the code of a refusal."""
    try:
        # Neither our secrets nor anything else of ours: an empty environment.
        ended = subprocess.run(
            COMMAND, input=data, capture_output=True, cwd=HOME, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        logger.warning("a document of %d bytes took too long to be judged", len(data))
        return DocumentTooBigError.code
    if ended.returncode:
        logger.warning(
            "judging a document of %d bytes ended with %d: %s",
            *(len(data), ended.returncode, ended.stderr[-500:].decode(errors="replace")),
        )
        is_bound = ended.returncode in OUT_OF_BOUNDS
        return DocumentTooBigError.code if is_bound else DocumentBrokenError.code
    return ended.stdout[:100].decode(errors="replace").strip()
