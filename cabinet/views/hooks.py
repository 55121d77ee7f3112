"""Where providers report to. They have no session: each report is signed."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.delivering.receipts import (
    ForgedReceiptError,
    ReceiptShapeError,
    apply_receipt,
    read_receipt,
    verify_receipt,
)

MAX_RECEIPT_BYTES = 16 * 1024


@csrf_exempt
@login_not_required
@require_POST
def sms_receipt(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not the message is known, and whether or not it is new."""
    if not settings.SMS_RECEIPT_SECRET:
        raise Http404
    now = timezone.now()
    try:
        body = request.read(MAX_RECEIPT_BYTES + 1)
        if len(body) > MAX_RECEIPT_BYTES:
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        verify_receipt(
            body=body,
            timestamp=request.headers.get("X-Timestamp", ""),
            signature=request.headers.get("X-Signature", ""),
            secret=settings.SMS_RECEIPT_SECRET,
            now=now,
        )
        receipt = read_receipt(body)
    except ForgedReceiptError:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except (ReceiptShapeError, OSError):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    apply_receipt(receipt, now=now)
    return HttpResponse(status=HTTPStatus.ACCEPTED)
