"""The way out of a letter: one topic on one address, without signing in, and back again.

A link alone changes nothing when it is opened: programs that look for viruses open all of them.
"""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cabinet import contact_book
from cabinet.views.own import READING
from notifications.channels.registry import CHANNELS
from notifications.contacts.book import mask
from notifications.contacts.links import Link, read_link
from notifications.contacts.preferences import choices_of, language_of
from notifications.errors import NoticeError
from notifications.kinds import TOPIC_WORDS
from renewals.statement import speak


# RFC 8058, 3.2: mail programs post without cookies and without having seen the page.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """What the link switches off; posted to, it does so, and `undo` switches it on again.

    Saying it twice changes nothing and is answered alike.
    """
    try:
        link = read_link(token)
        if request.method not in READING:
            is_on = bool(request.POST.get("undo"))
            contact_book.switch_by_link(token=token, is_on=is_on, now=timezone.now())
    except NoticeError:
        return render(request, "cabinet/unsubscribe.html", status=HTTPStatus.NOT_FOUND)
    with speak(_language(request, link)):
        return _render(request, link)


def _render(request: HttpRequest, link: Link) -> HttpResponse:
    context = {
        "link": link,
        "is_on": choices_of(link.iin).get(link.channel, {}).get(link.topic, False),
        "is_done": request.method not in READING,
        "topic": TOPIC_WORDS[link.topic],
        "way": CHANNELS[link.channel].label if link.channel in CHANNELS else link.channel,
        "address": mask(link.channel, link.address.value),
    }
    return render(request, "cabinet/unsubscribe.html", context)


def _language(request: HttpRequest, link: Link) -> str:
    """That of the letter's reader, unless whoever is here has chosen one on this site."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return get_language() or settings.LANGUAGE_CODE
    return language_of(link.iin)
