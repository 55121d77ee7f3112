"""A power of attorney: filed with its paper by who holds it, listed, given up."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from cabinet import uploads
from cabinet.document_forms import PowerForm
from cabinet.document_rows import DocumentRow
from cabinet.mandate_rows import MandateRow, mandate_rows
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.document_download import give_document
from cabinet.views.own import READING
from renewals.documents.media import MAX_BYTES, MAX_MEGABYTES
from renewals.errors import DaysError, DocumentTooLargeError, RenewalError
from renewals.models import Document, Mandate, MandateKind
from renewals.services.delegating import LONGEST
from renewals.services.filing import file_with_paper
from renewals.services.powers import give_up

KIND = MandateKind.POWER_OF_ATTORNEY.value
FIELDS: dict[type[RenewalError], str] = {DaysError: "ends_on"}


@dataclass(frozen=True)
class PowerRow:
    """One power of attorney of the reader, with its paper in as many files as it has."""

    row: MandateRow
    papers: list[DocumentRow]


# The token is checked inside: reading it reads the body, and first it must be known how.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def power(request: HttpRequest) -> HttpResponse:
    """The reader's own, and the form to file one; without an organisation, why not."""
    reader = cast(CabinetRequest, request)
    if not reader.actor.bin:
        status = HTTPStatus.OK if request.method in READING else HTTPStatus.FORBIDDEN
        return render(request, "cabinet/power.html", {"has_organisation": False}, status=status)
    if request.method in READING:
        return _render(reader, PowerForm.blank(timezone.localdate()))
    typed = uploads.turn_away(request, most_bytes=MAX_BYTES)
    if typed is not None:
        return _refuse_large(reader, typed)
    return _file(reader)


def _refuse_large(request: CabinetRequest, typed: QueryDict) -> HttpResponse:
    form = PowerForm(typed)
    form.errors.pop("file", None)
    return _refuse(request, form, DocumentTooLargeError(most=str(MAX_MEGABYTES)))


@csrf_protect
def _file(request: CabinetRequest) -> HttpResponse:
    form = PowerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, form, status=HTTPStatus.BAD_REQUEST)
    file = form.cleaned_data["file"]
    try:
        file_with_paper(
            actor=request.actor,
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            name=file.name,
            data=file.read(),
            now=timezone.now(),
        )
    except RenewalError as error:
        return _refuse(request, form, error)
    return redirect("power")


def _refuse(request: CabinetRequest, form: PowerForm, error: RenewalError) -> HttpResponse:
    form.add_error(FIELDS.get(type(error), "file"), sentence_for(error))
    return _render(request, form, status=status_of(error))


def _render(
    request: CabinetRequest, form: PowerForm, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "has_organisation": True,
        "organisation": request.actor.organisation,
        "powers": _rows(request),
        "form": form,
        "refusal": refusal,
        "first_day": today.isoformat(),
        "last_day": (today + LONGEST).isoformat(),
    }
    return render(request, "cabinet/power.html", context, status=status)


def _rows(request: CabinetRequest) -> list[PowerRow]:
    actor = request.actor
    rows = mandate_rows(actor.bin, now=timezone.now(), iin=actor.iin)
    own = [row for row in rows if row.mandate.kind == KIND]
    found: dict[int | None, list[Document]] = {}
    for paper in Document.objects.arrived().filter(mandate__in=[row.mandate for row in own]):
        found.setdefault(paper.mandate_id, []).append(paper)
    # One whose paper did not come was not sent at all; it is cleaned away within hours.
    return [PowerRow(row, _papers(found[row.mandate.pk])) for row in own if row.mandate.pk in found]


def _papers(documents: list[Document]) -> list[DocumentRow]:
    return [DocumentRow(row, reverse("power-paper", args=[row.pk])) for row in documents]


@require_http_methods(["GET", "HEAD", "POST"])
def give_up_power(request: HttpRequest, pk: int) -> HttpResponse:
    """End an own one. Opened instead of posted to, it leads to the list."""
    if request.method in READING:
        return redirect("power")
    reader = cast(CabinetRequest, request)
    own = Mandate.objects.of_organisation(reader.actor.bin).filter(kind=KIND)
    mandate = get_object_or_404(own, pk=pk, holder_iin=reader.actor.iin)
    try:
        give_up(actor=reader.actor, mandate=mandate, now=timezone.now())
    except RenewalError as error:
        blank = PowerForm.blank(timezone.localdate())
        return _render(reader, blank, refusal=sentence_for(error), status=status_of(error))
    return redirect("power")


@require_safe
def power_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper: for who filed it, for the head of his organisation, for operators."""
    papers = Document.objects.arrived().filter(mandate__isnull=False).select_related("mandate")
    return give_document(cast(CabinetRequest, request), papers.filter(pk=pk).first())
