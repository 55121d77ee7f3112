"""The approver's queue, one application, and drawing the list that he signs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cabinet.application_tags import tag_of
from cabinet.approval_forms import ChoiceForm, RefusalForm
from cabinet.approver import Approver
from cabinet.changes import changes_of
from cabinet.document_rows import document_rows
from cabinet.history import history_of
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.approving import application_of, for_approver
from cabinet.views.own import language_of_reader, posts_only
from renewals.errors import RenewalError
from renewals.models import Decision, Renewal, Signature, Verdict
from renewals.rejection import REASONS
from renewals.services.deciding import state_decision
from renewals.services.evidencing import has_evidence
from renewals.services.ruling import MOST, NOTE_LENGTH
from renewals.statement import StatementPurpose


@require_safe
@for_approver
def queue(request: CabinetRequest, approver: Approver) -> HttpResponse:
    """What waits, the most urgent first; a hundred can be chosen at once."""
    return render_queue(request, approver)


def render_queue(
    request: CabinetRequest, approver: Approver, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The queue, and after a refused try why; what was chosen stays chosen."""
    rows = list(approver.queue().select_related("certificate").defer("certificate__der")[:MOST])
    decided = approver.applications().filter(decision__isnull=False).select_related("decision")
    context = {
        "rows": rows,
        "waiting": approver.waiting,
        "chosen": set(request.POST.getlist("number")),
        "decided": [(row, tag_of(row)) for row in decided.order_by("-decision__decided_at")[:20]],
        "refusal": refusal,
        "most": MOST,
        "section": "approvals",
    }
    return render(request, "cabinet/approvals/queue.html", context, status=status)


@require_safe
@for_approver
def application(request: CabinetRequest, approver: Approver, number: str) -> HttpResponse:
    """What its holder signed, what changes, what happened; and the two decisions."""
    return _render_application(request, approver, application_of(approver, number))


def _render_application(
    request: CabinetRequest, approver: Approver, renewal: Renewal
) -> HttpResponse:
    signature = (
        Signature.objects.filter(
            statement__renewal=renewal, statement__purpose=StatementPurpose.APPLICATION.value
        )
        .select_related("statement")
        .first()
    )
    context = {
        "renewal": renewal,
        "tag": tag_of(renewal),
        "signature": signature,
        "changes": changes_of(renewal),
        "documents": document_rows(renewal, "approval-document"),
        "history": history_of(renewal),
        "decision": Decision.objects.filter(renewal=renewal).first(),
        "has_evidence": has_evidence(renewal),
        "can_decide": approver.queue().filter(pk=renewal.pk).exists(),
        "section": "approvals",
    }
    return render(request, "cabinet/approvals/application.html", context)


@posts_only("approvals")
@for_approver
def approve(request: CabinetRequest, approver: Approver) -> HttpResponse:
    """Draw the list of what was chosen; its page shows it, word by word."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return render_queue(request, approver, refusal=str(form.errors["number"][0]), status=400)
    return _draw(request, approver, form.cleaned_data["number"], Verdict.APPROVE)


@posts_only("approvals")
@for_approver
def refuse(request: CabinetRequest, approver: Approver) -> HttpResponse:
    """Ask why, then draw the list."""
    chosen = ChoiceForm(request.POST)
    if not chosen.is_valid():
        return render_queue(request, approver, refusal=str(chosen.errors["number"][0]), status=400)
    numbers = chosen.cleaned_data["number"]
    form = RefusalForm(request.POST) if "reason_asked" in request.POST else RefusalForm()
    if form.is_bound and form.is_valid():
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
        try:
            return _draw(
                request, approver, numbers, Verdict.REJECT, reason=reason, note=note, form=form
            )
        except RenewalError as error:
            form.add_error("note", sentence_for(error))
    context = {
        "rows": approver.queue().filter(number__in=numbers),
        "form": form,
        "reasons": [(reason.value, words) for reason, words in REASONS.items()],
        "note_length": NOTE_LENGTH,
        "section": "approvals",
    }
    status = 400 if form.errors else 200
    return render(request, "cabinet/approvals/refuse.html", context, status=status)


def _draw(
    request: CabinetRequest,
    approver: Approver,
    numbers: list[str],
    verdict: Verdict,
    *,
    reason: str = "",
    note: str = "",
    form: RefusalForm | None = None,
) -> HttpResponse:
    """The statement's page, or the queue with the reason why there is none.

    With a `form` a missing reason is raised, to be told beside its field.
    """
    order = {number: at for at, number in enumerate(numbers)}
    found = Renewal.objects.filter(number__in=numbers)
    try:
        text = state_decision(
            actor=approver.actor,
            renewals=sorted(found, key=lambda row: order[row.number]),
            verdict=verdict,
            reason=reason,
            note=note,
            language=language_of_reader(),
            now=timezone.now(),
        )
    except RenewalError as error:
        if form is not None and error.code == "renewal.reason":
            raise
        return render_queue(request, approver, refusal=sentence_for(error), status=status_of(error))
    return redirect("sign", text.pk)
