"""An outside service for time stamps: HTTP in a thread, and `openssl ts -reply` behind it."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = millisecs:500
clock_precision_digits = 3
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
"""


@dataclass
class Service:
    """What it does next is said by `mood`: ok, broken, moved, huge, other, refuse."""

    folder: Path
    mood: str = "ok"
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tsr?x=1"

    @property
    def pem(self) -> Path:
        return self.folder / "root.pem"

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=True)

    def make_keys(self) -> None:
        """A root and a certificate for time stamps of its own."""
        self.folder.mkdir()
        (self.folder / "tsa.cnf").write_text(CONFIGURATION)
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        configured = ["-config", "tsa.cnf"]
        self.openssl(
            *("req", "-x509", *configured, *new, "-keyout", "root.key", "-out", "root.pem"),
            *("-subj", "/CN=OUTSIDE ROOT TEST", "-days", "30", "-extensions", "root"),
        )
        self.openssl(
            *("req", *configured, *new, "-keyout", "tsa.key", "-out", "tsa.csr"),
            *("-subj", "/CN=OUTSIDE TSA TEST"),
        )
        self.openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key"),
            *("-days", "30", "-extfile", "tsa.cnf", "-extensions", "stamps", "-out", "tsa.pem"),
        )

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        self.openssl(
            *("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq"),
            *("-out", "reply.tsr"),
        )
        return (self.folder / "reply.tsr").read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Until the end of the block."""
    service = Service(folder)
    service.make_keys()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append(query)
            status, body = 200, b""
            if service.mood == "broken":
                status = 500
            elif service.mood == "moved":
                status = 302
            elif service.mood == "huge":
                body = bytes(200_000)
            elif service.mood == "other":
                body = service.answer(service.asked[0])
            elif service.mood == "refuse":
                body = service.answer(b"no query")
            else:
                body = service.answer(query)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", service.url)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
