"""What goes wrong in front of the screen: each time its sentence, and nothing chosen is lost."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override
from playwright.sync_api import Browser, expect

from cabinet.sentence_table import SENTENCES
from tests.e2e.conftest import Site, person
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

PASSWORD = "BadLuck2026"


def expect_told(visitor: Visitor, code: str) -> None:
    """The page's one error is the sentence of `code`, in Russian, whatever its facts are."""
    with override("ru"):
        words = re.escape(str(SENTENCES[code]))
    pattern = re.compile(re.sub(r"%\\\(\w+\\\)s", ".+", words))
    expect(visitor.page.locator("[data-errors]:visible li")).to_have_text(pattern)
    expect(visitor.page.locator("[data-errors]")).to_be_focused()


def expect_kept(visitor: Visitor, file: Path) -> None:
    """The chosen file is still there, so that only what was wrong is mended."""
    expect(visitor.page.locator("[data-picked]:visible [data-name]")).to_have_text(file.name)
    expect(visitor.page.locator("[data-main]:visible")).to_be_enabled()


def test_every_wrong_file_at_sign_in_gets_its_own_sentence(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    picture = tmp_path / "passport.p12"
    picture.write_bytes(b"%PDF-1.7 and no key at all")
    entering, signing = site.enrol("040404500001", PASSWORD, "rsa")
    revoked = site.key_files("timur")[0]
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/sign-in/")
    for file, password, code in (
        (picture, PASSWORD, "keystore.not_keystore"),
        (revoked, person("timur").password, "certificate.revoked"),
        (signing, PASSWORD, "certificate.key_usage"),
        (entering, "not the password", "keystore.password"),
    ):
        visitor.fill_key(file, password)
        visitor.press()
        expect_told(visitor, code)
        expect_kept(visitor, file)
    # The last one had the right file: the password alone is typed again.
    visitor.page.locator("[data-password] input").fill(PASSWORD)
    visitor.press()
    visitor.page.wait_for_url("**/my/")
    visitor.close()


def test_an_expired_certificate_gets_its_own_page_and_nothing_else(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/sign-in/")
    visitor.fill_key(site.key_files("olga")[0], person("olga").password)
    visitor.press()
    visitor.page.wait_for_url("**/expired/")
    # Since when: the cast's certificate ended nine days ago.
    expect(visitor.page.locator(".note--warn .small")).to_contain_text("9 ")
    visitor.go("/my/")
    visitor.page.wait_for_url("**/sign-in/**")
    visitor.close()


def test_a_wrong_file_and_a_lost_network_at_the_statement(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    entering, signing = site.enrol("040404500002", PASSWORD, "rsa")
    visitor = Visitor(browser, site, tmp_path)
    visitor.sign_in(entering, PASSWORD)
    number = visitor.begin()
    visitor.make_keys(2)
    sent = len(visitor.sent)
    visitor.sign(entering, PASSWORD)
    expect_told(visitor, "renewal.wrong_certificate")
    expect_kept(visitor, entering)
    # It is told before anything is sent.
    assert not any(b"POST" in one for one in visitor.sent[sent:])

    visitor.context.set_offline(True)
    visitor.sign(signing, PASSWORD)
    expect_told(visitor, "ui.offline")
    expect_kept(visitor, signing)
    visitor.context.set_offline(False)
    visitor.press()
    visitor.page.wait_for_url(f"**/renewals/{number}/")
    visitor.wait_until_issued()
    visitor.close()


def test_making_a_key_can_be_cancelled_and_begun_again(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    entering, _signing = site.enrol("040404500003", PASSWORD, "rsa")
    visitor = Visitor(browser, site, tmp_path)
    visitor.sign_in(entering, PASSWORD)
    visitor.begin()
    for name in ("password", "repeat"):
        visitor.page.locator(f'[data-step="make"] [data-field="{name}"] input').fill("NewKey2026")
    visitor.press()
    visitor.page.locator('[data-step="make"] [data-cancel]').click()
    expect_told(visitor, "ui.cancelled")
    expect(visitor.page.locator('[data-step="make"] [data-main]')).to_be_enabled()
    visitor.page.reload()
    # Nothing was kept of it: the page begins with the password.
    expect(visitor.page.locator('[data-step="make"]')).to_be_visible()
    assert len(visitor.make_keys(2)) == 2
    visitor.close()


def test_double_clicks_all_along_make_one_application(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("040404500004", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/sign-in/")
    visitor.fill_key(file, PASSWORD)
    visitor.page.locator("[data-main]").dblclick()
    visitor.page.wait_for_url("**/my/")
    visitor.page.locator("form[action$='/renewals/open/'] button").first.dblclick()
    visitor.page.wait_for_url("**/apply/")
    visitor.page.locator("#id_data_right").check()
    visitor.page.locator("#id_key_held").check()
    visitor.page.locator("form .btn--main").dblclick()
    visitor.page.wait_for_url("**/key/")
    visitor.make_keys(1)
    visitor.fill_key(file, PASSWORD)
    visitor.page.locator("[data-main]:visible").dblclick()
    visitor.wait_until_issued()
    visitor.page.locator('a[href$="/install/"]').first.dblclick()
    visitor.page.wait_for_url("**/install/")
    visitor.page.locator("[data-password] input").fill("NewKey2026")
    with visitor.downloads(1) as saved:
        visitor.page.locator("[data-main]:visible").dblclick()
    visitor.page.wait_for_url("**/installed/")
    assert len(saved) == 1
    visitor.go("/renewals/")
    expect(visitor.page.locator("main tbody tr")).to_have_count(1)
    visitor.close()
