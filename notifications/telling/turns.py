"""Whose turn it is: one worker at a time works off a source, for a limited time."""

import time
from dataclasses import dataclass, field

from django.db import connection

from notifications.models import FanOut


@dataclass(frozen=True)
class Budget:
    """Seconds of a worker that one task may take, so that others get their turn."""

    seconds: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def is_left(self) -> bool:
        """Whether there is time for one more batch."""
        return time.monotonic() - self._began < self.seconds


def take_turn(source: str) -> FanOut | None:
    """The source's row, locked for this transaction; None while another worker has it."""
    FanOut.objects.get_or_create(source=source)
    rows = FanOut.objects.filter(source=source)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()
