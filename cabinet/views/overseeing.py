"""How a view gets at who looks after an organisation's people, and at one of these people."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from cabinet.approver import SEES_PEOPLE, Approver, approver_of
from cabinet.middleware import CabinetRequest
from cabinet.outlook import outlook_for
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from pki.models import Certificate
from renewals.errors import NoRightError, NotHeadError, OtherOrganisationError
from renewals.services import drawing

Answer = TypeVar("Answer", bound=HttpResponseBase)


def for_overseer(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
    """Only for the head and HR employees; others of the organisation read who they are.

    A view with `(request, approver, **more)` becomes one with `(request, **more)`. Without a
    certificate of an organisation there is no such page. Refusals are recorded.
    """

    @wraps(view)
    def answer(request: HttpRequest, **more: object) -> Answer | HttpResponse:
        reader = cast(CabinetRequest, request)
        approver = approver_of(reader)
        if approver is None:
            raise Http404
        try:
            with drawing.refusals(actor=reader.actor, now=timezone.now()):
                _require_overseer(approver)
        except NoRightError as error:
            return explain(reader, approver, error, status=status_of(error))
        return view(reader, approver, **more)

    return answer


def _require_overseer(approver: Approver) -> None:
    """Raises `NoRightError` and its kinds."""
    if approver.require().right not in SEES_PEOPLE:
        raise NotHeadError


def explain(
    request: CabinetRequest, approver: Approver, error: NoRightError | None, *, status: int = 200
) -> HttpResponse:
    """Who decides in this organisation, and what its other people can do."""
    context = {
        "entitlement": approver.entitlement,
        "message": sentence_for(error) if error is not None else "",
        "outlook": outlook_for(request.actor.bin, request.actor.iin, now=timezone.now()),
        "section": "organisation",
    }
    return render(request, "cabinet/organisation/others.html", context, status=status)


def certificate_of(approver: Approver, certificate_id: int) -> Certificate:
    """A certificate of somebody of the reader's organisation.

    One of another organisation is as if it were not there; that he asked is recorded.
    """
    found = Certificate.objects.exclude(iin="").filter(pk=certificate_id).first()
    if found is None:
        raise Http404
    try:
        with drawing.refusals(actor=approver.actor, now=timezone.now()):
            _require_same(found, approver)
    except OtherOrganisationError as error:
        raise Http404 from error
    return found


def _require_same(certificate: Certificate, approver: Approver) -> None:
    """Raises `OtherOrganisationError`."""
    if certificate.bin != approver.actor.bin:
        raise OtherOrganisationError
