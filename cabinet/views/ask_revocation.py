"""A signature is revoked or suspended: first the reason, then the text to sign. Holder and head."""

from http import HTTPStatus
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cabinet.approver import Approver
from cabinet.middleware import CabinetRequest
from cabinet.people import signatures_of
from cabinet.revocation_forms import EmployeeGroundForm, GroundForm
from cabinet.sentences import sentence_for
from cabinet.standing import Standing, standing_of, standings_from
from cabinet.views.answers import status_of
from cabinet.views.overseeing import certificate_of, explain, for_overseer
from cabinet.views.own import language_of_reader
from pki.models import Certificate
from renewals.errors import NoRightError, RevocationError
from renewals.grounds import Door
from renewals.services import asking


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the reader's own signatures; a pair goes together."""
    reader = cast(CabinetRequest, request)
    row = get_object_or_404(Certificate.objects.for_iin(reader.user.iin), pk=pk)
    standing = standing_of(row, now=timezone.now())
    form = GroundForm(reader.POST if reader.method == "POST" else None)
    back = reverse("certificate", args=[row.pk])
    return _answer(reader, Door.HOLDER, standing, form, back=back, section="my")


@require_http_methods(["GET", "HEAD", "POST"])
@for_overseer
def employee(request: CabinetRequest, approver: Approver, certificate_id: int) -> HttpResponse:
    """One signature of somebody of the organisation, asked for by its head."""
    row = certificate_of(approver, certificate_id)
    try:
        asking.require_right(Door.HEAD, request.actor, now=timezone.now())
    except NoRightError as error:
        return explain(request, approver, error, status=status_of(error))
    if row.iin == request.actor.iin:
        raise Http404
    rows = list(signatures_of(approver.actor.bin).for_iin(row.iin)) or [row]
    standings = standings_from(rows, now=timezone.now())
    standing = next((one for one in standings if row in one.certificates), None)
    if standing is None:
        raise Http404
    form = EmployeeGroundForm(request.POST if request.method == "POST" else None)
    back = reverse("person", args=[row.pk])
    return _answer(request, Door.HEAD, standing, form, back=back, section="organisation")


def _answer(  # what the two doors differ in
    request: CabinetRequest,
    door: Door,
    standing: Standing,
    form: GroundForm,
    *,
    back: str,
    section: str,
) -> HttpResponse:
    now = timezone.now()
    open_ids = _revocable_ids(request, door, standing)
    refusal, status = "", HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                text = asking.state_revocation(
                    door,
                    form.asking(open_ids),
                    actor=request.actor,
                    language=language_of_reader(),
                    now=now,
                )
            except (RevocationError, NoRightError) as error:
                refusal, status = sentence_for(error), HTTPStatus(status_of(error))
            else:
                return redirect("sign", text.pk)
    context = {
        "door": door.value,
        "standing": standing,
        "form": form,
        "refusal": refusal,
        "can_revoke": bool(open_ids),
        "ends_session": request.certificate in standing.certificates,
        "back": back,
        "section": section,
    }
    return render(request, "cabinet/ask_revocation.html", context, status=status)


def _revocable_ids(request: CabinetRequest, door: Door, standing: Standing) -> tuple[int, ...]:
    ids = [row.pk for row in standing.certificates]
    rows = asking.revocable(door, request.actor, now=timezone.now()).filter(pk__in=ids)
    return tuple(rows.order_by("id").values_list("id", flat=True))
