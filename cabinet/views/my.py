"""«My signature»: what the person holds, what to do now, the way to each application."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cabinet.application_tags import next_party_words, tag_of
from cabinet.holder_forms import FindForm
from cabinet.middleware import CabinetRequest
from cabinet.notice_rows import newest_unread
from cabinet.sentences import sentence
from cabinet.standing import standing_of, standings_of
from cabinet.views.own import language_of_reader, posts_only
from notifications.models import Address, Notice
from pki.models import Certificate
from renewals.grounds import Door
from renewals.models import Renewal
from renewals.services.asking import revocable

MOST_UNREAD = 3


@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """What ends first in front; every signature with its mark and what can be done."""
    return render_my(cast(CabinetRequest, request), FindForm())


def render_my(
    request: CabinetRequest, form: FindForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page, with the look-up as it was typed and, after a refused try to open, why."""
    iin, now = request.user.iin, timezone.now()
    standings = standings_of(iin, now=now)
    used = [one for one in standings if not one.is_past]
    urgent = [one for one in used if one.is_urgent]
    context = {
        "urgent": urgent[0] if urgent else None,
        "others": [one for one in used if one not in urgent[:1]],
        "past": [one for one in standings if one.is_past],
        "unread": newest_unread(
            Notice.objects.for_iin(iin), MOST_UNREAD, language=language_of_reader(), now=now
        ),
        "is_reached": Address.objects.for_iin(iin).working().exists(),
        "form": form,
        "refusal": refusal,
        "section": "my",
    }
    return render(request, "cabinet/my.html", context, status=status)


@posts_only("my")
def find(request: HttpRequest) -> HttpResponse:
    """Look an own application up by its number; unknown and somebody else's are the same."""
    reader = cast(CabinetRequest, request)
    form = FindForm(request.POST)
    if form.is_valid():
        mine = Renewal.objects.for_holder(reader.user.iin)
        renewal = mine.filter(number=form.as_stored).first()
        if renewal is not None:
            return redirect("status", renewal.number)
        form.add_error("number", sentence("renewal.not_holder"))
    return render_my(reader, form)


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one signature of the reader."""
    reader = cast(CabinetRequest, request)
    row = get_object_or_404(Certificate.objects.for_iin(reader.user.iin), pk=pk)
    now = timezone.now()
    standing = standing_of(row, now=now)
    ids = [one.pk for one in standing.certificates]
    context = {
        "standing": standing,
        "can_revoke": revocable(Door.HOLDER, reader.actor, now=now).filter(pk__in=ids).exists(),
        "section": "my",
    }
    return render(request, "cabinet/certificate.html", context)


@require_safe
def renewals(request: HttpRequest) -> HttpResponse:
    """Every application of the reader, the newest first."""
    reader = cast(CabinetRequest, request)
    rows = [
        {"renewal": row, "tag": tag_of(row), "party": next_party_words(row)}
        for row in Renewal.objects.for_holder(reader.user.iin)
    ]
    return render(request, "cabinet/renewals.html", {"rows": rows, "section": "renewals"})
