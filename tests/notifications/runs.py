"""How the workers run for tests of notices: against the test's own servers, in quick rounds.

    with ScriptedServer() as mail, workers(tmp_path / "log", mail):
        assert wait_until(lambda: len(mail.received) == 5)

Their clock is the real one, so people, too, are counted from it (`NOW` would be another day).
"""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications.kinds import DeliveryState
from notifications.models import Delivery, Notice, Provider
from tests.cabinet.payroll import Payroll
from tests.notifications.conftest import reach
from tests.notifications.smtp_server import Received, ScriptedServer
from tests.processes import CELERY_BEAT, CELERY_WORKER, ROOT, running
from tests.renewals.workers import database_url, wait_until

__all__ = ["wait_until"]

TIMEOUT_SECONDS = 1
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Between two thresholds for letters, the nearer of which has passed.
LETTER_DAYS, SHORT_DAYS = 13 * DAY, 9 * DAY
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)
WAITING, SENDING = DeliveryState.WAITING.value, DeliveryState.SENDING.value


def environment(mail: ScriptedServer, **more: str) -> dict[str, str]:
    """What the workers are told: quick rounds, and a server that is given up after a second.

    Leases are as long as ever: on a machine that stands still for seconds a short one would end.
    """
    return {
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://{mail.host}:{mail.port}",
        "EMAIL_TIMEOUT": str(TIMEOUT_SECONDS),
        "SWEEP_SECONDS": "0.5",
        "REMIND_SECONDS": "0.5",
    } | more


@contextmanager
def workers(
    log: Path, mail: ScriptedServer, *, copies: int = 1, with_beat: bool = True, **more: str
) -> Iterator[None]:
    """Celery and its beat where there is a broker, the loop elsewhere; as many as one likes.

    At the end they are killed, which is quick, and must do no harm either.
    """
    values = environment(mail, **more)
    with ExitStack() as stack:
        for number in range(copies):
            for command in _commands(log, number, with_beat=with_beat):
                stack.callback(_kill, stack.enter_context(running(command, values, log)))
        yield


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _commands(log: Path, number: int, *, with_beat: bool) -> Iterator[list[str]]:
    if not settings.REDIS_URL:
        yield ["python", "manage.py", "work", "--every", "0.2"]
        return
    # Two of one name would take each other for dead; nobody waits a second for neighbours.
    yield [*CELERY_WORKER, "--hostname", f"w{number}@%h", "--without-mingle"]
    if with_beat:
        yield [*CELERY_BEAT[:-1], str(log.with_name(f"beat{number}"))]


def die_at(point: str, mail: ScriptedServer) -> int:
    """Run a worker that is killed there; returns its exit status."""
    command = [sys.executable, "-m", "tests.notifications.dying_notices", point]
    values = {**os.environ, **environment(mail)}
    return subprocess.run(command, cwd=ROOT, env=values, check=False, timeout=60).returncode


@transaction.atomic
def people_with_letters(people: Payroll, count: int, *, first: int = 0) -> list[str]:
    """So many people who are to hear by e-mail alone; their addresses."""
    now, numbers = timezone.now(), range(first, first + count)
    for number in numbers:
        people.add(number, LETTER_DAYS, now=now)
    return [reach(people.iin(number), now=now).value for number in numbers]


def the_pause_is_over() -> None:
    """What waits for its next try is tried now, and every provider has its next chance."""
    now = timezone.now()
    with transaction.atomic():
        rows = Delivery.objects.filter(state=WAITING)
        if connection.features.has_select_for_update_skip_locked:
            # Never in the way of a worker.
            rows = rows.select_for_update(skip_locked=True)
        Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(due_at=now)
    Provider.objects.exclude(waits_until=None).update(waits_until=now)


def the_lease_is_over() -> None:
    """What a dead worker held may be taken by others."""
    Delivery.objects.filter(state=SENDING).update(due_at=timezone.now())


def in_the_end(channel: str = "email", **expected: int) -> bool:
    """Whether the deliveries are in these states once no pause holds them up any more."""

    def look() -> bool:
        the_pause_is_over()
        return states(channel) == expected

    return wait_until(look)


def states(channel: str = "email") -> Counter[str]:
    """How many deliveries are in which state."""
    return Counter(Delivery.objects.filter(channel=channel).values_list("state", flat=True))


def ids(letters: Iterable[Received]) -> Counter[str]:
    """How often each letter came, by its Message-ID."""
    found = (MESSAGE_ID.search(letter.data) for letter in letters)
    return Counter(one[1].decode() for one in found if one)


def told(kind: str) -> Counter[str]:
    """How many notices of a kind each person has."""
    return Counter(Notice.objects.filter(kind=kind).values_list("iin", flat=True))


def tail(log: Path) -> str:
    """The last of what the workers said."""
    return log.read_text()[-3000:]
