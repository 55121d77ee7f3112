"""The process itself: what it is given, how it stops, what it says while the database is away."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.db import connection

from tests.environment import environment
from tests.pki.status.house import StatusHouse, build_house, request_for
from tests.pki.status.server import StatusServer, status_server
from tests.processes import ROOT
from tests.renewals.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30


def wait_for(server: StatusServer, request: bytes, said: str) -> float:
    """Seconds until it says so."""
    started = time.monotonic()
    while (found := server.ask(request).said) != said:
        assert time.monotonic() < started + PATIENCE_SECONDS, found
        time.sleep(0.1)
    return time.monotonic() - started


@pytest.mark.data
def test_it_ends_at_once_when_it_is_told_even_with_open_connections(
    house: StatusHouse,
) -> None:
    with status_server(house, database_url()) as server:
        assert server.ask(request_for(house, house.issue())).said == "GOOD"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as kept:
            kept.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            assert kept.recv(4096).startswith(b"HTTP/1.1 200")
            started = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(10)
            assert time.monotonic() - started < 8


def test_what_opens_the_authoritys_keys_is_taken_away(house: StatusHouse) -> None:
    with status_server(
        house, database_url(), CA_PASSPHRASE="not for this process", CA_PIN="1234"
    ) as server:
        said = server.log.read_text()
        assert "taken away: CA_PASSPHRASE, CA_PIN" in said
        assert "not for this process" not in said.replace("not for this process, taken", "")
        for pid in family(server.process.pid):
            assert b"CA_PIN=1234" not in Path(f"/proc/{pid}/environ").read_bytes()


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def test_several_workers_say_the_same(house: StatusHouse) -> None:
    with status_server(house, database_url(), workers=2) as server:
        row = house.issue()
        request = request_for(house, row)
        assert {server.ask(request).said for _try in range(20)} == {"GOOD"}
        house.revoke(row)
        assert {server.ask(request).said for _try in range(20)} == {"REVOKED"}


def test_without_keys_it_starts_and_takes_them_up_when_they_come(house: StatusHouse) -> None:
    away = house.keys.with_name("keys-away")
    house.keys.rename(away)
    try:
        with status_server(house, database_url()) as server:
            request = request_for(house, house.issue())
            assert server.ask(request).said == "TRY_LATER"
            assert server.send("GET", "/pki/ec.cer").status == 200
            away.rename(house.keys)
            wait_for(server, request, "GOOD")
    finally:
        if away.exists():
            away.rename(house.keys)


def test_a_database_file_that_is_not_there_means_try_later(
    house: StatusHouse, tmp_path: Path
) -> None:
    request = request_for(house, house.issue())
    folder = tmp_path / "mounted"
    with status_server(house, f"sqlite:///{folder}/cabinet.sqlite3") as server:
        answer = server.ask(request)
        assert (answer.said, answer.headers["cache-control"]) == ("TRY_LATER", "no-store")
        assert server.send("GET", "/pki/ec.cer").status == 503
        folder.mkdir()
        values = environment(tmp_path) | {
            "DATABASE_URL": f"sqlite:///{folder}/cabinet.sqlite3",
            "PATH": "/usr/bin:/bin",
        }
        command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=values, check=True)
        # The database is there; that it holds no authority is another answer.
        wait_for(server, request, "UNAUTHORIZED")


@contextmanager
def shut_out() -> Iterator[None]:
    """Nobody gets into the PostgreSQL database any more, and all but this test are thrown out."""
    name = connection.settings_dict["NAME"]
    mine = connection.connection.info.backend_pid
    other = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})
    other.autocommit = True
    try:
        with other.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> %s",
                [name, mine],
            )
            yield
            cursor.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
    finally:
        other.close()


@pytest.mark.data
def test_while_the_database_is_away_it_says_try_later_and_comes_back_by_itself(
    house: StatusHouse,
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a file does not go away under an open connection")
    with status_server(house, database_url()) as server:
        row = house.issue()
        request = request_for(house, row)
        assert server.ask(request).said == "GOOD"
        with shut_out():
            for _try in range(3):
                answer = server.ask(request)
                assert (answer.said, answer.headers["cache-control"]) == ("TRY_LATER", "no-store")
            assert server.ask_by_address(request).said == "TRY_LATER"
            # What needs no question stays there.
            assert server.send("GET", "/pki/ec.cer").status == 200
            house.revoke(row)
        assert server.ask(request).said == "REVOKED"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        # A connection that died unseen is no reason to say anything else.
        assert server.ask(request).said == "REVOKED"


@pytest.mark.data
def test_a_database_that_does_not_answer_means_try_later_soon(house: StatusHouse) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("readers of a file wait for nobody")
    with status_server(house, database_url()) as server:
        row = house.issue()
        request = request_for(house, row)
        assert server.ask(request).said == "GOOD"
        connection.set_autocommit(False)
        try:
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE pki_revocation IN ACCESS EXCLUSIVE MODE")
            started = time.monotonic()
            assert server.ask(request).said == "TRY_LATER"
            assert time.monotonic() - started < 10
        finally:
            connection.rollback()
            connection.set_autocommit(True)
        wait_for(server, request, "GOOD")


def test_an_rsa_authority_answers_as_well(transactional_db: None, tmp_path: Path) -> None:
    house = build_house(tmp_path, "rsa")
    house.settle()
    with status_server(house, database_url()) as server:
        good, revoked = house.issue(), house.issue()
        house.revoke(revoked)
        assert server.ask(request_for(house, good), "rsa").said == "GOOD"
        assert server.ask(request_for(house, revoked), "rsa").said == "REVOKED"
