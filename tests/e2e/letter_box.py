"""The letters that somebody has received over SMTP, and what programs of others say of them."""

import re
import subprocess
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar

from tests.e2e.conftest import Site
from tests.notifications.smtp_server import Received, ScriptedServer

PATIENCE_SECONDS = 30
ROOT = """
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pki.models import Authority
for row in Authority.objects.anchors():
    loaded = x509.load_der_x509_certificate(bytes(row.certificate_der))
    print(loaded.public_bytes(Encoding.PEM).decode())
"""


@dataclass
class LetterBox:
    """Of one address."""

    mail: ScriptedServer
    address: str

    def wait(self, count: int) -> list[Received]:
        """Until so many have come in all."""
        until = time.monotonic() + PATIENCE_SECONDS
        while len(found := self.mail.letters_to(self.address)) < count:
            assert time.monotonic() < until, [one.message["Subject"] for one in found]
            time.sleep(0.1)
        return found

    def code(self, count: int) -> str:
        """The six digits in the newest of so many letters."""
        found = re.findall(r"\b\d{6}\b", words_of(self.wait(count)[-1].message, "plain"))
        assert len(set(found)) == 1, found
        return str(found[0])

    def with_calendar(self) -> Received:
        """The first that brings a reminder for the calendar."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            for one in self.mail.letters_to(self.address):
                if calendars_of(one.message):
                    return one
            assert time.monotonic() < until
            time.sleep(0.1)


def words_of(message: EmailMessage, kind: str) -> str:
    """The text or the HTML."""
    parts = [one for one in message.walk() if one.get_content_type() == f"text/{kind}"]
    (part,) = parts
    return str(part.get_content())


def calendars_of(message: EmailMessage) -> list[Calendar]:
    """What goes into a calendar."""
    return [
        Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]
        for part in message.walk()
        if part.get_content_type() == "text/calendar"
    ]


def verify(letter: Received, site: Site, folder: Path) -> str:
    """OpenSSL's word on the signature: '' if it is good."""
    (folder / "root.pem").write_text(site.shell(ROOT))
    (folder / "letter.eml").write_bytes(letter.data)
    command = ["openssl", "cms", "-verify", "-in", "letter.eml", "-CAfile", "root.pem"]
    ended = subprocess.run(
        [*command, "-x509_strict", "-purpose", "smimesign"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return "" if ended.returncode == 0 else ended.stderr.decode()
