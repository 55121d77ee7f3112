"""One address of the reader: given or changed, its code typed or sent again, removed."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cabinet import contact_book
from cabinet.contact_forms import AddressForm, CodeForm, look_of
from cabinet.contact_rows import ContactRow, contact_row, contact_rows, show_address
from cabinet.middleware import CabinetRequest
from cabinet.sentences import sentence_for
from cabinet.views.answers import status_of
from cabinet.views.own import language_of_reader, posts_only
from notifications.channels.base import Channel
from notifications.channels.registry import CHANNELS
from notifications.contacts.book import ChangeKind
from notifications.contacts.preferences import language_of
from notifications.contacts.verifications import TRIES
from notifications.errors import CodeOverError, NoticeError
from notifications.models import Verification

DONE: dict[ChangeKind, Promise] = {
    ChangeKind.ADDED: gettext_lazy("The address is verified. From now on we write there."),
    ChangeKind.CHANGED: gettext_lazy("The new address is verified. The old one was told."),
    ChangeKind.VERIFIED_AGAIN: gettext_lazy("The address works again. We go on writing there."),
}
# So long a code that is over can be asked for again without typing the address.
REMEMBERED = timedelta(days=1)
View = Callable[..., HttpResponse]


def of_channel(view: View) -> View:
    """A view with `(request, channel)` gets the channel of this name, or there is no such page."""

    @wraps(view)
    def answer(request: HttpRequest, channel: str) -> HttpResponse:
        if channel not in CHANNELS:
            raise Http404
        return view(cast(CabinetRequest, request), CHANNELS[channel])

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@of_channel
def contact(request: CabinetRequest, channel: Channel) -> HttpResponse:
    """Type an address. A first one gets its code at once, another one is signed for."""
    row = _row(request, channel)
    if request.method != "POST":
        return _ask_address(request, row, AddressForm(channel))
    form = AddressForm(channel, request.POST)
    if not form.is_valid():
        return _ask_address(request, row, form, status=HTTPStatus.BAD_REQUEST)
    typed = form.cleaned_data["address"]
    try:
        is_other = row.address is not None and channel.parse(typed) != row.address.value
        return _send(request, channel, typed, by_signature=is_other)
    except NoticeError as error:
        form.add_error("address", sentence_for(error))
        return _ask_address(request, row, form, status=status_of(error))


@require_http_methods(["GET", "HEAD", "POST"])
@of_channel
def code(request: CabinetRequest, channel: Channel) -> HttpResponse:
    """Type the code; with the right one the address is the reader's."""
    if request.method != "POST":
        return _ask_code(request, channel, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_code(request, channel, form, status=HTTPStatus.BAD_REQUEST)
    try:
        change = contact_book.verify(
            actor=request.actor,
            channel=channel.name,
            code=form.cleaned_data["code"],
            now=timezone.now(),
        )
    except CodeOverError as error:
        return _ask_code(
            request, channel, CodeForm(), refusal=sentence_for(error), status=status_of(error)
        )
    except NoticeError as error:
        form.add_error("code", sentence_for(error))
        return _ask_code(request, channel, form, status=status_of(error))
    messages.success(request, str(DONE[change.kind]))
    return redirect("contacts")


@posts_only("contact")
@of_channel
def again(request: CabinetRequest, channel: Channel) -> HttpResponse:
    """A new code to the same address; for one that replaces another, after a new signature."""
    row, asked = _row(request, channel), _last_asked(request, channel)
    if asked is not None:
        value, by_signature = asked.value, asked.replaces and row.address is not None
    elif row.address is not None:
        value, by_signature = row.address.value, False
    else:
        return redirect("contact", channel.name)
    try:
        return _send(request, channel, value, by_signature=by_signature)
    except NoticeError as error:
        return _ask_code(
            request, channel, CodeForm(), refusal=sentence_for(error), status=status_of(error)
        )


@require_http_methods(["GET", "HEAD", "POST"])
@of_channel
def remove(request: CabinetRequest, channel: Channel) -> HttpResponse:
    """What removing means; then the text to sign."""
    row = _row(request, channel)
    if row.address is None:
        return redirect("contacts")
    if request.method != "POST":
        return _ask_removal(request, row)
    try:
        return _state(request, channel, "")
    except NoticeError as error:
        return _ask_removal(request, row, refusal=sentence_for(error), status=status_of(error))


def _send(
    request: CabinetRequest, channel: Channel, text: str, *, by_signature: bool
) -> HttpResponse:
    """Raises `NoticeError`."""
    if by_signature:
        return _state(request, channel, text)
    contact_book.ask(
        actor=request.actor,
        channel=channel.name,
        text=text,
        language=language_of(request.user.iin),
        now=timezone.now(),
    )
    return redirect("contact-code", channel.name)


def _state(request: CabinetRequest, channel: Channel, text: str) -> HttpResponse:
    """Raises `NoticeError`."""
    statement = contact_book.state_change(
        actor=request.actor,
        channel=channel.name,
        text=text,
        language=language_of_reader(),
        now=timezone.now(),
    )
    return redirect("sign", statement.pk)


def _ask_address(
    request: CabinetRequest, row: ContactRow, form: AddressForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "channel": row.channel,
        "row": row,
        "look": look_of(row.channel),
        "form": form,
        "section": "contacts",
    }
    return render(request, "cabinet/contacts/address.html", context, status=status)


def _ask_code(
    request: CabinetRequest,
    channel: Channel,
    form: CodeForm,
    *,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Also when the code is over: then a new one can be sent to the same address."""
    asked = _last_asked(request, channel)
    if asked is None:
        if refusal:
            messages.error(request, refusal)
        return redirect("contact", channel.name)
    pending = _row(request, channel).pending
    context = {
        "channel": channel,
        "asked": asked,
        "value": show_address(channel, asked.value),
        "pending": pending,
        "left": TRIES - pending.tries if pending else 0,
        "most": TRIES,
        "form": form,
        "refusal": refusal,
        "section": "contacts",
    }
    return render(request, "cabinet/contacts/code.html", context, status=status)


def _ask_removal(
    request: CabinetRequest, row: ContactRow, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    rows = contact_rows(request.user.iin, now=timezone.now())
    others = [one for one in rows if one.channel != row.channel and one.address is not None]
    context = {
        "channel": row.channel,
        "row": row,
        "is_last": not any(one.address and one.address.works for one in others),
        "refusal": refusal,
        "section": "contacts",
    }
    return render(request, "cabinet/contacts/remove.html", context, status=status)


def _row(request: CabinetRequest, channel: Channel) -> ContactRow:
    return contact_row(request.user.iin, channel, now=timezone.now())


def _last_asked(request: CabinetRequest, channel: Channel) -> Verification | None:
    """The address that a code went to last, unless it has been verified or a day has passed."""
    return (
        Verification.objects.filter(
            iin=request.user.iin,
            channel=channel.name,
            spent_at=None,
            created_at__gt=timezone.now() - REMEMBERED,
        )
        .order_by("-id")
        .first()
    )
