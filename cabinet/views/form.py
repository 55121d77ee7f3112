"""The application form as PDF: for its holder, and for who decides for his organisation."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cabinet.approver import Approver
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.approving import application_of, for_approver
from cabinet.views.own import own_renewal
from renewals.errors import FontsError
from renewals.form.gather import facts_of
from renewals.form.pdf import write_form
from renewals.models import Renewal

logger = logging.getLogger(__name__)


@require_safe
@own_renewal()
def form(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The holder's own. Before it is submitted there is none: its page says what comes next."""
    if renewal.submitted_at is None:
        return redirect("status", renewal.number)
    return answer_form(request, renewal)


@require_safe
@for_approver
def approval_form(request: CabinetRequest, approver: Approver, number: str) -> HttpResponse:
    """The same paper for an approver of the organisation; 404 for what is not his to see."""
    return answer_form(request, application_of(approver, number))


def answer_form(request: HttpRequest, renewal: Renewal) -> HttpResponse:
    """The paper of a submitted application as a file, or why there is none right now."""
    try:
        body = write_form(facts_of(renewal))
    except FontsError as error:
        logger.exception("No form for application %s: fonts are missing", renewal.number)
        context = {"title": _("The form cannot be made right now"), "message": sentence_for(error)}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return render(request, "cabinet/error.html", context, status=status)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{renewal.number}.pdf"'
    return response
