"""Pages for what went wrong: a sentence, what to do, and for our own faults a reference number."""

import logging
import secrets
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cabinet.context import portal
from cabinet.sentences import sentence
from cabinet.views.answers import refused, wants_json

TITLES: dict[HTTPStatus, Promise] = {
    HTTPStatus.BAD_REQUEST: _("This request cannot be read"),
    HTTPStatus.FORBIDDEN: _("This was not allowed"),
    HTTPStatus.NOT_FOUND: _("Page not found"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("This is too much"),
}

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What came cannot be read: too large, damaged, wrong type."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "ui.too_large")
    return _page(request, HTTPStatus.BAD_REQUEST, "ui.form")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Signed in, but not allowed."""
    return _page(request, HTTPStatus.FORBIDDEN, "ui.not_allowed")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or somebody else's: the answer is the same."""
    return _page(request, HTTPStatus.NOT_FOUND, "ui.not_found")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token is missing or old: mostly a page that was open for days."""
    logger.warning("Form refused without a valid token: %s", reason)
    return _page(request, HTTPStatus.FORBIDDEN, "ui.csrf")


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault. The person gets a number, the log the same number with the traceback."""
    reference = secrets.token_hex(4).upper()
    # Django calls this while it handles the exception, so that the traceback is at hand.
    logger.exception("Reference %s: %s %s", reference, request.method, request.path)  # noqa: LOG004
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if wants_json(request):
        message = sentence("ui.reference", {"reference": reference})
        return refused("ui.failed", message, status=status)
    # Without the request: whatever broke may break again in a context processor.
    context = {**portal(request), "reference": reference}
    return HttpResponse(render_to_string("500.html", context), status=status)


def _page(request: HttpRequest, status: HTTPStatus, code: str) -> HttpResponse:
    if wants_json(request):
        return refused(code, sentence(code), status=status)
    context = {"title": TITLES[status], "message": sentence(code)}
    return render(request, "cabinet/error.html", context, status=status)
