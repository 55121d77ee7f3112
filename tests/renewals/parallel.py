"""Several at once, each in a thread with a connection of its own; what they raised comes back."""

import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from pki.errors import PKIError
from renewals.errors import RenewalError
from renewals.models import EventHead

Work = Callable[[], object]
PATIENCE_SECONDS = 60.0


class Racer(threading.Thread):
    """One piece of work. `error` is what it raised: a refusal, or worse."""

    def __init__(self, work: Work) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: Exception | None = None

    def run(self) -> None:
        """Never lets its connection stay open: the test database is dropped afterwards."""
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  # judged by the test, whatever it is
            self.error = error
        finally:
            connection.close()

    def end(self) -> Exception | None:
        """What was raised, None where all went well."""
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), "it hangs"
        if self.error is not None and not isinstance(self.error, PKIError | RenewalError):
            raise self.error
        return self.error


def race(*works: Work) -> list[Exception | None]:
    """All at the same moment."""
    gate = threading.Barrier(len(works))

    def start(work: Work) -> Work:
        def begin() -> None:
            gate.wait(PATIENCE_SECONDS)
            work()

        return begin

    racers = [Racer(start(work)) for work in works]
    for racer in racers:
        racer.start()
    return [racer.end() for racer in racers]


def queue_up(works: Sequence[Work]) -> list[Exception | None]:
    """Each goes as far as the chain of events, one after the other; then the chain is let go.

    For PostgreSQL: whoever holds something that another in the queue wants is in a deadlock,
    each time and not by chance.
    """
    racers = [Racer(work) for work in works]
    with transaction.atomic():
        EventHead.objects.select_for_update().get(id=1)
        for number, racer in enumerate(racers, start=1):
            racer.start()
            wait_for_waiting(number)
    return [racer.end() for racer in racers]


def wait_for_waiting(count: int) -> None:
    """Until so many wait for a lock."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
