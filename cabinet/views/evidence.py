"""The container that proves an application: for its holder, and for who decides about it."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.own import own_renewal
from pki.asic import MEDIA_TYPE
from renewals.errors import DocumentStorageError, NotHolderError, RenewalError
from renewals.evidence.errors import (
    EvidenceAlteredError,
    EvidenceAwaitedError,
    EvidenceEarlyError,
)
from renewals.models import Renewal
from renewals.services.evidencing import read

AWAITED_SECONDS = "5"
STATUSES: dict[type[RenewalError], HTTPStatus] = {
    EvidenceEarlyError: HTTPStatus.NOT_FOUND,
    EvidenceAwaitedError: HTTPStatus.SERVICE_UNAVAILABLE,
    DocumentStorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    EvidenceAlteredError: HTTPStatus.SERVICE_UNAVAILABLE,
}


@require_safe
@own_renewal()
def evidence(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The holder's own."""
    return _give(request, renewal)


@require_safe
def approval_evidence(request: CabinetRequest, number: str) -> HttpResponse:
    """The same for who decides for the organisation, and for operators.

    For everybody else it is not there; that he asked is recorded.
    """
    rows = Renewal.objects.filter(submitted_at__isnull=False)
    return _give(request, get_object_or_404(rows, number=number))


def _give(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    try:
        data = read(actor=request.actor, renewal=renewal, now=timezone.now())
    except NotHolderError as error:
        raise Http404 from error
    except tuple(STATUSES) as error:
        context = {"title": _("The evidence is not there yet"), "message": sentence_for(error)}
        if isinstance(error, EvidenceAlteredError):
            context["title"] = _("The evidence cannot be given out")
        response = render(request, "cabinet/error.html", context, status=STATUSES[type(error)])
        if isinstance(error, EvidenceAwaitedError):
            response["Retry-After"] = AWAITED_SECONDS
        return response
    response = HttpResponse(data, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{renewal.number}.asice"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
