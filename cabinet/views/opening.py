"""An application begins, or begins again. Asking twice opens one."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from cabinet.holder_forms import FindForm, OpenForm
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.steps import next_step
from cabinet.views.answers import status_of
from cabinet.views.my import render_my
from cabinet.views.own import own_renewal, posts_only
from pki.errors import PKIError
from pki.models import Certificate
from renewals.errors import RenewalError
from renewals.models import Renewal
from renewals.services.ending import withdraw
from renewals.services.opening import open_renewal


@posts_only("my")
def open_application(request: HttpRequest) -> HttpResponse:
    """Open an application for a certificate of the reader, or go on with the open one."""
    reader = cast(CabinetRequest, request)
    form = OpenForm(request.POST)
    chosen = form.cleaned_data["certificate"] if form.is_valid() else None
    certificate = get_object_or_404(Certificate.objects.for_iin(reader.user.iin), pk=chosen)
    return _open(reader, certificate)


@posts_only("status")
@own_renewal()
def again(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The waiting key is lost: withdraw this application and open another."""
    if renewal.is_open:
        try:
            withdraw(actor=request.actor, renewal=renewal, now=timezone.now())
        except RenewalError as error:
            return _refuse(request, error)
    return _open(request, renewal.certificate)


def _open(request: CabinetRequest, certificate: Certificate) -> HttpResponse:
    try:
        renewal = open_renewal(actor=request.actor, certificate=certificate, now=timezone.now())
    except (PKIError, RenewalError) as error:
        return _refuse(request, error)
    return redirect(next_step(renewal), renewal.number)


def _refuse(request: CabinetRequest, error: PKIError | RenewalError) -> HttpResponse:
    return render_my(request, FindForm(), refusal=sentence_for(error), status=status_of(error))
