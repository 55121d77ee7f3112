"""How views answer scripts: JSON with a location, or a refusal with a code and a sentence."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url

from cabinet.sentence_table import SENTENCES
from cabinet.sentences import sentence, sentence_for
from cabinet.sign_in import TooManyRefusalsError
from notifications.errors import (
    CodeOverError,
    LastSecurityError,
    LinkError,
    NoAddressError,
    NoticeError,
    SameAddressError,
    TooManyCodesError,
    UnsignedChangeError,
)
from pki.errors import PKIError
from renewals.errors import (
    DecidedError,
    DocumentAlteredError,
    DocumentGoneError,
    DocumentsBusyError,
    DocumentsFullError,
    DocumentStateError,
    DocumentStorageError,
    DocumentTooLargeError,
    DocumentUnknownError,
    MandateOverError,
    MoveRefusedError,
    NoRightError,
    NotAwaitingError,
    NotHolderError,
    NotOperatorError,
    OtherOrganisationError,
    RenewalError,
    ScannerAwayError,
    StatementSpentError,
)
from renewals.oversight_errors import OwnProposalError, ProposalOpenError, ProposalOverError

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
HTML, JSON = "text/html", "application/json"

STATUSES: dict[type[Exception], HTTPStatus] = {
    TooManyRefusalsError: HTTPStatus.TOO_MANY_REQUESTS,
    NotOperatorError: HTTPStatus.FORBIDDEN,
    NotHolderError: HTTPStatus.NOT_FOUND,
    MoveRefusedError: HTTPStatus.CONFLICT,
    StatementSpentError: HTTPStatus.CONFLICT,
    OtherOrganisationError: HTTPStatus.NOT_FOUND,
    NoRightError: HTTPStatus.FORBIDDEN,
    DecidedError: HTTPStatus.CONFLICT,
    NotAwaitingError: HTTPStatus.CONFLICT,
    MandateOverError: HTTPStatus.CONFLICT,
    DocumentUnknownError: HTTPStatus.NOT_FOUND,
    DocumentTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    DocumentStateError: HTTPStatus.CONFLICT,
    DocumentsFullError: HTTPStatus.CONFLICT,
    DocumentGoneError: HTTPStatus.GONE,
    DocumentAlteredError: HTTPStatus.GONE,
    DocumentStorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    DocumentsBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    ScannerAwayError: HTTPStatus.SERVICE_UNAVAILABLE,
    SameAddressError: HTTPStatus.CONFLICT,
    UnsignedChangeError: HTTPStatus.FORBIDDEN,
    TooManyCodesError: HTTPStatus.TOO_MANY_REQUESTS,
    CodeOverError: HTTPStatus.CONFLICT,
    NoAddressError: HTTPStatus.CONFLICT,
    LastSecurityError: HTTPStatus.CONFLICT,
    LinkError: HTTPStatus.NOT_FOUND,
    OwnProposalError: HTTPStatus.FORBIDDEN,
    ProposalOpenError: HTTPStatus.CONFLICT,
    ProposalOverError: HTTPStatus.CONFLICT,
}
# What a refusal is about, as the fields of the pages are called.
FIELDS = {
    "certificate.": "file",
    "renewal.wrong_certificate": "file",
    "statement.signer": "file",
    "renewal.storage": "storage",
    "contact.address": "address",
    "contact.email": "address",
    "contact.homoglyph": "address",
    "contact.phone": "address",
    "contact.same": "address",
    "contact.code": "code",
}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: it says so, a page that is opened never does."""
    return request.get_preferred_type([HTML, JSON]) == JSON


def done(to: str, *args: object, **data: object) -> JsonResponse:
    """Accepted; the page goes to `to`, a URL or the name of one."""
    return JsonResponse({"location": resolve_url(to, *args), **data})


def refused(code: str, message: str, *, status: int, field: str = "") -> JsonResponse:
    """Refused, with the sentence that the person reads."""
    return JsonResponse({"code": code, "message": message, "field": field}, status=status)


def refused_form(form: Form) -> JsonResponse:
    """Refused, because the shape of what came is wrong. Only the first fault is told.

    A fault whose code has a sentence is told by it; all others were not made by a person.
    """
    field, faults = next(iter(form.errors.as_data().items()))
    code = faults[0].code if faults[0].code in SENTENCES else "ui.form"
    return refused(code, sentence(code), status=HTTPStatus.BAD_REQUEST, field=field)


def refused_error(error: PKIError | RenewalError | NoticeError) -> JsonResponse:
    """Refused by a service, with the status that fits."""
    return refused(
        error.code, sentence_for(error), status=status_of(error), field=field_of(error.code)
    )


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status of a refusal; what the table does not know is a bad request."""
    found = (status for kind, status in STATUSES.items() if isinstance(error, kind))
    return next(found, HTTPStatus.BAD_REQUEST)


def field_of(code: str) -> str:
    """The field of the page that a refusal is about, or ''."""
    return next((field for prefix, field in FIELDS.items() if code.startswith(prefix)), "")


def answers_script(
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """Refusals of services become JSON; anything else is left to the error pages."""

    @wraps(view)
    def answer(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (PKIError, RenewalError, NoticeError) as error:
            return refused_error(error)
        except PermissionDenied:
            return refused(
                "ui.not_allowed", sentence("ui.not_allowed"), status=HTTPStatus.FORBIDDEN
            )
        if isinstance(response, HttpResponseRedirect) and wants_json(request):
            return JsonResponse({"location": response.url})
        return response

    return answer
