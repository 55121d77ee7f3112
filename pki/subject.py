"""The subject of a certificate as the national authority writes it: read, or put together.

A name is never taken apart as text: organisations carry commas and quotes.
"""

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

IIN_PREFIX = "IIN"
BIN_PREFIX = "BIN"
EMAIL = x509.ObjectIdentifier("1.2.840.113549.1.9.1")
IDENTIFIER_LENGTH = 12

Values = dict[x509.ObjectIdentifier, list[str]]


@dataclass(frozen=True)
class Subject:
    """Every part is '' where the certificate has none; `der` is the exact DER Name."""

    common_name: str
    surname: str
    given_name: str
    patronymic: str
    iin: str
    bin: str
    organisation: str
    country: str
    email: str
    der: bytes

    @property
    def full_name(self) -> str:
        """Surname, first name, patronymic; the common name where that is all there is."""
        return " ".join(part for part in (self.common_name, self.patronymic) if part)


def parse_subject(name: x509.Name) -> Subject:
    """Read a Name. GIVENNAME holds the patronymic; the first name stands only in CN."""
    values = _values(name)
    common_name = _first(values, NameOID.COMMON_NAME)
    surname = _first(values, NameOID.SURNAME)
    return Subject(
        common_name=common_name,
        surname=surname,
        given_name=common_name.removeprefix(surname).strip() if surname else "",
        patronymic=_first(values, NameOID.GIVEN_NAME),
        iin=_identifier(values, NameOID.SERIAL_NUMBER, IIN_PREFIX),
        bin=_identifier(values, NameOID.ORGANIZATIONAL_UNIT_NAME, BIN_PREFIX)
        or _identifier(values, NameOID.SERIAL_NUMBER, BIN_PREFIX),
        organisation=_first(values, NameOID.ORGANIZATION_NAME),
        country=_first(values, NameOID.COUNTRY_NAME),
        email=_first(values, EMAIL),
        der=name.public_bytes(),
    )


def common_name_of(name: x509.Name) -> str:
    """CN alone, '' where there is none."""
    return _first(_values(name), NameOID.COMMON_NAME)


def build_subject(
    *,
    surname: str,
    given_name: str,
    patronymic: str,
    iin: str,
    organisation: str = "",
    bin: str = "",  # noqa: A002  # the identifier's own name
) -> x509.Name:
    """A Name in the authority's order: CN, SN, SERIALNUMBER, C, [O, OU], G."""
    parts = [
        x509.NameAttribute(NameOID.COMMON_NAME, f"{surname} {given_name}".strip()),
        x509.NameAttribute(NameOID.SURNAME, surname),
        x509.NameAttribute(
            NameOID.SERIAL_NUMBER, f"{IIN_PREFIX}{iin}", _type=_ASN1Type.PrintableString
        ),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
    ]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{BIN_PREFIX}{bin}"))
    if patronymic:
        parts.append(x509.NameAttribute(NameOID.GIVEN_NAME, patronymic))
    return x509.Name(parts)


def show_name(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ` → `Сейтқали Айгүл Маратқызы`, hyphens kept."""
    return " ".join("-".join(map(str.capitalize, word.split("-"))) for word in name.split())


def shorten_name(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ ОРАЗҚЫЗЫ` → `Айгүл С.`; one word alone stays."""
    surname, _, rest = name.partition(" ")
    given = rest.split(" ")[0]
    return f"{given.capitalize()} {surname[:1]}." if given else surname.capitalize()


def call_name(name: str) -> str:
    """`СЕЙТҚАЛИ АЙГҮЛ` → `Айгүл`, as people are greeted; one word alone stays."""
    words = name.split()
    return show_name(words[1] if len(words) > 1 else name)


def _values(name: x509.Name) -> Values:
    """Texts by attribute, in the order of the Name."""
    found: Values = {}
    for attribute in name:
        if isinstance(attribute.value, str):
            found.setdefault(attribute.oid, []).append(attribute.value)
    return found


def _first(values: Values, oid: x509.ObjectIdentifier) -> str:
    """NUL is taken out: PostgreSQL stores no text with it."""
    found = values.get(oid)
    return found[0].replace("\0", "").strip() if found else ""


def _identifier(values: Values, oid: x509.ObjectIdentifier, prefix: str) -> str:
    """Twelve digits behind the prefix. Two different ones are none: nobody can say which."""
    found = {
        value.removeprefix(prefix) for value in values.get(oid, []) if value.startswith(prefix)
    }
    if len(found) != 1:
        return ""
    digits = found.pop()
    is_number = len(digits) == IDENTIFIER_LENGTH and digits.isascii() and digits.isdigit()
    return digits if is_number else ""
