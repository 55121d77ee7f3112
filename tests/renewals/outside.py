"""An authority that is not ours, made here: it issues, revokes, makes lists; and its web server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pki.certificate import parse_certificate
from pki.models import Acceptance, Authority
from tests.cabinet.people import Issuer, Person, authority_certificate

HOUR = timedelta(hours=1)


class Outside(Issuer):
    """A root that issues to people by itself."""

    def __init__(self, name: str = "national") -> None:
        super().__init__(name, pinned=False)
        now = datetime.now(UTC)
        self.certificate = authority_certificate(
            self.subject, self.key, self.subject, self.key, now
        )

    @property
    def der(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The same as text."""
        return self.certificate.public_bytes(Encoding.PEM)

    def certify(self, other: "Outside") -> x509.Certificate:
        """Another authority, below this one."""
        now = datetime.now(UTC)
        return authority_certificate(other.subject, other.key, self.subject, self.key, now)

    def pin(
        self,
        *,
        crl_url: str = "",
        ocsp_url: str = "",
        accepted_for: Acceptance = Acceptance.BOTH,
    ) -> Authority:
        """As if two operators had accepted it."""
        self.row = Authority.objects.create(
            name=self.name,
            certificate_der=self.der,
            crl_url=crl_url,
            ocsp_url=ocsp_url,
            accepted_for=accepted_for.value,
        )
        return self.row

    def list_of(
        self,
        *revoked: Person,
        number: int = 1,
        made: datetime | None = None,
        lasts: timedelta = 24 * HOUR,
        signer: Issuer | None = None,
    ) -> bytes:
        """A list, DER, made an hour ago; with another `signer` a forged one."""
        start = (made or datetime.now(UTC) - HOUR).replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.subject)
            .last_update(start)
            .next_update(start + lasts)
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for person in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(person.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(start).build())
        signed = builder.sign((signer or self).key, hashes.SHA256())
        return signed.public_bytes(Encoding.DER)


def serial_of(person: Person) -> str:
    """Hex."""
    return parse_certificate(person.der).serial_hex


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A web server on this computer: what it gives by path, and what was asked of it."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """With its port."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/list.crl") -> str:
        """Where a page is."""
        return f"http://{self.host}{path}"

    def give(self, data: bytes, path: str = "/list.crl", status: int = 200, **head: str) -> None:
        """From now on this is there."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in head.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.pages[path] = answer


@contextmanager
def web_server() -> Iterator[Web]:
    """Started and stopped."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(f"{self.command} {self.path}")
            web.heads.append(dict(self.headers))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path in web.pages:
                web.pages[self.path](self)
            else:
                self.send_error(404)

        do_POST = do_GET  # noqa: N815  # the name is the library's

        def log_message(self, *_args: object) -> None:
            """Nothing."""

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked has had enough
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
