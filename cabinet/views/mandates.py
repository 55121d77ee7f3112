"""Who may approve in the head's place: the list, giving the right, taking it back."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cabinet.approver import Approver
from cabinet.mandate_rows import mandate_rows
from cabinet.middleware import CabinetRequest
from cabinet.organisation_forms import DelegationForm, EndForm
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.overseeing import for_overseer
from cabinet.views.own import language_of_reader, posts_only
from pki.models import Certificate
from renewals.errors import DaysError, DelegateError, MandateOverError, RenewalError
from renewals.models import Mandate, Right
from renewals.services.delegating import LONGEST, candidates, state_delegation, state_end

# More are found by a part of the name.
MOST_CANDIDATES = 100
LONGEST_NAME = 60
FIELDS: dict[type[RenewalError], str] = {DaysError: "ends_on", DelegateError: "person"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_overseer
def mandates(request: CabinetRequest, approver: Approver) -> HttpResponse:
    """The rights that stand, and the form to give one; HR employees only read."""
    if request.method == "POST":
        return _give(request, approver)
    today = timezone.localdate()
    return _render(request, approver, DelegationForm.blank(today, request.GET.get("person", "")))


def _give(request: CabinetRequest, approver: Approver) -> HttpResponse:
    form = DelegationForm(request.POST)
    if not form.is_valid():
        return _render(request, approver, form, status=HTTPStatus.BAD_REQUEST)
    chosen = Certificate.objects.of_organisation(approver.actor.bin).filter(
        pk=form.cleaned_data["person"]
    )
    try:
        text = state_delegation(
            actor=request.actor,
            delegate_iin=chosen.values_list("iin", flat=True).first() or "",
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            language=language_of_reader(),
            now=timezone.now(),
        )
    except RenewalError as error:
        form.add_error(FIELDS.get(type(error)), sentence_for(error))
        return _render(request, approver, form, status=status_of(error))
    return redirect("sign", text.pk)


@posts_only("mandates")
@for_overseer
def end(request: CabinetRequest, approver: Approver) -> HttpResponse:
    """Draw the statement by which the head takes a right back."""
    form = EndForm(request.POST)
    own = Mandate.objects.of_organisation(approver.actor.bin)
    mandate = own.filter(pk=form.cleaned_data["mandate"]).first() if form.is_valid() else None
    try:
        if mandate is None:
            raise MandateOverError
        text = state_end(
            actor=request.actor,
            mandate=mandate,
            language=language_of_reader(),
            now=timezone.now(),
        )
    except RenewalError as error:
        blank = DelegationForm.blank(timezone.localdate())
        return _render(
            request, approver, blank, refusal=sentence_for(error), status=status_of(error)
        )
    return redirect("sign", text.pk)


def _render(
    request: CabinetRequest,
    approver: Approver,
    form: DelegationForm,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    now = timezone.now()
    rows = mandate_rows(approver.actor.bin, now=now)
    is_head = approver.entitlement is not None and approver.entitlement.right is Right.HEAD
    typed = request.GET.get("q", "").strip()[:LONGEST_NAME]
    able = candidates(request.actor, now=now) if is_head else []
    chosen = str(form["person"].value() or "")
    found = _named(able, typed)
    context = {
        "form": form,
        "is_head": is_head,
        "standing": [row for row in rows if row.is_standing],
        "ended": [row for row in rows if not row.is_standing],
        "candidates": _shown(able, found, chosen),
        "chosen": chosen,
        "able": len(able),
        "found": len(found),
        "most": MOST_CANDIDATES,
        "typed": typed,
        "first_day": timezone.localdate(now).isoformat(),
        "last_day": (timezone.localdate(now) + LONGEST).isoformat(),
        "refusal": refusal,
        "section": "organisation",
    }
    return render(request, "cabinet/organisation/mandates.html", context, status=status)


def _shown(able: list[Certificate], found: list[Certificate], chosen: str) -> list[Certificate]:
    """Whoever is chosen already stays in the list, whatever was typed."""
    shown = found[:MOST_CANDIDATES]
    return [row for row in able if str(row.pk) == chosen and row not in shown] + shown


def _named(people: list[Certificate], typed: str) -> list[Certificate]:
    """Those whose name has every word that was typed."""
    words = typed.casefold().split()
    return [row for row in people if all(word in row.common_name.casefold() for word in words)]
