"""Documents of an application: the holder's list with its form, and their files."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from cabinet import uploads
from cabinet.approver import Approver
from cabinet.document_forms import DocumentForm
from cabinet.document_rows import document_rows
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.approving import application_of, for_approver
from cabinet.views.document_download import give_document
from cabinet.views.own import READING, own_renewal
from renewals.documents.media import MAX_BYTES, MAX_MEGABYTES
from renewals.errors import (
    DocumentError,
    DocumentKindError,
    DocumentsFullError,
    DocumentStateError,
    DocumentTooLargeError,
    RenewalError,
)
from renewals.models import Renewal
from renewals.services.attaching import MOST, attach, remove
from renewals.services.document_rights import can_add, can_remove

# What is not about the file that was chosen.
FIELDS: dict[type[RenewalError], str | None] = {
    DocumentKindError: "kind",
    DocumentsFullError: None,
    DocumentStateError: None,
}


# The token is checked inside: reading it reads the body, and first it must be known how.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@own_renewal()
def documents(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """What was added so far, and the form to add one more."""
    if not renewal.bin:
        raise Http404
    if request.method in READING:
        return _render(request, renewal, DocumentForm())
    typed = uploads.turn_away(request, most_bytes=MAX_BYTES)
    if typed is not None:
        form = DocumentForm(typed)
        form.errors.pop("file", None)
        return _refuse(request, renewal, form, DocumentTooLargeError(most=str(MAX_MEGABYTES)))
    return _add(request, renewal)


@csrf_protect
def _add(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, renewal, form, status=HTTPStatus.BAD_REQUEST)
    file = form.cleaned_data["file"]
    try:
        attach(
            actor=request.actor,
            target=renewal,
            kind=form.cleaned_data["kind"],
            name=file.name,
            data=file.read(),
            now=timezone.now(),
        )
    except RenewalError as error:
        renewal.refresh_from_db()
        return _refuse(request, renewal, form, error)
    return redirect("documents", renewal.number)


def _refuse(
    request: CabinetRequest, renewal: Renewal, form: DocumentForm, error: RenewalError
) -> HttpResponse:
    form.add_error(FIELDS.get(type(error), "file"), sentence_for(error))
    return _render(request, renewal, form, status=status_of(error))


def _render(
    request: CabinetRequest,
    renewal: Renewal,
    form: DocumentForm,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    rows = document_rows(renewal)
    context = {
        "renewal": renewal,
        "documents": rows,
        "form": form,
        "refusal": refusal,
        "can_add": can_add(renewal) and len(rows) < MOST,
        "is_full": can_add(renewal) and len(rows) >= MOST,
        "can_remove": can_remove(renewal),
        "most": MOST,
        "section": "renewals",
    }
    return render(request, "cabinet/documents.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@own_renewal()
def remove_document(request: CabinetRequest, renewal: Renewal, pk: int) -> HttpResponse:
    """Take one back. Opened instead of posted to, it leads to the list."""
    if request.method in READING:
        return redirect("documents", renewal.number)
    document = get_object_or_404(renewal.documents.arrived().select_related("renewal"), pk=pk)
    try:
        remove(actor=request.actor, document=document, now=timezone.now())
    except DocumentError as error:
        renewal.refresh_from_db()
        refusal = sentence_for(error)
        return _render(request, renewal, DocumentForm(), refusal=refusal, status=status_of(error))
    return redirect("documents", renewal.number)


@require_safe
@own_renewal()
def document(request: CabinetRequest, renewal: Renewal, pk: int) -> HttpResponse:
    """The holder's own file."""
    found = renewal.documents.arrived().select_related("renewal").filter(pk=pk)
    return give_document(request, found.first())


@require_safe
@for_approver
def approval_document(
    request: CabinetRequest, approver: Approver, number: str, pk: int
) -> HttpResponse:
    """A file of an application that the reader decides about; the look is recorded."""
    renewal = application_of(approver, number)
    found = renewal.documents.arrived().select_related("renewal").filter(pk=pk)
    return give_document(request, found.first())
