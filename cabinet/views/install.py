"""Step 5: key and certificate are joined in the browser; the new key signs a challenge."""

import base64

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cabinet.holder_forms import InstalledForm
from cabinet.key_files import key_plans
from cabinet.middleware import CabinetRequest
from cabinet.steps import Step, progress_line
from cabinet.views.answers import answers_script, done, refused_form
from cabinet.views.own import language_of_reader, own_renewal
from pki.models import Authority, Certificate
from renewals.models import Renewal
from renewals.services.installing import install as install_renewal
from renewals.services.installing import state_installation
from renewals.services.replacing import replaced_by


@require_http_methods(["GET", "HEAD", "POST"])
@answers_script
@own_renewal(Step.INSTALL)
def install(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Ask for the waiting key; take the challenge signed by every new key."""
    if request.method == "POST":
        return _take(request, renewal)
    plans = key_plans(renewal)
    context = {
        "renewal": renewal,
        "plans": plans,
        "plans_json": [plan.as_json() for plan in plans],
        "steps": progress_line(Step.INSTALL),
        "section": "renewals",
    }
    return render(request, "cabinet/install.html", context)


def _take(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    form = InstalledForm(request.POST)
    if not form.is_valid():
        return refused_form(form)
    install_renewal(
        actor=request.actor,
        renewal=renewal,
        statement_id=form.cleaned_data["statement"],
        signatures=form.cleaned_data["signatures"],
        now=timezone.now(),
    )
    return done(Step.INSTALLED, renewal.number)


@require_POST
@answers_script
@own_renewal()
def challenge(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The text that the new keys sign."""
    text = state_installation(renewal=renewal, language=language_of_reader(), now=timezone.now())
    return JsonResponse({"statement": text.pk, "text": text.text})


@require_safe
@own_renewal()
def certificates(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The new certificates with what stands above them, to go into the key files."""
    rows = renewal.requests.select_related("certificate__authority__parent")
    return JsonResponse(
        {
            row.purpose: {
                "certificate": _base64(row.certificate.der),
                "chain": [_base64(one.certificate_der) for one in _above(row.certificate)],
            }
            for row in rows
            if row.certificate is not None
        }
    )


def _above(certificate: Certificate) -> list[Authority]:
    """The issuing authority first, the root last."""
    chain: list[Authority] = []
    authority: Authority | None = certificate.authority
    while authority is not None:
        chain.append(authority)
        authority = authority.parent
    return chain


def _base64(der: bytes | memoryview) -> str:
    return base64.b64encode(bytes(der)).decode()


@require_safe
@own_renewal(Step.INSTALLED)
def installed(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """Success, how it was proved, what to do today, and the old signature."""
    plans = key_plans(renewal)
    rows = renewal.requests.select_related("certificate", "old_certificate").order_by("-purpose")
    old = replaced_by(renewal, now=timezone.now())
    proof = renewal.events.filter(kind="renewal.installed").last()
    context = {
        "renewal": renewal,
        "certificates": [row.certificate for row in rows],
        "not_after": min(row.certificate.not_after for row in rows if row.certificate),
        "proved_at": proof.at if proof else renewal.state_since,
        "plans": plans,
        "plans_json": [plan.as_json() for plan in plans],
        "old": old,
        "old_not_after": max((row.not_after for row in old), default=None),
        "section": "my",
    }
    return render(request, "cabinet/installed.html", context)
