"""The sign-in page and its two questions: give me a text, here is my signature."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from cabinet import sign_in
from cabinet.client_address import client_address
from cabinet.devices import device_of, leave_cookie
from cabinet.fields import Base64Field, RowIdField
from cabinet.views.answers import answers_script, done, refused_form
from cabinet.views.public import EXPIRED_KEY
from notifications.contacts.preferences import remember_language
from pki.errors import ExpiredError

MAX_CMS_BYTES = 48 * 1024


class AnswerForm(forms.Form):
    """The signature over a challenge."""

    statement = RowIdField()
    cms = Base64Field(max_bytes=MAX_CMS_BYTES)


@login_not_required
@ensure_csrf_cookie
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Choose the key file, type its password, sign in."""
    after = _safe_next(request, request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(after or settings.LOGIN_REDIRECT_URL)
    return render(request, "cabinet/sign_in.html", {"next": after})


@login_not_required
@require_POST
@answers_script
def challenge(request: HttpRequest) -> HttpResponse:
    """A text for just this session, to be signed within five minutes."""
    statement = sign_in.give_challenge(
        request, language=get_language() or settings.LANGUAGE_CODE, now=timezone.now()
    )
    return JsonResponse({"statement": statement.pk, "text": statement.text})


@login_not_required
@require_POST
@answers_script
def enter(request: HttpRequest) -> HttpResponse:
    """Judge the signature; the session starts or nothing happens."""
    form, device = AnswerForm(request.POST), device_of(request)
    if not form.is_valid():
        return refused_form(form)
    try:
        entry = sign_in.enter(
            request,
            statement_id=form.cleaned_data["statement"],
            cms=form.cleaned_data["cms"],
            address=client_address(request),
            device=device,
            now=timezone.now(),
        )
    except ExpiredError as error:
        # Not an error of the person: he gets a page of his own, and nothing else.
        request.session[EXPIRED_KEY] = error.facts.get("not_after", "")
        return done("expired")
    remember_language(iin=entry.user.iin, language=get_language() or settings.LANGUAGE_CODE)
    response = done(
        _safe_next(request, request.POST.get("next", "")) or settings.LOGIN_REDIRECT_URL
    )
    leave_cookie(response, device)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on this side, too."""
    sign_in.leave(request, now=timezone.now())
    return HttpResponseRedirect(resolve_url("start"))


def _safe_next(request: HttpRequest, url: str) -> str:
    """`url` if it is a path of this site, else ''."""
    local = (
        url.startswith("/")
        and url.isprintable()
        and url_has_allowed_host_and_scheme(
            url, allowed_hosts=None, require_https=request.is_secure()
        )
    )
    return url if local else ""
