"""What the columns of this package have in common: serial numbers, digests, known names."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

# RFC 5280, 4.1.2.2: at most 20 octets. Text, because databases have no integer of 160 bits.
SERIAL_HEX_LENGTH = 40
SERIAL_HEX = r"^([0-9a-f]{2}){1,20}$"
SHA256_HEX = r"^[0-9a-f]{64}$"


def choices(names: type[StrEnum]) -> list[tuple[str, str]]:
    """A column's choices: the names themselves."""
    return [(name.value, name.value) for name in names]


def serial_rule(prefix: str) -> models.CheckConstraint:
    """The serial number is hex of at most 20 octets."""
    return models.CheckConstraint(
        condition=Q(serial_hex__regex=SERIAL_HEX), name=f"{prefix}_serial_hex"
    )


def one_of(prefix: str, field: str, names: type[StrEnum]) -> models.CheckConstraint:
    """The column holds one of these names."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [name.value for name in names]}),
        name=f"{prefix}_{field}_known",
    )
