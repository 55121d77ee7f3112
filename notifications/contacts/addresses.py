"""What people type as an address, in the one way to write it. No database, no network.

A domain is kept in its ASCII form, as mail servers want it; `show_email` is for eyes.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable

import phonenumbers
from django.conf import settings
from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from notifications.errors import EmailError, HomoglyphError, PhoneError, PhoneRegionError
from renewals.statement import put_on_one_line

HIDDEN = "•••"
NEUTRAL = frozenset("0123456789-")
# Letters that nobody tells from Latin ones (UTS 39, confusables): Cyrillic, Greek, phonetic.
LOOK_ALIKES = frozenset("аеорсухкіјѕһԁԛԝӏүѵьαικνορτυχγɑɡıɩʋ")
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
# E.164 has 15 digits; people put signs between them.
PHONE_LENGTH = 40
PHONE_SIGNS = frozenset("+()./")


def parse_email(text: str) -> str:
    """The address as it is kept (RFC 5321 without SMTPUTF8, domain in lower case and IDNA 2008).

    Raises `EmailError`, `HomoglyphError`.
    """
    found = _read_email(text.strip())
    if found is None or not found.ascii_email:
        raise EmailError
    _require_one_alphabet(found.domain)
    return found.ascii_email


def show_email(value: str) -> str:
    """As people write it: an internationalised domain in its own letters."""
    found = _read_email(value)
    return found.normalized if found else value


def mask_email(value: str) -> str:
    """`a•••@example.kz`. On one line, whatever stands in a row."""
    local, _sign, domain = put_on_one_line(show_email(value)).rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if local else HIDDEN


def _read_email(text: str) -> ValidatedEmail | None:
    try:
        return validate_email(text, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None


def _require_one_alphabet(domain: str) -> None:
    """Raises `HomoglyphError` for a domain that may be made to look like another (UTR 36, 2.1)."""
    labels = domain.split(".")
    for label in labels:
        letters = [letter for letter in label if letter not in NEUTRAL]
        found = Counter(map(_alphabet, letters))
        if len(found) > 1:
            home = max(found, key=lambda name: found[name])
            raise HomoglyphError(letters=_list(one for one in letters if _alphabet(one) != home))
        if labels[-1].isascii() and not label.isascii() and all(map(_looks_latin, letters)):
            raise HomoglyphError(letters=_list(one for one in letters if not one.isascii()))


def _alphabet(letter: str) -> str:
    """`LATIN`, `CYRILLIC`: the first word of its name."""
    return unicodedata.name(letter, "?").partition(" ")[0]


def _looks_latin(letter: str) -> bool:
    return letter.isascii() or letter in LOOK_ALIKES


def _list(letters: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(letters))


def parse_phone(text: str) -> str:
    """E.164: `+77011234567`; a number without its country is one of `settings.PHONE_REGIONS`.

    Raises `PhoneError`, `PhoneRegionError`.
    """
    regions = settings.PHONE_REGIONS
    typed = _tidy_phone(text)
    found = [number for region in regions if (number := _read_mobile(typed, region))]
    if not found:
        raise PhoneError
    for number in found:
        if phonenumbers.region_code_for_number(number) in regions:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    raise PhoneRegionError


def mask_phone(value: str) -> str:
    """`+7701 ••• 4567`. On one line, whatever stands in a row."""
    shown = put_on_one_line(value)
    return f"{shown[:5]} {HIDDEN} {shown[-4:]}" if len(shown) > 9 else HIDDEN


def _tidy_phone(text: str) -> str:
    """Digits and the signs between them; '' where anything else stands in it.

    The library would read letters as the keys that they stand on, and look for a number in prose.
    """
    # Phones copy numbers together with marks of direction.
    seen = "".join(one for one in text.strip() if unicodedata.category(one) != "Cf")
    plain = unicodedata.normalize("NFKC", seen[:PHONE_LENGTH])
    return plain if len(seen) <= PHONE_LENGTH and all(map(_is_of_phone, plain)) else ""


def _is_of_phone(sign: str) -> bool:
    return sign in PHONE_SIGNS or unicodedata.category(sign) in {"Nd", "Zs", "Pd"}


def _read_mobile(typed: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        return None
    is_mobile = phonenumbers.number_type(number) in MOBILE
    return number if is_mobile and phonenumbers.is_valid_number(number) else None
