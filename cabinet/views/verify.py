"""A public page: drop a container, read whether it is whole, who signed, when, and with what."""

import re
from http import HTTPStatus

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from cabinet import uploads
from cabinet.proof_rows import proof_of
from cabinet.verdicts import verdict_of
from cabinet.views.own import READING
from pki.archive import LIMITS
from pki.container_errors import ContainerTooLargeError
from pki.errors import PKIError
from renewals.evidence.judge import verify_evidence
from renewals.evidence.pinned import read_pinned

# As the square code on the form carries it.
NUMBER = re.compile(r"[0-9-]{1,16}", re.ASCII)


class VerifyForm(forms.Form):
    """One file, of whatever content, and the number with which the reader came."""

    container = forms.FileField(
        max_length=1000,
        widget=forms.FileInput(attrs={"class": "input input--drop", "accept": ".asice"}),
        help_text=_("Its name ends in .asice. It is read and not kept."),
        error_messages={
            "required": _("Choose the file of the container."),
            "invalid": _("Choose the file of the container."),
            "missing": _("Choose the file of the container."),
            "empty": _("Choose the file of the container. The one that arrived is empty."),
            "max_length": _("The name of this file is too long. Give it a shorter one."),
        },
    )


# The token is checked inside: reading it reads the body, and first it must be known how.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form; and what a container says, or why it is not believed."""
    if request.method in READING:
        return _render(request, VerifyForm())
    if uploads.turn_away(request, most_bytes=LIMITS.archive) is not None:
        return _refuse(
            request,
            ContainerTooLargeError(most=str(LIMITS.archive)),
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    return _judge(request)


@csrf_protect
def _judge(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, form, status=HTTPStatus.BAD_REQUEST)
    pinned = read_pinned()
    status_of = pinned.status_of(timezone.now())
    try:
        data = form.cleaned_data["container"].read()
        report = verify_evidence(data, trust=pinned.trust, status_of=status_of)
    except PKIError as error:
        return _refuse(request, error, HTTPStatus.UNPROCESSABLE_ENTITY)
    number = _number(request)
    return _render(
        request,
        VerifyForm(),
        proof=proof_of(report, status_of),
        is_other=bool(number) and number != report.number,
    )


def _refuse(request: HttpRequest, error: PKIError, status: HTTPStatus) -> HttpResponse:
    return _render(request, VerifyForm(), status=status, verdict=verdict_of(error))


def _number(request: HttpRequest) -> str:
    """Text for the reader, never a key to anything."""
    number = request.GET.get("number", "")
    return number if NUMBER.fullmatch(number) else ""


def _render(
    request: HttpRequest, form: VerifyForm, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {"form": form, "number": _number(request), "section": "verify", **more}
    return render(request, "cabinet/verify.html", context, status=status)
