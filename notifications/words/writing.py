"""Words of a notice: subject, letter, short text, page of the inbox. Each is made when asked for.

Words live in `templates/notifications/`, a folder for each message; nothing is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from notifications.channels.base import Channel, Parcel, Reminder
from notifications.contacts.codes import code_of
from notifications.contacts.links import unsubscribe_url
from notifications.kinds import TOPIC_WORDS, Form, MessageKind, Topic
from notifications.models import Delivery, Notice, Verification
from notifications.words.blocks import Block, blocks_of, wrap
from notifications.words.contexts import context_of
from notifications.words.numbers import show_number
from notifications.words.situation import Situation
from pki.subject import call_name
from renewals.statement import put_on_one_line, show_moment, speak

LETTER, INBOX = "notifications/letter.html", "notifications/inbox.html"
SHORT = "sms.txt"
Words = Mapping[str, object]


@dataclass(frozen=True)
class Letter:
    """`text` is complete without `html`."""

    subject: str
    text: str
    html: str
    reminders: tuple[Reminder, ...] = ()


@dataclass(frozen=True)
class InboxWords:
    """For the page of a notice; `html` is a part of a page."""

    subject: str
    html: SafeString


def subject_of(notice: Notice, situation: Situation, *, language: str, now: datetime) -> str:
    """One line that says what it is about."""
    with speak(language):
        return _subject(notice.kind, _words(notice, situation, now=now))


def letter_of(
    notice: Notice, situation: Situation, *, language: str, now: datetime, unsubscribe: str = ""
) -> Letter:
    """Text and HTML with the same words. `unsubscribe` is an address, '' for none."""
    with speak(language):
        return _letter(notice.kind, _words(notice, situation, now=now), language, unsubscribe)


def short_of(
    notice: Notice,
    situation: Situation,
    *,
    language: str,
    now: datetime,
    template: str = SHORT,
) -> str:
    """A few dozen words on one line; by `template`, or as an SMS where a message has none."""
    with speak(language):
        return _short(notice.kind, _words(notice, situation, now=now), template)


def inbox_of(notice: Notice, situation: Situation, *, language: str, now: datetime) -> InboxWords:
    """What stands on the page of a notice; also of one that is not true any more."""
    with speak(language):
        words = _words(notice, situation, now=now)
        subject = _subject(notice.kind, words)
        blocks = _blocks(notice.kind, words)
        page = {**words, "layout": INBOX, "subject": subject, "blocks": blocks}
        return InboxWords(subject, mark_safe(_render_html(notice.kind, page)))  # noqa: S308  # escaped there


def code_letter_of(verification: Verification, *, language: str) -> Letter:
    """The letter with a code. It greets nobody by name: the address may be somebody else's."""
    with speak(language):
        return _letter(MessageKind.CONTACT_CODE, _code_words(verification), language, "")


def code_short_of(verification: Verification, *, language: str, template: str = SHORT) -> str:
    """The text with a code."""
    with speak(language):
        return _short(MessageKind.CONTACT_CODE, _code_words(verification), template)


def parcel_of(
    delivery: Delivery, situation: Situation | None, *, channel: Channel, now: datetime
) -> Parcel:
    """What this channel sends for a delivery; a code has no situation.

    `key` is the delivery's own, whatever is tried and however often.
    """
    language = delivery.language
    if delivery.verification is not None:
        verification = delivery.verification
        kind, number, link = MessageKind.CONTACT_CODE.value, "", ""
        key = f"code-{verification.pk}-{verification.nonce[:8]}"
    else:
        assert delivery.notice is not None
        kind, number, link = delivery.notice.kind, delivery.notice.number, _unsubscribe(delivery)
        key = f"{number}-{delivery.pk}".lower()
    with speak(language):
        words = _delivered_words(delivery, situation, now=now)
        if channel.form is Form.SHORT:
            letter = Letter("", _short(kind, words, channel.template or SHORT), "")
        else:
            letter = _letter(kind, words, language, link)
    return Parcel(
        delivery_id=delivery.pk,
        key=key,
        to=delivery.to,
        language=language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        unsubscribe_url=link if letter.html else "",
        reminders=letter.reminders,
        number=number,
    )


def _unsubscribe(delivery: Delivery) -> str:
    """'' for what may not be switched off by a link."""
    assert delivery.notice is not None
    if delivery.address is None:
        return ""
    return unsubscribe_url(delivery.address, Topic(delivery.notice.topic))


def _delivered_words(
    delivery: Delivery, situation: Situation | None, *, now: datetime
) -> dict[str, object]:
    if delivery.verification is not None:
        return _code_words(delivery.verification)
    assert delivery.notice is not None
    assert situation is not None
    return _words(delivery.notice, situation, now=now)


def _words(notice: Notice, situation: Situation, *, now: datetime) -> dict[str, object]:
    """What all templates of a message may use."""
    base = settings.PORTAL_URL.rstrip("/")
    name = call_name(put_on_one_line(situation.reader))
    return {
        **_frame(),
        "greeting": _("Hello, %(name)s!") % {"name": name} if name else _("Hello!"),
        "number": show_number(notice.number),
        "url": f"{base}/notices/{notice.number}/",
        "topic": TOPIC_WORDS[Topic(notice.topic)],
        "is_true": situation.is_true,
        **context_of(notice, situation, now=now),
    }


def _code_words(verification: Verification) -> dict[str, object]:
    return {
        **_frame(),
        "greeting": _("Hello!"),
        "code": code_of(verification),
        "until": show_moment(verification.expires_at),
        "time": f"{timezone.localtime(verification.expires_at):%H:%M}",
    }


def _frame() -> dict[str, object]:
    base = settings.PORTAL_URL.rstrip("/")
    return {
        "portal": settings.PORTAL_NAME,
        "support": settings.SUPPORT_EMAIL,
        "sender": settings.MAIL_FROM,
        "contacts_url": f"{base}/contacts/",
        "expired_url": f"{base}/expired/",
    }


def _letter(kind: str, words: Words, language: str, unsubscribe: str) -> Letter:
    subject, blocks = _subject(kind, words), _blocks(kind, words)
    page = {
        **words,
        "layout": LETTER,
        "language": language,
        "subject": subject,
        "blocks": blocks,
        "unsubscribe_url": unsubscribe,
    }
    text = wrap(_render("notifications/letter.txt", page))
    page["portal"] = format_html("<b>{}</b>", words["portal"])
    html = _render_html(kind, page)
    reminders = words.get("reminders", ())
    assert isinstance(reminders, tuple)
    return Letter(subject, text, html, reminders)


def _subject(kind: str, words: Words) -> str:
    return _on_one_line(_render(f"notifications/{kind}/subject.txt", words))


def _short(kind: str, words: Words, template: str) -> str:
    names = [f"notifications/{kind}/{name}" for name in (template, SHORT, "subject.txt")]
    chosen = Engine.get_default().select_template(names)
    return _on_one_line(chosen.render(Context(dict(words), autoescape=False)))


def _blocks(kind: str, words: Words) -> list[Block]:
    return blocks_of(_render(f"notifications/{kind}/body.txt", words))


def _render(name: str, words: Words) -> str:
    """Plain text: nothing is escaped."""
    return Engine.get_default().get_template(name).render(Context(dict(words), autoescape=False))


def _render_html(kind: str, words: Words) -> str:
    chosen = Engine.get_default().get_template(f"notifications/{kind}/body.html")
    return chosen.render(Context(dict(words)))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
