"""The old signature: revoke it by a signed request, or keep it till it ends."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cabinet import sign_in
from cabinet.holder_forms import SignedForm
from cabinet.middleware import CabinetRequest
from cabinet.steps import Step
from cabinet.views.answers import answers_script, done, refused_form
from cabinet.views.own import language_of_reader, own_renewal
from pki.certificate import Purpose
from renewals.models import Renewal
from renewals.services.replacing import replaced_by, revoke_replaced, state_revocation


@require_http_methods(["GET", "HEAD", "POST"])
@answers_script
@own_renewal()
def revoke(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Show the request exactly as it is kept; take the signature over it."""
    if request.method == "POST":
        return _take(request, renewal)
    old = replaced_by(renewal, now=timezone.now())
    if not old:
        return redirect(Step.INSTALLED, renewal.number)
    text = state_revocation(renewal=renewal, language=language_of_reader(), now=timezone.now())
    rows = renewal.requests.select_related("certificate", "old_certificate")
    context = {
        "renewal": renewal,
        "statement": text,
        "old": old,
        "not_after": max(row.not_after for row in old),
        "ends_session": request.certificate in old,
        "signers": [
            certificate.serial_hex
            for row in rows
            for certificate in (row.certificate, row.old_certificate)
            if certificate is not None and certificate.purpose != Purpose.AUTH.value
        ],
        "is_pair": len(rows) > 1,
        "section": "my",
    }
    return render(request, "cabinet/revoke.html", context)


def _take(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    form = SignedForm(request.POST)
    if not form.is_valid():
        return refused_form(form)
    ends_session = renewal.requests.filter(old_certificate=request.certificate).exists()
    revoke_replaced(
        actor=request.actor,
        renewal=renewal,
        statement_id=form.cleaned_data["statement"],
        cms=form.cleaned_data["cms"],
        now=timezone.now(),
    )
    if ends_session:
        sign_in.leave(request, now=timezone.now())
        return done("revoked")
    return done(Step.INSTALLED, renewal.number)


@login_not_required
@require_safe
def revoked(request: HttpRequest) -> HttpResponse:
    """After the certificate of this session was revoked: why it is over and how to go on."""
    return render(request, "cabinet/revoked.html")
