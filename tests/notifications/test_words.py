"""What every message says: in every form and language, whole, short enough, without numbers."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.translation import gettext

from notifications.channels.registry import CHANNELS
from notifications.delivering.sms_parts import count_parts
from notifications.kinds import Form, MessageKind
from notifications.telling.messages import MESSAGES
from notifications.words.numbers import show_number
from notifications.words.writing import inbox_of, letter_of, short_of, subject_of
from renewals.statement import speak
from tests.notifications.cases import BIN, IIN, NOW, NUMBER, OTHER_IIN, Case, cases

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CASES = list(cases())
LEFTOVERS = ("%(", "%s", "{{", "}}", "{%", "None", "Promise", "object at", "()", "№ .", ": .")
UNSUBSCRIBE = "https://cabinet.example/unsubscribe/5-expiry.abc/"
# Each of two parts of a text in UCS-2 holds 67 (3GPP TS 23.040, 9.2.3.24.1).
MOST_PARTS = 2
VOID = frozenset({"meta", "br"})

every_language = pytest.mark.parametrize("language", LANGUAGES)


class Page(HTMLParser):
    """Every element is closed, by its own end and in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.text.append(data)


def page_of(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def plain(text: str) -> str:
    return " ".join(text.split())


def is_told(case: Case) -> bool:
    """What is settled is read in the inbox, and never sent."""
    return case.situation.is_true


def test_every_message_is_among_the_cases() -> None:
    told = {case.notice.kind for case in CASES}
    assert told == {kind.value for kind in MessageKind} - {MessageKind.CONTACT_CODE.value}


@every_language
def test_nothing_is_left_open_and_no_number_is_said(language: str) -> None:
    for case in CASES:
        letter = letter_of(
            case.notice, case.situation, language=language, now=NOW, unsubscribe=UNSUBSCRIBE
        )
        short = short_of(case.notice, case.situation, language=language, now=NOW)
        inbox = inbox_of(case.notice, case.situation, language=language, now=NOW)
        html = page_of(letter.html)
        for words in (letter.subject, letter.text, plain("".join(html.text)), short, inbox.html):
            assert words.strip()
            for leftover in LEFTOVERS:
                assert leftover not in words
            for number in (IIN, OTHER_IIN, BIN):
                assert number not in words


@every_language
def test_all_forms_have_the_same_subject_on_one_line(language: str) -> None:
    for case in CASES:
        letter = letter_of(case.notice, case.situation, language=language, now=NOW)
        inbox = inbox_of(case.notice, case.situation, language=language, now=NOW)
        subject = subject_of(case.notice, case.situation, language=language, now=NOW)
        assert letter.subject == inbox.subject == subject
        assert len(subject.splitlines()) == 1
        assert 8 < len(subject) <= 100
        assert subject in plain(letter.text)


@every_language
def test_the_letter_says_the_same_with_and_without_markup(language: str) -> None:
    for case in CASES:
        letter = letter_of(
            case.notice, case.situation, language=language, now=NOW, unsubscribe=UNSUBSCRIBE
        )
        html = page_of(letter.html)
        shown = plain("".join(html.text))
        for line in letter.text.replace("\n  ", " ").splitlines():
            words = [word for word in line.split() if word.strip("-—") and "://" not in word]
            assert all(word.strip("().,:") in shown for word in words), line
        assert html.links
        assert all(link in letter.text for link in html.links)


def test_the_text_is_wrapped_and_every_address_has_its_own_line() -> None:
    for case in CASES:
        letter = letter_of(
            case.notice, case.situation, language="ru", now=NOW, unsubscribe=UNSUBSCRIBE
        )
        lines = letter.text.splitlines()
        assert all(len(line) <= 72 or "://" in line for line in lines)
        assert all(len(line.split()) == 1 for line in lines if "://" in line)
        assert "\n\n\n" not in letter.text


@every_language
def test_the_inbox_has_no_style_of_its_own(language: str) -> None:
    for case in CASES:
        inbox = inbox_of(case.notice, case.situation, language=language, now=NOW)
        page_of(inbox.html)
        assert "style" not in inbox.html
        assert "<h1" not in inbox.html


@every_language
@override_settings(PORTAL_NAME="cabinet.example.kz")
def test_a_short_text_takes_two_parts_at_most(language: str) -> None:
    for case in CASES:
        for channel in CHANNELS.values():
            if channel.form is Form.SHORT and is_told(case):
                text = short_of(
                    case.notice,
                    case.situation,
                    language=language,
                    now=NOW,
                    template=channel.template,
                )
                wanted = Form.SHORT in MESSAGES[MessageKind(case.notice.kind)].forms
                assert not wanted or count_parts(text).parts <= MOST_PARTS, text


def test_no_short_text_has_a_link_or_a_name() -> None:
    for case in CASES:
        text = short_of(case.notice, case.situation, language="en", now=NOW)
        assert "://" not in text
        if Form.SHORT in MESSAGES[MessageKind(case.notice.kind)].forms:
            assert "Айгүл" not in text


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_sentence_is_translated(language: str) -> None:
    same = []
    for case in CASES:
        here, there = all_words(case, language), all_words(case, "en")
        english = [line for line in there if line[:1].isalpha() and line[:1].isascii()]
        same += [(case.name, line) for line in english if line in here]
    assert not same


def all_words(case: Case, language: str) -> list[str]:
    letter = letter_of(case.notice, case.situation, language=language, now=NOW)
    short = short_of(case.notice, case.situation, language=language, now=NOW)
    inbox = inbox_of(case.notice, case.situation, language=language, now=NOW)
    shown = page_of(letter.html).text + page_of(inbox.html).text
    lines = [letter.subject, short, *letter.text.splitlines(), *(plain(words) for words in shown)]
    return [line for line in lines if " " in line and line != "Chrome, Windows"]


@every_language
def test_every_letter_says_how_to_check_it(language: str) -> None:
    for case in CASES:
        letter = letter_of(case.notice, case.situation, language=language, now=NOW)
        with speak(language):
            heading = gettext("How to check that the letter is from us")
        for words in (letter.text, letter.html):
            assert heading in words
            assert show_number(NUMBER) in words
            assert settings.MAIL_FROM in words
            assert settings.PORTAL_NAME in words


def test_security_says_what_to_do_if_it_was_not_the_reader() -> None:
    asked = {
        MessageKind.SIGN_IN_NEW_DEVICE,
        MessageKind.CERTIFICATE_ISSUED,
        MessageKind.CERTIFICATE_REVOKED,
        MessageKind.CERTIFICATE_HELD,
        MessageKind.CERTIFICATE_RELEASED,
        MessageKind.APPLICATION_ISSUED,
        MessageKind.CONTACT_CHANGED,
        MessageKind.DELEGATION_GIVEN,
    }
    for case in CASES:
        if case.notice.kind in asked:
            letter = letter_of(case.notice, case.situation, language="en", now=NOW)
            for words in ("1414", settings.SUPPORT_EMAIL, show_number(NUMBER)):
                assert words in letter.text.split("How to check")[0], case.name
            assert "you do not have to do anything" in plain(letter.text) or (
                "nothing else to do" in plain(letter.text)
            )


@pytest.mark.parametrize("kind", MessageKind)
def test_device_and_network_address_are_said_of_sign_ins_alone(kind: MessageKind) -> None:
    for case in CASES:
        if case.notice.kind == kind:
            letter = letter_of(case.notice, case.situation, language="en", now=NOW)
            said = "Network address" in letter.text
            assert said == (case.name == MessageKind.SIGN_IN_NEW_DEVICE.value)
