"""What every page needs to know of the portal."""

from django.conf import settings
from django.http import HttpRequest

from cabinet.approver import approver_of
from cabinet.inbox import inbox_of


def portal(request: HttpRequest) -> dict[str, object]:
    """The portal's own address, shown so that people can compare it."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "languages": settings.LANGUAGES,
        "has_outbox": bool(settings.OUTBOX_DIRECTORY),
    }


def organisation(request: HttpRequest) -> dict[str, object]:
    """For the header: whether the reader decides for an organisation, and what waits for him."""
    return {"approver": approver_of(request)}


def notices(request: HttpRequest) -> dict[str, object]:
    """For the header: how many notices are unread."""
    return {"told": inbox_of(request)}
