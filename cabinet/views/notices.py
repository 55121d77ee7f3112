"""The inbox: what was told to the reader, one notice, and marking everything as read."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cabinet.contact_rows import contact_rows
from cabinet.delivery_rows import delivery_rows
from cabinet.middleware import CabinetRequest
from cabinet.notice_actions import way_of
from cabinet.notice_rows import NoticeRow, inbox_page, stored_number
from cabinet.views.own import language_of_reader, posts_only
from notifications.models import Notice
from notifications.words.situation import gather
from notifications.words.writing import inbox_of

LONGEST_PAGE = 9


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Unread ones first."""
    reader = cast(CabinetRequest, request)
    own = Notice.objects.for_iin(reader.user.iin)
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_PAGE else 1
    inbox = inbox_page(own, page, language=language_of_reader(), now=timezone.now())
    context = {
        "inbox": inbox,
        "unread": own.unread().count(),
        "reached": [
            row for row in contact_rows(reader.user.iin, now=timezone.now()) if row.address
        ],
        "section": "notices",
    }
    return render(request, "cabinet/notices/inbox.html", context)


@posts_only("notices")
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing of it is new any more."""
    reader = cast(CabinetRequest, request)
    Notice.objects.for_iin(reader.user.iin).unread().update(read_at=timezone.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """What it says, what can be done, what became of it elsewhere. It counts as read then."""
    reader, now = cast(CabinetRequest, request), timezone.now()
    own = Notice.objects.for_iin(reader.user.iin).select_related("renewal")
    found = own.filter(number=stored_number(number)).first()
    if found is None:
        raise Http404
    if request.method == "GET":
        Notice.objects.filter(pk=found.pk).unread().update(read_at=now)
    situation = gather([found], now=now)[found.pk]
    words = inbox_of(found, situation, language=language_of_reader(), now=now)
    context = {
        "row": NoticeRow(found, words.subject),
        "words": words,
        "way": way_of(found, reader),
        "deliveries": delivery_rows(found, now=now),
        "section": "notices",
    }
    return render(request, "cabinet/notices/notice.html", context)
