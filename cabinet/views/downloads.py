"""What anyone can check offline: the statement, the signature over it, the new certificate."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from cabinet.middleware import CabinetRequest
from cabinet.views.own import own_renewal
from renewals.models import Renewal, Signature
from renewals.statement import StatementPurpose


@require_safe
@own_renewal()
def statement_text(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The bytes that were signed; before that, the text that is on the page."""
    kept = renewal.statements.filter(purpose=StatementPurpose.APPLICATION.value)
    found = kept.filter(signatures__isnull=False).first() or kept.first()
    if found is None:
        raise Http404
    return _file(found.text.encode(), "text/plain; charset=utf-8", f"{renewal.number}.txt")


@require_safe
@own_renewal()
def statement_signature(request: CabinetRequest, renewal: Renewal) -> HttpResponse:
    """The signature as it was received: `openssl cms -verify -binary` takes it with the text."""
    found = Signature.objects.filter(
        statement__renewal=renewal, statement__purpose=StatementPurpose.APPLICATION.value
    ).first()
    if found is None:
        raise Http404
    return _file(bytes(found.cms_der), "application/pkcs7-signature", f"{renewal.number}.p7s")


@require_safe
@own_renewal()
def issued_certificate(request: CabinetRequest, renewal: Renewal, purpose: str) -> HttpResponse:
    """A new certificate alone, without its key."""
    row = renewal.requests.filter(purpose=purpose).select_related("certificate").first()
    if row is None or row.certificate is None:
        raise Http404
    name = f"{renewal.number}-{row.purpose}.cer"
    return _file(bytes(row.certificate.der), "application/pkix-cert", name)


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
