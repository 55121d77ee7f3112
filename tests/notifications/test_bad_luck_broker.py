"""The broker is emptied, goes away, or says everything ten times: nothing is lost or told twice."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone
from kombu import Queue
from redis import Redis

from notifications import tasks
from notifications.contacts import verifications
from tests.cabinet.payroll import Payroll
from tests.notifications.letters import use
from tests.notifications.runs import (
    ids,
    in_the_end,
    people_with_letters,
    states,
    tail,
    told,
    wait_until,
    workers,
)
from tests.notifications.smtp_server import HANG, ScriptedServer
from tests.renewals.parallel import Racer
from tests.servers import free_port, redis_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


@pytest.fixture
def broker(settings: LazySettings) -> str:
    """Its URL."""
    if not settings.REDIS_URL:
        pytest.skip("there is no broker in this run")
    return str(settings.REDIS_URL)


def test_ten_workers_at_once_tell_everything_once(people: Payroll, settings: LazySettings) -> None:
    people_with_letters(people, 30)
    settings.NOTICE_BATCH = 4
    works: list[Callable[[], None]] = [tasks.remind, tasks.tell]
    with ScriptedServer() as mail:
        use(mail, settings)
        for _round in range(2):
            racers = [Racer(work) for work in works * 5]
            connection.close()
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.end()
        tasks.tell()
    assert states() == {"sent": 30}
    assert len(mail.received) == len(ids(mail.received)) == 30
    assert sorted(told("expiry-soon").values()) == [1] * 30


@pytest.mark.usefixtures("broker")
def test_a_task_that_is_delivered_ten_times_tells_once(people: Payroll, tmp_path: Path) -> None:
    people_with_letters(people, 30)
    log = tmp_path / "log"
    with ScriptedServer() as mail, workers(log, mail, with_beat=False, NOTICE_BATCH="4"):
        for task in ("remind", "tell"):
            for _time in range(10):
                current_app.send_task(f"notifications.{task}")
            # Each of them to its end.
            assert wait_until(lambda: _succeeded(log, task) == 10), tail(log)  # noqa: B023
    assert states() == {"sent": 30}
    assert len(mail.received) == len(ids(mail.received)) == 30
    assert sorted(told("expiry-soon").values()) == [1] * 30


def _succeeded(log: Path, task: str) -> int:
    return sum(f"notifications.{task}[" in line for line in _lines(log) if "succeeded" in line)


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines()


def test_a_broker_that_is_emptied_in_the_middle_loses_nothing(
    broker: str, people: Payroll, tmp_path: Path
) -> None:
    people_with_letters(people, 20)
    log, redis = tmp_path / "log", Redis.from_url(broker)
    with ScriptedServer() as mail:
        mail.script("CONTENT", *[None] * 5, HANG)
        with workers(log, mail, EMAIL_TIMEOUT="2"):
            assert wait_until(lambda: mail.hanging == 1), tail(log)
            redis.flushdb()
            people_with_letters(people, 5, first=20)
            assert wait_until(lambda: len(told("expiry-soon")) == 25), tail(log)
            redis.flushdb()
            assert in_the_end(sent=25), tail(log)
    assert len(mail.received) == len(ids(mail.received)) == 25
    assert sorted(told("expiry-soon").values()) == [1] * 25


@pytest.mark.usefixtures("broker")
def test_a_broker_that_goes_away_is_waited_for(people: Payroll, tmp_path: Path) -> None:
    people_with_letters(people, 5)
    log, port = tmp_path / "log", free_port()
    with ScriptedServer() as mail, workers(log, mail, REDIS_URL=f"redis://127.0.0.1:{port}/0"):
        with redis_at(port):
            assert wait_until(lambda: states() == {"sent": 5}), tail(log)
        assert wait_until(lambda: "Cannot connect to redis" in log.read_text()), tail(log)
        people_with_letters(people, 5, first=5)
        with redis_at(port):
            assert wait_until(lambda: states() == {"sent": 10}), tail(log)
    assert len(mail.received) == len(ids(mail.received)) == 10
    assert sorted(told("expiry-soon").values()) == [1] * 10


@pytest.mark.usefixtures("broker")
def test_what_is_finished_after_the_line_was_cut_does_not_end_a_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with current_app.connection_for_read() as line:
        queue = Queue("cut", auto_delete=True)(line.default_channel)
        queue.declare()
        line.Producer().publish({}, routing_key="cut")
        message = queue.get()
        queue.delete()
        lost = line.connection_errors
    assert message is not None
    # As it is left where Redis is away at that moment.
    channel: Any = message.channel
    channel._disconnect_pools()
    # A worker says so in its log and goes on.
    message.ack_log_error(logging.getLogger("cut"), lost)
    assert "Couldn't ack" in caplog.text


@pytest.mark.usefixtures("broker", "people")
def test_a_code_is_sent_by_the_bell_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ScriptedServer() as mail, workers(log, mail, with_beat=False):
        with transaction.atomic():
            verifications.begin(
                iin="000000000001",
                channel="email",
                value="ann@mail.example",
                language="kk",
                now=timezone.now(),
                replaces=False,
            )
        assert wait_until(lambda: len(mail.letters_to("ann@mail.example")) == 1), tail(log)
