"""What documents are called: by their senders, for people; by us, in storage."""

import secrets
import unicodedata
from datetime import datetime

from renewals.documents.media import JPEG, Media

MAX_NAME = 150
UNNAMED = "document"
# Letters, marks, digits, signs and the plain space. Not: control and formatting characters,
# those that turn the direction of writing, line ends, and what has no meaning for others.
SHOWN = frozenset("LMNPS")
SEPARATORS = str.maketrans("\\", "/")
ENDINGS = {JPEG: ("jpg", "jpeg", "jpe", "jfif")}


def clean_name(sent: str, media: Media) -> str:
    r"""A name that can be shown, printed and saved anywhere, with an ending that tells the truth.

    `..\scans/passport.PDF` → `passport.PDF`; `photo.exe`, a JPEG → `photo.exe.jpg`.
    """
    last = sent.translate(SEPARATORS).rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFC", last)
    shown = "".join(letter if _is_shown(letter) else " " for letter in plain)
    name = " ".join(shown.split()).strip(". ") or UNNAMED
    stem, dot, ending = name.rpartition(".")
    if not dot or ending.lower() not in ENDINGS.get(media, (media.extension,)):
        stem, ending = name, media.extension
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip('. ')}.{ending}"


def _is_shown(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in SHOWN and letter not in '<>:"|?*'


def new_storage_name(media: Media, now: datetime) -> str:
    """`documents/2026/<32 hex digits>.pdf`: 128 random bits, so that none is met twice."""
    return f"documents/{now.year}/{secrets.token_hex(16)}.{media.extension}"
