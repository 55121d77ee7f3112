"""WCAG 2.2 AA by axe on the pages of notices and contacts, in every language, on phone and desk."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.letter_box import LetterBox
from tests.e2e.test_notices import AGAIN, PASSWORD, enter, key
from tests.notifications.smtp_server import ScriptedServer

pytestmark = pytest.mark.e2e

READERS = {"kk": "010101800001", "ru": "010101800002", "en": "010101800003"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_and_contacts_can_be_used_by_everybody(
    browser: Browser, site: Site, mail: ScriptedServer, tmp_path: Path, language: str
) -> None:
    iin = READERS[language]
    visitor = enter(browser, site, tmp_path, iin, language, "desk")
    page, inspector = visitor.page, Inspector(visitor, language)
    box = LetterBox(mail, f"axe.{language}@mail.kz")
    inspector.look("my with notices")
    inspector.visit("/notices/", "inbox")
    page.locator(".told a").first.click()
    inspector.look("notice")
    inspector.visit("/contacts/", "contacts without any")
    inspector.visit("/contacts/sms/", "add a number")
    inspector.visit("/contacts/email/", "add an address")
    inspector.look_at_errors("add an address")
    page.locator("#id_address").fill(box.address)
    page.locator("form .btn--main").click()
    page.wait_for_url("**/code/")
    inspector.look("code")
    inspector.look_at_errors("code")
    page.locator("#id_code").fill(box.code(1))
    page.locator("form .btn--main").click()
    page.wait_for_url("**/contacts/")
    inspector.look("contacts with one")
    inspector.visit("/contacts/email/", "change an address")
    inspector.visit("/contacts/email/remove/", "remove an address")
    page.locator("form .btn--bad").click()
    page.wait_for_url("**/sign/**")
    inspector.look("removal to sign")
    visitor.fill_key(key(site, iin), PASSWORD)
    site.shell(AGAIN.format(iin=iin))
    link = urlsplit(box.with_calendar().message["List-Unsubscribe"].strip("<>"))
    inspector.visit(link.path, "unsubscribe")
    page.locator("form .btn--main").click()
    inspector.look("unsubscribed")
    inspector.visit("/unsubscribe/no-such-token/", "unsubscribe by a bad link")
    assert not inspector.findings, "\n".join(inspector.findings)
    visitor.close()
