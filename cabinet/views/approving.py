"""How a view gets at the approver and at an application of his organisation."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cabinet.approver import Approver, approver_of
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import refused_error, status_of, wants_json
from renewals.errors import NoRightError, OtherOrganisationError, OwnApplicationError
from renewals.models import Renewal
from renewals.rights import require_other
from renewals.services import drawing

# A view with `(request, approver, **more)` becomes one with `(request, **more)`.
View = Callable[..., HttpResponse]


def for_approver(view: View) -> View:
    """Only for who decides for his organisation now; others of it read why not.

    Without a certificate of an organisation there is no such page. Refusals are recorded.
    """

    @wraps(view)
    def answer(request: HttpRequest, **more: object) -> HttpResponse:
        reader = cast(CabinetRequest, request)
        approver = approver_of(reader)
        if approver is None:
            raise Http404
        try:
            with drawing.refusals(actor=reader.actor, now=timezone.now()):
                approver.require()
        except NoRightError as error:
            return refuse(reader, error)
        return view(reader, approver, **more)

    return answer


def refuse(request: CabinetRequest, error: NoRightError) -> HttpResponse:
    """Signed in with a certificate of the organisation, but without the right."""
    if wants_json(request):
        return refused_error(error)
    context = {"message": sentence_for(error), "section": "approvals"}
    return render(request, "cabinet/approvals/no_right.html", context, status=status_of(error))


def application_of(approver: Approver, number: str) -> Renewal:
    """An application that this approver may look at.

    Somebody else's, and his own, are as if they were not there; that he asked is recorded.
    """
    renewal = approver.applications().select_related("certificate").filter(number=number).first()
    if renewal is not None:
        return renewal
    found = Renewal.objects.filter(number=number).first()
    if found is not None:
        try:
            with drawing.refusals(actor=approver.actor, now=timezone.now()):
                require_other(found, approver.actor)
        except (OtherOrganisationError, OwnApplicationError) as error:
            raise Http404 from error
    raise Http404
