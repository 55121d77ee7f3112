"""A document is given out: to be saved, never to be shown or run by the browser."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from renewals.errors import DocumentError, DocumentUnknownError
from renewals.models import Document
from renewals.services.attaching import read

# Even opened, it loads nothing, runs nothing and belongs to no site.
POLICY = "default-src 'none'; sandbox"


def give_document(request: CabinetRequest, document: Document | None) -> HttpResponse:
    """The file, or why there is none. What does not concern the reader does not exist."""
    if document is None:
        raise Http404
    try:
        data = read(actor=request.actor, document=document, now=timezone.now())
    except DocumentUnknownError as error:
        raise Http404 from error
    except DocumentError as error:
        context = {"title": _("This document cannot be opened"), "message": sentence_for(error)}
        return render(request, "cabinet/error.html", context, status=status_of(error))
    response = HttpResponse(data, content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=document.name
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
