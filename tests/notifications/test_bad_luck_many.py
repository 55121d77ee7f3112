"""Very many with the same day: all are told, in batches, by a worker that does not grow."""

import os
import subprocess
import sys

import pytest

from notifications.models import Countdown, Notice
from tests.cabinet.payroll import Payroll
from tests.notifications.runs import environment, ids, people_with_letters, told
from tests.notifications.smtp_server import ScriptedServer
from tests.processes import ROOT

# On PostgreSQL the benchmark has a million.
pytestmark = [pytest.mark.django_db(transaction=True)]

FEW, MANY = 100, 1000
BATCH = 50
GROWTH_MIB = 10


def work(mail: ScriptedServer) -> tuple[float, int]:
    """Peak memory of a worker that does everything, and how many letters were sent so far."""
    command = [sys.executable, "-m", "tests.notifications.busy_worker"]
    more = {"NOTICE_BATCH": str(BATCH), "EMAIL_TIMEOUT": "15"}
    values = {**os.environ, **environment(mail, **more)}
    ended = subprocess.run(
        command, cwd=ROOT, env=values, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    peak_mib, sent = ended.stdout.split()
    return float(peak_mib), int(sent)


def test_many_with_the_same_day_are_all_told_and_memory_stays_as_it_is(people: Payroll) -> None:
    with ScriptedServer() as mail:
        people_with_letters(people, FEW)
        few_mib, sent = work(mail)
        assert sent == FEW
        people_with_letters(people, MANY, first=FEW)
        before = mail.connections
        many_mib, sent = work(mail)
        assert sent == FEW + MANY
        # A connection for each batch.
        assert mail.connections - before >= MANY / BATCH
    assert len(mail.received) == len(ids(mail.received)) == FEW + MANY
    assert len(told("expiry-soon")) == Notice.objects.count() == FEW + MANY
    assert not Countdown.objects.filter(told_days=None).exists()
    assert many_mib - few_mib < GROWTH_MIB, (few_mib, many_mib)
