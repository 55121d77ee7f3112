"""Step 2: the data as the certificate has them, the storage, two confirmations."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cabinet.holder_forms import ApplyForm
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.steps import Step, progress_line
from cabinet.views.answers import status_of
from cabinet.views.own import own_renewal
from pki.certificate import Storage
from renewals.errors import RenewalError
from renewals.models import Renewal
from renewals.services.application import SUPPORTED_STORAGES, describe


@require_http_methods(["GET", "HEAD", "POST"])
@own_renewal(Step.APPLY)
def apply(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Show the data; keep what was confirmed."""
    if request.method != "POST":
        form = ApplyForm(initial={"storage": renewal.storage or Storage.FILE.value})
        return _render(request, renewal, form)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _render(request, renewal, form)
    try:
        describe(
            actor=request.actor,
            renewal=renewal,
            storage=form.cleaned_data["storage"],
            confirmed=form.cleaned_data["data_right"] and form.cleaned_data["key_held"],
            now=timezone.now(),
        )
    except RenewalError as error:
        form.add_error(None, sentence_for(error))
        return _render(request, renewal, form, status=status_of(error))
    return redirect(Step.KEY, renewal.number)


def _render(
    request: CabinetRequest, renewal: Renewal, form: ApplyForm, status: int = 200
) -> HttpResponse:
    requests = renewal.requests.select_related("old_certificate").order_by("-purpose")
    context = {
        "renewal": renewal,
        "subject": renewal.certificate.facts.subject,
        "certificates": [row.old_certificate for row in requests],
        "form": form,
        "supported": {kind.value for kind in SUPPORTED_STORAGES},
        "steps": progress_line(Step.APPLY),
        "section": "renewals",
    }
    return render(request, "cabinet/apply.html", context, status=status)
