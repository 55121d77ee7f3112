"""Somebody gives his address, is told, reads, stops what he does not want, and changes his mind."""

import os
import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site
from tests.e2e.journey import Visitor
from tests.e2e.letter_box import LetterBox, calendars_of, verify, words_of
from tests.notifications.smtp_server import ScriptedServer

pytestmark = pytest.mark.e2e

PASSWORD = "Person2026"
READERS = {"kk": "010101700001", "ru": "010101700002", "en": "010101700003"}
WORDS = {"kk": "Кабинет", "ru": "Кабинет", "en": "Cabinet"}
# So that what was told in the inbox alone is told again, by letter.
AGAIN = """
from notifications.models import Countdown, Notice
Countdown.objects.filter(certificate__iin="{iin}").delete()
Notice.objects.filter(key__startswith="expiry:{iin}:").delete()
"""


@pytest.mark.parametrize(("language", "width"), [("kk", "phone"), ("ru", "desk"), ("en", "phone")])
def test_from_the_address_to_the_letter_and_out_again(
    browser: Browser,
    site: Site,
    mail: ScriptedServer,
    tmp_path: Path,
    language: str,
    width: str,
) -> None:
    iin = READERS[language]
    visitor = enter(browser, site, tmp_path, iin, language, width)
    box = LetterBox(mail, f"{language}@mail.kz")
    add_address(visitor, box)
    site.shell(AGAIN.format(iin=iin))
    letter = box.with_calendar()
    assert verify(letter, site, tmp_path) == ""
    judge(letter.message, language)
    picture(browser, letter.message, language)
    read(visitor, letter.message)
    leave_and_return(browser, site, tmp_path, visitor, letter.message, language)
    visitor.close()


def test_another_address_takes_a_signature_and_the_old_one_is_told(
    browser: Browser, site: Site, mail: ScriptedServer, tmp_path: Path
) -> None:
    iin = "010101700004"
    visitor = enter(browser, site, tmp_path, iin, "ru", "desk")
    old, new = LetterBox(mail, "old@mail.kz"), LetterBox(mail, "new@mail.kz")
    add_address(visitor, old)
    before = len(old.wait(2))
    visitor.go("/contacts/email/")
    visitor.page.locator("#id_address").fill(new.address)
    visitor.page.locator("form .btn--main").click()
    visitor.page.wait_for_url("**/sign/**")
    expect(visitor.page.locator(".doc__text")).to_contain_text(new.address)
    visitor.sign(key(site, iin), PASSWORD)
    visitor.page.wait_for_url("**/contacts/email/code/")
    visitor.page.locator("#id_code").fill(new.code(1))
    visitor.page.locator("form .btn--main").click()
    visitor.page.wait_for_url("**/contacts/")
    expect(visitor.page.locator(".ways__value")).to_have_text(new.address)
    told = old.wait(before + 1)[-1]
    assert new.address not in told.data.decode()
    visitor.close()


def enter(
    browser: Browser, site: Site, folder: Path, iin: str, language: str, width: str
) -> Visitor:
    site.enrol(iin, PASSWORD)
    visitor = Visitor(browser, site, folder, width=width)
    visitor.go("/")
    visitor.speak(language)
    visitor.sign_in(key(site, iin), PASSWORD)
    return visitor


def key(site: Site, iin: str) -> Path:
    (path,) = sorted((site.directory / iin).glob("*.p12"))
    return path


def add_address(visitor: Visitor, box: LetterBox) -> None:
    """A slip first, a wrong code, then the right one."""
    page = visitor.page
    visitor.go("/contacts/email/")
    page.locator("#id_address").fill(box.address.replace("@", ""))
    page.locator("form .btn--main").click()
    expect(page.locator('[role="alert"]:visible').first).to_be_visible()
    expect(page.locator("#id_address")).to_have_value(box.address.replace("@", ""))
    page.locator("#id_address").fill(box.address)
    page.locator("form .btn--main").click()
    page.wait_for_url("**/contacts/email/code/")
    code = box.code(1)
    page.locator("#id_code").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    page.locator("form .btn--main").click()
    expect(page.locator("#code-error")).to_be_visible()
    page.locator("#id_code").fill(f"{code[:3]} {code[3:]}")
    page.locator("form .btn--main").click()
    page.wait_for_url("**/contacts/")
    expect(page.locator(".ways__value")).to_have_text(box.address)


def judge(message: EmailMessage, language: str) -> None:
    """What a mail program reads."""
    assert message["Content-Language"] == language
    assert WORDS[language] in message["From"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (calendar,) = calendars_of(message)
    (event,) = calendar.walk("VEVENT")
    alarms = [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
    assert sorted(alarms) == [timedelta(days=-days, hours=9) for days in (14, 7, 1)]
    assert number_of(message) in words_of(message, "html")


def number_of(message: EmailMessage) -> str:
    """By which a reader compares it with the cabinet."""
    (found,) = set(re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b", words_of(message, "plain")))
    return str(found)


def picture(browser: Browser, message: EmailMessage, language: str) -> None:
    """The letter on a phone: nothing to scroll sideways; a picture for who wants to look."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(words_of(message, "html"))
    across = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    assert across <= 0
    assert page.locator("html").get_attribute("lang") == language
    if folder := os.environ.get("CABINET_PAGES"):
        page.screenshot(path=Path(folder) / f"{language}-letter-phone.png", full_page=True)
    page.close()


def read(visitor: Visitor, message: EmailMessage) -> None:
    """By the letter's link: the same number, and one unread notice less."""
    page = visitor.page
    visitor.go("/my/")
    unread = int(page.locator("a.inbox .count").text_content() or "0")
    (address,) = set(re.findall(r"https?://\S+/notices/\w+/", words_of(message, "plain")))
    page.goto(address)
    expect(page.locator("#number")).to_contain_text(number_of(message))
    visitor.go("/my/")
    left = page.locator("a.inbox .count")
    assert (int(left.text_content() or "0") if left.count() else 0) == unread - 1


def leave_and_return(
    browser: Browser,
    site: Site,
    folder: Path,
    visitor: Visitor,
    message: EmailMessage,
    language: str,
) -> None:
    """By the link of the letter, in a browser that has never been here."""
    link = message["List-Unsubscribe"].strip("<>")
    stranger = Visitor(browser, site, folder, width="phone")
    stranger.go(urlsplit(link).path)
    page = stranger.page
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("form .btn--main").click()
    expect(page.locator(".note--ok")).to_be_visible()
    box = visitor.page.locator('#topic-expiry input[type="checkbox"]')
    visitor.go("/contacts/")
    expect(box).not_to_be_checked()
    page.locator('button[name="undo"]').click()
    expect(page.locator("form .btn--main")).to_be_visible()
    visitor.go("/contacts/")
    expect(box).to_be_checked()
    stranger.close()
