"""Workers are killed with SIGKILL at every point: one live certificate or none, nothing stuck."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from redis import Redis

from pki.models import Certificate, PlannedCertificate, Revocation, ServiceCertificate
from renewals.audit.chain import find_break
from renewals.errors import MoveRefusedError, StatementSpentError
from renewals.models import Event, Renewal
from renewals.services import application
from tests.processes import ROOT
from tests.renewals.dying_worker import POINTS
from tests.renewals.people import NOW, Holder
from tests.renewals.workers import die_at, wait_until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


def live(holder: Holder) -> int:
    old = [row.pk for row in holder.certificates.values()]
    return Certificate.objects.for_iin(holder.iin).unrevoked().exclude(pk__in=old).count()


def state_of(renewal: Renewal) -> str:
    return Renewal.objects.values_list("state", flat=True).get(pk=renewal.pk)


def assert_sound(holder: Holder, renewal: Renewal) -> None:
    """What must hold after every accident."""
    assert state_of(renewal) == "issued"
    assert live(holder) == renewal.requests.count()
    assert find_break(Event.objects.order_by("sequence")) is None
    known = set(Certificate.objects.values_list("serial_hex", flat=True))
    known |= set(Revocation.objects.values_list("serial_hex", flat=True))
    # The authority's own, for its services.
    known |= set(ServiceCertificate.objects.values_list("serial_hex", flat=True))
    planned = set(PlannedCertificate.objects.values_list("serial_hex", flat=True))
    assert planned <= known


@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_worker_killed_anywhere_leaves_nothing_stuck(
    pair: Holder, point: str, tmp_path: Path
) -> None:
    renewal = pair.submit()
    assert die_at(point) == -signal.SIGKILL
    before = live(pair)
    assert before == (2 if point == "after-store" else 0)
    with workers(tmp_path / "log"):
        issued = wait_until(lambda: state_of(renewal) == "issued")
    assert issued, (tmp_path / "log").read_text()[-3000:]
    assert_sound(pair, renewal)
    voided = PlannedCertificate.objects.filter(state="void").count()
    assert voided == (0 if point == "after-store" else 2)


def test_the_workers_issue_within_seconds(holder: Holder, tmp_path: Path) -> None:
    with workers(tmp_path / "log"):
        renewal = holder.submit()
        issued = wait_until(lambda: state_of(renewal) == "issued")
    assert issued, (tmp_path / "log").read_text()[-3000:]
    assert_sound(holder, renewal)


def test_an_emptied_broker_loses_nothing(
    holder: Holder, tmp_path: Path, settings: Settings
) -> None:
    if not settings.REDIS_URL:
        pytest.skip("there is no broker in this run")
    renewal = holder.submit()
    Redis.from_url(settings.REDIS_URL).flushdb()
    with workers(tmp_path / "log"):
        issued = wait_until(lambda: state_of(renewal) == "issued")
    assert issued, (tmp_path / "log").read_text()[-3000:]


def test_a_ring_reaches_a_worker_without_any_sweep(
    holder: Holder, tmp_path: Path, settings: Settings
) -> None:
    if not settings.REDIS_URL:
        pytest.skip("there is no broker in this run")
    with workers(tmp_path / "log", with_beat=False):
        renewal = holder.submit()
        issued = wait_until(lambda: state_of(renewal) == "issued")
    assert issued, (tmp_path / "log").read_text()[-3000:]


def test_a_broker_that_is_away_neither_refuses_nor_holds_up() -> None:
    code = "from renewals import doorbell; doorbell.ring('renewals.issue', [1, 2])"
    values = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    started = time.monotonic()
    ended = subprocess.run(
        command, cwd=ROOT, env=values, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "the broker did not take renewals.issue [[1, 2]]" in ended.stderr
    assert time.monotonic() - started < 20


def test_fifty_at_once_open_one_application(holder: Holder) -> None:
    numbers: list[int] = []

    def open_one() -> None:
        try:
            numbers.append(holder.open().pk)
        finally:
            connection.close()

    _together(open_one, 50)
    assert len(numbers) == 50
    assert len(set(numbers)) == 1
    assert Renewal.objects.count() == 1


def test_fifty_at_once_submit_one_application(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    cms = holder.sign(statement)
    refused: list[str] = []

    def submit_one() -> None:
        try:
            application.submit(
                actor=holder.actor,
                renewal=Renewal.objects.get(pk=renewal.pk),
                statement_id=statement.pk,
                cms=cms,
                now=NOW,
            )
        except (MoveRefusedError, StatementSpentError) as error:
            refused.append(error.code)
        finally:
            connection.close()

    _together(submit_one, 50)
    assert refused == []
    assert Event.objects.filter(kind="renewal.submitted").count() == 1
    assert find_break(Event.objects.order_by("sequence")) is None


def _together(work: object, count: int) -> None:
    threads = [threading.Thread(target=work) for _one in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
