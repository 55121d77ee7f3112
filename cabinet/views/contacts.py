"""Contacts and choices of the reader on one page: where we write, in which language, about what."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cabinet import contact_book
from cabinet.contact_forms import LanguageForm
from cabinet.contact_rows import Choices, boxes, choice_rows, contact_rows, topics_for
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.own import posts_only
from notifications.contacts.preferences import choices_of, choose_language, language_of
from notifications.errors import NoticeError
from notifications.kinds import Topic


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Every channel there is, with or without an address."""
    return _render(cast(CabinetRequest, request))


@posts_only("contacts")
def language(request: HttpRequest) -> HttpResponse:
    """From now on we write in this one, whatever the pages are read in."""
    reader, form = cast(CabinetRequest, request), LanguageForm(request.POST)
    if not form.is_valid():
        refusal = str(form.errors["language"][0])
        return _render(reader, refusal=refusal, at="language", status=HTTPStatus.BAD_REQUEST)
    choose_language(iin=reader.user.iin, language=form.cleaned_data["language"])
    messages.success(request, _("The language of messages is saved."))
    return redirect("contacts")


@posts_only("contacts")
def choices(request: HttpRequest) -> HttpResponse:
    """Change what the form had boxes for; what is not possible stays and is told."""
    reader = cast(CabinetRequest, request)
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("on"))
    known = choices_of(reader.user.iin)
    reached = [row for row in contact_rows(reader.user.iin, now=timezone.now()) if row.address]
    wanted = {
        meant: name in ticked
        for name, meant in boxes(choice_rows(topics_for(reader), reached, known)).items()
        if name in shown
    }
    # First what is switched on: security may move from one channel to another at once.
    for (channel, topic), is_on in sorted(wanted.items(), key=lambda one: not one[1]):
        try:
            contact_book.switch(
                actor=reader.actor,
                channel=channel.name,
                topic=topic,
                is_on=is_on,
                now=timezone.now(),
            )
        except NoticeError as error:
            typed = _typed(known, {(one.name, what): on for (one, what), on in wanted.items()})
            return _render(
                reader,
                typed,
                refusal=sentence_for(error),
                at=f"topic-{topic.value}",
                status=status_of(error),
            )
    messages.success(request, _("Your choices are saved."))
    return redirect("contacts")


def _typed(known: Choices, wanted: Mapping[tuple[str, Topic], bool]) -> Choices:
    """As the reader left the boxes, so that nothing has to be ticked again."""
    return {
        channel: {topic: wanted.get((channel, topic), is_on) for topic, is_on in topics.items()}
        for channel, topics in known.items()
    }


def _render(
    request: CabinetRequest,
    typed: Choices | None = None,
    *,
    refusal: str = "",
    at: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """`at` is the part of the page that `refusal` is about."""
    iin = request.user.iin
    rows = contact_rows(iin, now=timezone.now())
    reached = [row for row in rows if row.address]
    known = choices_of(iin) if typed is None else typed
    context = {
        "contacts": rows,
        "reached": reached,
        "choices": choice_rows(topics_for(request), reached, known),
        "language": language_of(iin),
        "quiet": (settings.QUIET_FROM_HOUR, settings.QUIET_UNTIL_HOUR),
        "refusal": refusal,
        "refused_at": at,
        "section": "contacts",
    }
    return render(request, "cabinet/contacts/contacts.html", context, status=status)
