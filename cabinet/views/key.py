"""Step 3: the new key. It is made and kept in the browser; only requests come here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cabinet.holder_forms import RequestsForm
from cabinet.key_files import key_plans
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence
from cabinet.steps import Step, progress_line
from cabinet.views.answers import answers_script, done, refused_form
from cabinet.views.own import own_renewal
from renewals.models import Renewal
from renewals.services.application import add_requests

# The page's script knows what each of them means.
RULES = ("length", "lower", "upper", "digit", "ascii")


@require_http_methods(["GET", "HEAD", "POST"])
@answers_script
@own_renewal(Step.KEY)
def key(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Say which keys to make; take the requests for them."""
    if request.method == "POST":
        return _take(request, renewal)
    plans = key_plans(renewal)
    context = {
        "renewal": renewal,
        "plans": plans,
        "plans_json": [plan.as_json() for plan in plans],
        "rules": [{"name": name, "words": sentence(f"ui.password_{name}")} for name in RULES],
        "steps": progress_line(Step.KEY),
        "section": "renewals",
    }
    return render(request, "cabinet/key.html", context)


def _take(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    form = RequestsForm(renewal.requests.values_list("purpose", flat=True), request.POST)
    if not form.is_valid():
        return refused_form(form)
    add_requests(actor=request.actor, renewal=renewal, requests=form.requests, now=timezone.now())
    return done(Step.STATEMENT, renewal.number)
