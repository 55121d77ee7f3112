"""Pages that need no sign-in: start, help, the page of the expired, language, health."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.i18n import set_language

from cabinet.authority_rows import rows_of
from cabinet.texts import HELP_PAGES, blocks_of
from pki.models import Authority

EXPIRED_KEY = "expired"


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is and what one needs."""
    return render(request, "cabinet/start.html", {"section": "start"})


@login_not_required
@require_safe
def expired(request: HttpRequest) -> HttpResponse:
    """Since when the certificate is over, why not online, what to do."""
    ended_at = request.session.get(EXPIRED_KEY)
    context = {
        "ended_at": datetime.fromisoformat(ended_at) if ended_at else None,
        "blocks": blocks_of("expired", get_language() or ""),
    }
    return render(request, "cabinet/expired.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A text that operators may edit."""
    if slug not in HELP_PAGES:
        raise Http404
    context = {
        "title": HELP_PAGES[slug],
        "slug": slug,
        "blocks": blocks_of(slug, get_language() or ""),
        "section": "help",
    }
    return render(request, "cabinet/help.html", context)


@login_not_required
@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """By which rules the authority works, its certificates, and where it publishes what."""
    context = {
        "rows": rows_of(Authority.objects.ours(), now=timezone.now()),
        "blocks": blocks_of("authority", get_language() or ""),
        "section": "authority",
    }
    return render(request, "cabinet/authority.html", context)


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 while the site can serve: it answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


language = login_not_required(require_POST(set_language))
