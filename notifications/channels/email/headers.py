"""Header fields of a letter, as bytes. Whatever stands in the words, each stays one field."""

import hashlib
import re
from base64 import b64encode
from functools import lru_cache

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from renewals.statement import put_on_one_line, speak

# RFC 5321, 4.5.3.1; RFC 5322, 3.4.1. Quoted local parts are nobody's.
ATOM, LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(
    rf"(?=.{{3,254}}\Z){ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*",
    re.ASCII,
)
LOCAL_LENGTH, TYPED_LENGTH = 64, 320
# Good in a Message-ID and in the name of a file.
KEY = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*", re.ASCII)
KEY_LENGTH = 100
# A line with encoded words has at most 76 characters (RFC 2047, 2); 39 octets become 64.
WORD_OCTETS = 39
PLAIN = re.compile(r"[ -~]{0,60}", re.ASCII)
URL = re.compile(r"https?://[!-;=?-~]{1,900}", re.ASCII)


def encode_address(text: str) -> str:
    """The address as mail servers take it, or '' where there is no way to write it in ASCII."""
    if len(text) > TYPED_LENGTH:
        return ""
    if not text.isascii():
        try:
            found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
        except (EmailNotValidError, ValueError):
            return ""
        text = found.ascii_email or ""
    is_good = ADDRESS.fullmatch(text) and len(text.rpartition("@")[0]) <= LOCAL_LENGTH
    return text if is_good else ""


def write_words(text: str) -> bytes:
    """One line of text, in encoded words where it needs them (RFC 2047)."""
    line = put_on_one_line(text).strip()
    if PLAIN.fullmatch(line) and "=?" not in line:
        return line.encode()
    data, words, start = line.encode("utf-8", "replace"), [], 0
    while start < len(data):
        end = min(start + WORD_OCTETS, len(data))
        # Between characters, never within one.
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(b"=?utf-8?b?" + b64encode(data[start:end]) + b"?=")
        start = end
    return b"\r\n ".join(words)


@lru_cache(maxsize=64)
def write_sender(address: str, language: str) -> bytes:
    """The portal under the name that its reader knows, and the address."""
    with speak(language):
        name = write_words(_("Cabinet"))
    return (name if name.startswith(b"=?") else b'"' + name + b'"') + f" <{address}>".encode()


def write_id(key: str, domain: str) -> bytes:
    """The same for the same key, always (RFC 5322, 3.6.4)."""
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key):
        key = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"<{key}@{domain}>".encode()


def write_url(url: str) -> bytes:
    """In angle brackets; b'' for what would not stay one address (RFC 2369, 2)."""
    return f"<{url}>".encode() if URL.fullmatch(url) else b""
