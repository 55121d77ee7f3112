"""What the demo has sent, to look at. Exists only where letters and texts go to a folder."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cabinet import outbox_folder
from cabinet.outbox_folder import MOST, Sent

# A letter brings its styles inline, and nothing else: no script, no picture, no form, no site.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Everywhere else there is no such page."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, **names: str) -> HttpResponse:
        if not settings.OUTBOX_DIRECTORY:
            raise Http404
        return view(request, **names)

    return answer


@in_demo
def outbox(request: HttpRequest) -> HttpResponse:
    """Letters and texts, the newest first."""
    context = {"sent": outbox_folder.newest(), "most": MOST, "section": "outbox"}
    return render(request, "cabinet/outbox.html", context)


@in_demo
def outbox_item(request: HttpRequest, name: str) -> HttpResponse:
    """One of them: what a mail program shows, and what it usually hides."""
    context = {"one": _find(name), "section": "outbox"}
    return render(request, "cabinet/outbox_item.html", context)


@in_demo
def outbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of a letter alone, under a policy of its own."""
    html = _find(name).html
    if not html:
        raise Http404
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = LETTER_POLICY
    return response


@in_demo
def outbox_calendar(request: HttpRequest, name: str) -> HttpResponse:
    """The reminder of a letter, for a calendar."""
    calendar = _find(name).calendar
    if not calendar:
        raise Http404
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reminder.ics"'
    return response


def _find(name: str) -> Sent:
    found = outbox_folder.find(name)
    if found is None:
        raise Http404
    return found
