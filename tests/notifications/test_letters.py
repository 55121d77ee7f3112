"""How a letter is laid out: the year, tables, safe markup, text without markup."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.words.blocks import WIDTH, blocks_of, wrap
from notifications.words.figures import AHEAD, GONE, NOW, people_rows, signatures_of, year_of
from notifications.words.lookup import Told
from notifications.words.situation import Situation
from notifications.words.writing import inbox_of, letter_of
from pki.certificate import Storage
from tests.notifications import cases as known
from tests.notifications.cases import DAY, Case, certificate_of
from tests.notifications.test_words import page_of

SUNDAY = known.NOW
HOSTILE = '<b onclick="x()">ЗЛО</b>\r\nSubject: x\u202e {{ portal }} {% now "Y" %} %(name)s'


def html_of(case: Case, language: str = "ru") -> str:
    return letter_of(case.notice, case.situation, language=language, now=SUNDAY).html


def case_of(name: str) -> Case:
    return next(case for case in known.cases() if case.name == name)


def test_the_language_of_the_letter_is_said() -> None:
    for language in ("kk", "ru", "en"):
        assert f'<html lang="{language}">' in html_of(case_of("expiry-soon 12"), language)


def test_nothing_is_loaded_from_anywhere() -> None:
    for case in known.cases():
        html = html_of(case)
        assert not re.search(r"<(img|link|script|iframe|object|form|input)|url\(|@import", html)


def test_tables_that_only_lay_out_are_no_tables_for_a_screen_reader() -> None:
    for table in re.findall(r"<table[^>]*>", html_of(case_of("expiry-soon 12"))):
        assert 'role="presentation"' in table or 'role="table"' in table


def test_there_is_one_heading_of_the_first_level_and_one_button() -> None:
    for case in known.cases():
        html = html_of(case)
        assert html.count("<h1") == 1
        assert html.count('class="b"') == 1


def test_the_beginning_of_the_text_is_what_a_list_of_letters_shows() -> None:
    html = html_of(case_of("expiry-soon 12"), "en")
    first = html.split("max-height:0;overflow:hidden", 1)[1]
    assert first.split(">", 1)[1].startswith("You can renew it online until 5 December 2026")


def test_the_year_stands_over_letters_about_ends_alone() -> None:
    assert html_of(case_of("expiry-soon 12")).count('class="gone"') == 11
    assert html_of(case_of("expiry-soon 12")).count('class="now"') == 1
    assert 'class="gone"' not in html_of(case_of("application-installed installed"))


@pytest.mark.parametrize(
    ("days", "parts"),
    [
        (0, (NOW, *[AHEAD] * 11)),
        (183, (*[GONE] * 6, NOW, *[AHEAD] * 5)),
        (353, (*[GONE] * 11, NOW)),
        (364, (*[GONE] * 11, NOW)),
        (366, (GONE,) * 12),
        (-1, (NOW, *[AHEAD] * 11)),
    ],
)
def test_the_year_has_twelve_parts(days: int, parts: tuple[str, ...]) -> None:
    now = SUNDAY + days * DAY
    assert year_of(SUNDAY, SUNDAY + 365 * DAY, now=now) == parts


def hostile_case() -> Case:
    case = case_of("expiry-soon 12")
    row = certificate_of(organisation=f"ТОО {HOSTILE}", name=f"ЕСЕН {HOSTILE}")
    return replace(case, situation=Situation(True, reader=f"ЕСЕН {HOSTILE}", told=(Told(row),)))


def test_markup_and_line_breaks_in_names_stay_text() -> None:
    case = hostile_case()
    letter = letter_of(case.notice, case.situation, language="en", now=SUNDAY)
    inbox = inbox_of(case.notice, case.situation, language="en", now=SUNDAY)
    for html in (letter.html, inbox.html):
        page = page_of(html)
        assert "<b onclick" not in html
        assert "onclick" in "".join(page.text)
        assert "\u202e" not in html
    assert "\nSubject:" not in letter.text
    assert "{{ portal }}" in letter.text.replace("\n", " ")


def test_what_others_have_written_begins_no_list_and_no_paragraph() -> None:
    decision = known.decision_of("reject", "other", "x\n\n- y")
    renewal = known.renewal_of("rejected", decision=decision)
    case = case_of("application-rejected note")
    told = replace(case, situation=replace(case.situation, renewal=renewal))
    letter = letter_of(told.notice, told.situation, language="en", now=SUNDAY)
    assert "x  - y" in letter.text
    assert "<li" not in letter.html


def test_the_two_of_a_pair_are_one_signature() -> None:
    first, second = certificate_of(1), certificate_of(2, ends_in=12 * DAY + timedelta(minutes=2))
    other = certificate_of(3, storage=Storage.TOKEN)
    found = signatures_of([Told(second), Told(other), Told(first)], now=SUNDAY)
    assert [[one.certificate.pk for one in unit.told] for unit in found] == [[1, 2], [3]]
    assert found[0].reminder.uid.startswith("certificate-1@")


def test_nobody_is_named_twice() -> None:
    rows = [Told(certificate_of(pk, ends_in=pk * DAY)) for pk in (3, 2)]
    (row,) = people_rows(rows, now=SUNDAY)
    assert row.value.startswith("до 25") or "25" in row.value


def test_paragraphs_and_lists_are_told_apart() -> None:
    blocks = blocks_of("\n one\n two \n\n\n- a\n- b\nthree\n")
    assert [(block.lines, block.is_list) for block in blocks] == [
        (("one two",), False),
        (("a", "b"), True),
        (("three",), False),
    ]
    assert blocks[1].text == "- a\n- b"
    assert blocks_of(" \n") == []


def test_long_lines_are_wrapped_and_addresses_are_not_broken() -> None:
    address = f"https://cabinet.example/{'x' * 100}/"
    text = wrap(f"{'word ' * 40}\n\n\n\n- {'item ' * 20}\n{address}\n")
    lines = text.splitlines()
    assert address in lines
    assert all(len(line) <= WIDTH for line in lines if line != address)
    assert any(line.startswith("  item") for line in lines)
    assert "\n\n\n" not in text
