"""The application's page: what happened, who acts next, what the holder can do."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cabinet.application_tags import next_party_words, tag_of
from cabinet.document_rows import document_rows
from cabinet.key_files import key_plans
from cabinet.middleware import CabinetRequest
from cabinet.outlook import outlook_of
from cabinet.sentences import sentence_for
from cabinet.steps import next_step
from cabinet.timeline import decision_of, heading_of, timeline_of
from cabinet.views.answers import status_of
from cabinet.views.own import own_renewal, posts_only
from renewals.errors import RenewalError
from renewals.machine import Action, Party
from renewals.models import Renewal
from renewals.services.document_rights import can_add
from renewals.services.ending import withdraw
from renewals.services.evidencing import has_evidence


@require_safe
@own_renewal()
def status(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The timeline; it updates by itself while the portal has the next step."""
    return _render(request, renewal)


@require_safe
@own_renewal()
def state(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """What has changed, for the page that asks every few seconds."""
    title, lead = heading_of(renewal)
    return JsonResponse(
        {
            "state": renewal.state,
            "waits": renewal.next_party is Party.WORKER,
            "title": title,
            "lead": lead,
        }
    )


@posts_only("status")
@own_renewal()
def withdraw_application(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The holder takes it back. A second post finds it done."""
    if renewal.is_open:
        try:
            withdraw(actor=request.actor, renewal=renewal, now=timezone.now())
        except RenewalError as error:
            renewal.refresh_from_db()
            return _render(
                request, renewal, refusal=sentence_for(error), http_status=status_of(error)
            )
    return redirect("status", renewal.number)


def _render(
    request: CabinetRequest, renewal: Renewal, *, refusal: str = "", http_status: int = 200
) -> HttpResponse:
    title, lead = heading_of(renewal)
    signed = renewal.statements.filter(signatures__isnull=False)
    context = {
        "renewal": renewal,
        "title": title,
        "lead": lead,
        "refusal": refusal,
        "timeline": timeline_of(renewal),
        "outlook": outlook_of(renewal, now=timezone.now()),
        "decision": decision_of(renewal),
        "tag": tag_of(renewal),
        "next_party": next_party_words(renewal),
        "waits": renewal.next_party is Party.WORKER,
        "part": f"cabinet/parts/status/{renewal.state}.html",
        "next_step": next_step(renewal),
        "can_withdraw": renewal.can(Action.WITHDRAW),
        "documents": document_rows(renewal),
        "can_add_documents": can_add(renewal),
        "plans": key_plans(renewal),
        "plans_json": [plan.as_json() for plan in key_plans(renewal)],
        "signed": {row.purpose: row for row in signed},
        "has_evidence": has_evidence(renewal),
        "issued": renewal.requests.filter(certificate__isnull=False).select_related("certificate"),
        "section": "renewals",
    }
    return render(request, "cabinet/status.html", context, status=http_status)
