"""How much of the reader's inbox is unread, for the header of every page. Reads only."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from notifications.models import Notice


@dataclass
class Inbox:
    """Asked for only by pages that show it."""

    iin: str

    @cached_property
    def unread(self) -> int:
        """How many notices nobody has opened yet."""
        return Notice.objects.for_iin(self.iin).unread().count()


def inbox_of(request: HttpRequest) -> Inbox | None:
    """None for whoever is not signed in; on the page of an error there may be no user at all."""
    user = getattr(request, "user", None)
    return Inbox(user.iin) if user is not None and user.is_authenticated else None
