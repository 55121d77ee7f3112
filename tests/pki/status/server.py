"""The status process as it runs, and a client that says exactly what it is told."""

import base64
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from cryptography.x509 import ocsp

from tests.pki.status.house import PASSPHRASE, StatusHouse
from tests.processes import running
from tests.servers import free_port

START_SECONDS = 40


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ocsp(self) -> ocsp.OCSPResponse:
        assert (self.status, self.headers["content-type"]) == (200, "application/ocsp-response")
        return ocsp.load_der_ocsp_response(self.body)

    @property
    def said(self) -> str:
        """GOOD, REVOKED, UNKNOWN, or the refusal."""
        found = self.ocsp
        if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return found.response_status.name
        return found.certificate_status.name


@dataclass(frozen=True)
class StatusServer:
    """Where it listens, and in which process."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/pki"

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def ask(self, request: bytes, name: str = "ec") -> Answer:
        """By POST."""
        kind = {"Content-Type": "application/ocsp-request"}
        return self.send("POST", f"/pki/ocsp/{name}/", request, kind)

    def ask_by_address(
        self, request: bytes, headers: Mapping[str, str] | None = None, *, safe: str = ""
    ) -> Answer:
        """By GET; with `safe`, those letters stand as they are."""
        text = quote(base64.b64encode(request).decode(), safe=safe)
        return self.send("GET", f"/pki/ocsp/ec/{text}", headers=headers)


@contextmanager
def status_server(
    house: StatusHouse, database_url: str, workers: int = 1, **environment: str
) -> Iterator[StatusServer]:
    """`manage.py status`, ready."""
    port = free_port()
    log = house.directory / "status.log"
    command = ["python", "manage.py", "status", "--port", str(port), "--workers", str(workers)]
    values = {
        "DATABASE_URL": database_url,
        "STATUS_KEY_DIRECTORY": str(house.keys),
        "STATUS_PASSPHRASE": PASSPHRASE,
        "PUBLICATION_DIRECTORY": str(house.published),
        "PKI_BASE_URL": "http://127.0.0.1/pki",
        "LOG_LEVEL": "INFO",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        **environment,
    }
    with running(command, values, log) as process:
        server = StatusServer(port, process, log)
        _wait_for(server)
        yield server


def _wait_for(server: StatusServer) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.process.poll() is None, server.log.read_text()
        try:
            if server.send("GET", "/health").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(server.log.read_text())
