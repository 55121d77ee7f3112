"""How a closed list of names becomes a column: choices for forms, a rule for the database."""

from enum import StrEnum

from django.db import models
from django.db.models import Q


def choices(names: type[StrEnum]) -> list[tuple[str, str]]:
    """For a field."""
    return [(name.value, name.value) for name in names]


def one_of(prefix: str, field: str, names: type[StrEnum]) -> models.CheckConstraint:
    """Nothing else can be stored."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [name.value for name in names]}),
        name=f"{prefix}_{field}_known",
    )
