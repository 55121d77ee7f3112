"""Step 4: read the statement, sign it with the present key, send it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cabinet.holder_forms import SignedForm
from cabinet.middleware import CabinetRequest
from cabinet.steps import Step, progress_line
from cabinet.views.answers import answers_script, done, refused_form
from cabinet.views.own import language_of_reader, own_renewal
from renewals.models import Renewal
from renewals.services.application import state_application, submit


@require_http_methods(["GET", "HEAD", "POST"])
@answers_script
@own_renewal(Step.STATEMENT)
def statement(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Show the text exactly as it is kept; take the signature over it."""
    if request.method == "POST":
        return _take(request, renewal)
    text = state_application(renewal=renewal, language=language_of_reader(), now=timezone.now())
    requests = renewal.requests.select_related("old_certificate")
    context = {
        "renewal": renewal,
        "statement": text,
        "signer": renewal.certificate,
        "is_pair": len(requests) > 1,
        "steps": progress_line(Step.STATEMENT),
        "section": "renewals",
    }
    return render(request, "cabinet/statement.html", context)


def _take(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    form = SignedForm(request.POST)
    if not form.is_valid():
        return refused_form(form)
    submit(
        actor=request.actor,
        renewal=renewal,
        statement_id=form.cleaned_data["statement"],
        cms=form.cleaned_data["cms"],
        now=timezone.now(),
    )
    return done(Step.STATUS, renewal.number)
