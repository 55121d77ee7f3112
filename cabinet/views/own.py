"""The reader's own application behind a number, or 404: the one way a view gets at one."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from cabinet.middleware import CabinetRequest
from cabinet.steps import Step, detour
from renewals.models import Renewal

# A view with `(request, renewal, **more)` becomes one with `(request, number, **more)`.
View = Callable[..., HttpResponse]
READING = frozenset({"GET", "HEAD"})


def own_renewal(step: Step | None = None) -> Callable[[View], View]:
    """Fetch by number among the reader's own; a page that is not at `step` now leads on.

    A post is never led away: the service that it calls says what is wrong.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, number: str, **more: str) -> HttpResponse:
            reader = cast(CabinetRequest, request)
            mine = Renewal.objects.for_holder(reader.user.iin).select_related("certificate")
            renewal = get_object_or_404(mine, number=number)
            if step is not None and request.method in READING:
                elsewhere = detour(step, renewal)
                if elsewhere is not None:
                    return redirect(elsewhere, renewal.number)
            return view(reader, renewal, **more)

        return answer

    return decorate


def posts_only(elsewhere: str) -> Callable[[View], View]:
    """For an address that is only posted to. Opened, it leads to the page named `elsewhere`.

    That happens after a refusal was shown under this address and the reader changes the
    language, or has to sign in again first.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **names: str) -> HttpResponse:
            if request.method in READING:
                return HttpResponseRedirect(reverse(elsewhere, kwargs=names))
            return require_POST(view)(request, **names)

        return answer

    return decorate


def language_of_reader() -> str:
    """The language in which the reader gets his statements."""
    return get_language() or settings.LANGUAGE_CODE
