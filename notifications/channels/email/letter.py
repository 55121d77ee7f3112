"""A parcel as the bytes of a letter: MIME, signed as a whole. Sends nothing, looks nothing up.

Written by hand, because the standard library takes a letter apart again at every step. All
content is base64: nothing on the way may change what was signed, and no boundary can occur in it.
"""

from base64 import encodebytes
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from django.utils import timezone

from notifications.channels.base import Parcel
from notifications.channels.email.calendar import write_calendar
from notifications.channels.email.headers import write_id, write_sender, write_url, write_words

CRLF = b"\r\n"
# Nothing is one of these: base64 has no underscore.
WORDS, PARTS, SIGNED = b"=_words", b"=_parts", b"=_signed"


class Signer(Protocol):
    """Signs letters; the channel knows no keys."""

    def __call__(self, content: bytes, *, now: datetime) -> bytes | None:
        """A detached CMS (DER) over content with CRLF; None where nobody signs."""


def write_letter(parcel: Parcel, *, to: str, mail_from: str, sign: Signer, now: datetime) -> bytes:
    """The whole letter with CRLF. `to` and `mail_from` are bare addresses in ASCII.

    Clear-signed (RFC 8551, 3.5.3), so that whoever knows no S/MIME reads it as well.
    """
    domain = mail_from.rpartition("@")[2]
    content = _content(parcel, domain=domain, now=now)
    signature = sign(content, now=now)
    entity = content if signature is None else _signed(content, signature)
    fields = _fields(parcel, to=to, mail_from=mail_from, domain=domain, now=now)
    return b"".join(name + b": " + value + CRLF for name, value in fields) + entity


def _fields(
    parcel: Parcel, *, to: str, mail_from: str, domain: str, now: datetime
) -> list[tuple[bytes, bytes]]:
    fields = [
        (b"Date", format_datetime(timezone.localtime(now)).encode()),
        (b"From", write_sender(mail_from, parcel.language)),
        (b"To", to.encode()),
        (b"Subject", write_words(parcel.subject)),
        (b"Message-ID", write_id(parcel.key, domain)),
        # RFC 3834, 5: nobody's holiday answers it.
        (b"Auto-Submitted", b"auto-generated"),
        (b"Content-Language", write_words(parcel.language)),
        (b"MIME-Version", b"1.0"),
    ]
    if link := write_url(parcel.unsubscribe_url):
        # RFC 8058, 3.1. Whatever signs for the domain (DKIM) has to include both.
        fields.append((b"List-Unsubscribe", link))
        fields.append((b"List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"))
    return fields


def _content(parcel: Parcel, *, domain: str, now: datetime) -> bytes:
    """Words, twice where there is HTML, and a calendar where there is something to remember."""
    words = _leaf(b"text/plain; charset=utf-8", parcel.text.encode("utf-8", "replace"))
    if parcel.html:
        html = _leaf(b"text/html; charset=utf-8", parcel.html.encode("utf-8", "replace"))
        words = _multipart(b"multipart/alternative", WORDS, (words, html))
    if not parcel.reminders:
        return words
    calendar = _leaf(
        b"text/calendar; charset=utf-8; method=PUBLISH; name=reminder.ics",
        write_calendar(parcel.reminders, domain=domain, now=now),
        b"attachment; filename=reminder.ics",
    )
    return _multipart(b"multipart/mixed", PARTS, (words, calendar))


def _signed(content: bytes, signature: bytes) -> bytes:
    kind = b'application/pkcs7-signature; name="smime.p7s"'
    part = _leaf(kind, signature, b'attachment; filename="smime.p7s"')
    form = b'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256'
    return _multipart(form, SIGNED, (content, part))


def _multipart(form: bytes, boundary: bytes, parts: tuple[bytes, ...]) -> bytes:
    """RFC 2046, 5.1.1: the line break before a boundary belongs to it."""
    line = b"--" + boundary
    body = b"".join(line + CRLF + part + CRLF for part in parts)
    head = b"Content-Type: " + form + b';\r\n boundary="' + boundary + b'"\r\n\r\n'
    return head + body + line + b"--\r\n"


def _leaf(kind: bytes, content: bytes, disposition: bytes = b"") -> bytes:
    head = b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n"
    if disposition:
        head += b"Content-Disposition: " + disposition + CRLF
    return head + CRLF + encodebytes(content).replace(b"\n", CRLF)
