"""A site of its own for the browser tests: the embedded way to run, on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from cabinet.demo.cast import CAST, Person
from tests.chromium import FLAGS, find
from tests.environment import environment
from tests.notifications.smtp_server import ScriptedServer
from tests.processes import ROOT, running
from tests.servers import free_port

START_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """Where it answers, and with what its cast signs in."""

    address: str
    directory: Path
    environment: dict[str, str]

    def key_files(self, slug: str) -> list[Path]:
        """The person's files; of a pair, the one for signing in first."""
        return sorted((self.directory / "demo" / slug).glob("*.p12"))

    def enrol(self, iin: str, password: str, kind: str = "ec") -> list[Path]:
        """One more person, 12 days before the end; returns his key files."""
        folder = self.directory / iin
        # Somebody new: whoever is enrolled by two tests has certificates of both.
        folder.mkdir()
        self._run("-m", "tests.e2e.enrol", str(folder), iin, password, kind)
        return sorted(folder.glob("*.p12"))

    def hire(self, bin_: str, password: str, *people: str) -> dict[str, str]:
        """People of an organisation as `IIN:role[:applied]`, key files `BIN/IIN.p12`.

        Gives the numbers of the applications that wait already, by IIN.
        """
        folder = self.directory / bin_
        folder.mkdir()
        printed = self._run("-m", "tests.e2e.staff", str(folder), bin_, password, *people)
        return dict(line.split() for line in printed.splitlines())

    def shell(self, code: str) -> str:
        """Run a few lines in the site's own Python; gives what they print."""
        return self.manage("shell", "--no-imports", "-c", code)

    def every_state(self, iin: str) -> dict[str, str]:
        """Applications of this person in rare states, by state; and unusual certificates."""
        printed = self._run("-m", "tests.e2e.every_state", iin)
        return dict(line.split() for line in printed.splitlines())

    def manage(self, *arguments: str) -> str:
        """Run a command of the site."""
        return self._run("manage.py", *arguments)

    def _run(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def person(slug: str) -> Person:
    """One of the cast."""
    return next(one for one in CAST if one.slug == slug)


@pytest.fixture(scope="session")
def mail() -> Iterator[ScriptedServer]:
    """A real mail server: what the site sends is received here."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, mail: ScriptedServer) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("site")
    port = free_port()
    status_port = next(one for one in iter(free_port, 0) if one != port)
    address = f"http://127.0.0.1:{port}"
    values = environment(directory) | {
        "PORTAL_URL": address,
        "PKI_BASE_URL": f"http://127.0.0.1:{status_port}/pki",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
        # Many wrong passwords and files come from this one address.
        "SIGN_IN_REFUSALS_PER_ADDRESS": "1000",
        "EMAIL_URL": f"smtp://{mail.host}:{mail.port}",
        "REMIND_SECONDS": "1",
    }
    there = Site(address, directory, values)
    there.manage("migrate", "--verbosity", "0")
    there.manage("collectstatic", "--no-input", "--verbosity", "0")
    there.manage("demo", "--directory", str(directory / "demo"))
    command = ["python", "manage.py", "serve", "--port", str(port)]
    command += ["--status-port", str(status_port)]
    with running(command, values, directory / "site.log"):
        _wait(address)
        yield there
    log = (directory / "site.log").read_text()
    assert "Traceback" not in log, log[-4000:]


def _wait(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{address}/health/", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, HTTPException, OSError):
            time.sleep(0.1)
    raise RuntimeError("the site does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find()
    if program is None:
        pytest.fail("Chromium is not installed: run `make chromium`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()
