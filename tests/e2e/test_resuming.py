"""Closed, gone back, done twice, done elsewhere: nothing is lost and nothing happens twice."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

PASSWORD = "Resume2026"


def go_on(visitor: Visitor, number: str) -> None:
    """From «Моя ЭЦП» to where the application stands."""
    visitor.go(f"/renewals/{number}/")
    visitor.page.locator("main .btn--main").first.click()


def test_a_browser_closed_after_every_step_goes_on_where_it_was(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("020202500001", PASSWORD)
    profile = tmp_path / "profile"

    def come_back() -> Visitor:
        visitor = Visitor(browser, site, tmp_path, profile=profile)
        visitor.go("/my/")
        if "/sign-in/" in visitor.path():
            visitor.sign_in(file, PASSWORD)
        return visitor

    visitor = come_back()
    number = visitor.begin()
    visitor.close()

    visitor = come_back()
    go_on(visitor, number)
    visitor.page.wait_for_url("**/key/")
    visitor.make_keys(1)
    visitor.close()

    visitor = come_back()
    go_on(visitor, number)
    visitor.page.wait_for_url("**/statement/")
    visitor.sign(file, PASSWORD)
    visitor.wait_until_issued()
    visitor.close()

    visitor = come_back()
    go_on(visitor, number)
    visitor.page.wait_for_url("**/install/")
    # The waiting key was kept in this browser: the password alone is asked for.
    expect(visitor.page.locator("[data-here]")).to_be_visible()
    visitor.install(1)
    visitor.close()


def test_another_computer_installs_from_the_waiting_file(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("020202500002", PASSWORD)
    here = Visitor(browser, site, tmp_path)
    here.sign_in(file, PASSWORD)
    number = here.begin()
    waiting = here.make_keys(1)
    here.sign(file, PASSWORD)
    here.wait_until_issued()
    here.close()

    elsewhere = Visitor(browser, site, tmp_path, width="phone")
    elsewhere.sign_in(file, PASSWORD)
    elsewhere.go(f"/renewals/{number}/install/")
    expect(elsewhere.page.locator("[data-elsewhere]")).to_be_visible()
    elsewhere.choose(waiting)
    elsewhere.install(1)
    elsewhere.close()


def test_back_twice_and_in_two_windows_is_one_application(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("020202500003", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    visitor.sign_in(file, PASSWORD)
    number = visitor.begin()
    second = visitor.context.new_page()
    second.goto(f"{site.address}/my/")
    second.locator("main .btn--main").first.click()
    second.wait_for_url(f"**/renewals/{number}/**")
    visitor.make_keys(1)
    second.goto(f"{site.address}/renewals/{number}/statement/")
    visitor.fill_key(file, PASSWORD)
    visitor.page.locator("[data-main]:visible").dblclick()
    visitor.wait_until_issued()
    visitor.page.go_back()
    visitor.page.wait_for_load_state()
    # The other window still shows the statement: signing it again leads to the same place.
    second.locator('[data-file] input[type="file"]').set_input_files(file)
    second.locator("[data-password] input").fill(PASSWORD)
    second.locator("[data-main]:visible").click()
    second.wait_for_function(
        "() => !location.pathname.endsWith('/statement/')"
        " || document.querySelector('[role=alert]:not([hidden])')"
    )
    visitor.go("/renewals/")
    assert visitor.page.locator("main").inner_text().count("2026-") == 1
    visitor.close()


def test_a_lost_waiting_key_leads_to_a_fresh_start(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("020202500004", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    visitor.sign_in(file, PASSWORD)
    number = visitor.begin()
    visitor.make_keys(1)
    visitor.sign(file, PASSWORD)
    visitor.wait_until_issued()
    visitor.page.locator("details.more summary").first.click()
    visitor.page.locator("details.more form button").first.click()
    visitor.page.wait_for_url("**/apply/")
    assert number not in visitor.path()
    visitor.close()


def test_who_uses_no_mouse_signs_in(browser: Browser, site: Site, tmp_path: Path) -> None:
    (file,) = site.enrol("020202500005", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/sign-in/")
    visitor.page.locator('[data-file] input[type="file"]').set_input_files(file)
    visitor.page.locator('[data-file] input[type="file"]').focus()
    for _step in range(6):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.type") == "password":
            break
    visitor.page.keyboard.type(PASSWORD)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/my/")
    visitor.close()
