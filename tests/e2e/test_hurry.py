"""Who acts before the page is ready: nothing is lost, and it works as soon as it can."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Site
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

PASSWORD = "Hurry2026"
# What the browser keeps is found only after a second, as on a slow disk.
SLOW_STORE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...names) {
  const real = open.apply(this, names);
  const late = { get result() { return real.result; } };
  real.onupgradeneeded = () => late.onupgradeneeded();
  real.onsuccess = () => setTimeout(() => late.onsuccess(), 1000);
  return late;
};
"""


def test_the_file_and_the_password_given_before_the_script_has_arrived(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("050505500001", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    page = visitor.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/sign-in*.js", hold)
    with page.expect_request("**/sign-in*.js"):
        page.goto(f"{site.address}/sign-in/", wait_until="commit")
    visitor.fill_key(file, PASSWORD)
    expect(page.locator("[data-main]")).to_be_disabled()
    # Nor does the browser send the form by itself, which would lose the file.
    page.locator("[data-password] input").press("Enter")
    assert not any(one.startswith(b"POST") for one in visitor.sent)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("[data-picked]:visible [data-name]")).to_have_text(file.name)
    visitor.press()
    page.wait_for_url("**/my/")
    visitor.close()


def test_pressed_before_the_browser_has_found_the_waiting_key(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    (file,) = site.enrol("050505500002", PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    visitor.sign_in(file, PASSWORD)
    number = visitor.begin()
    visitor.page.add_init_script(SLOW_STORE)
    # The key is made, but whether there was one already is not known at once.
    visitor.page.reload()
    waiting = visitor.make_keys(1)
    visitor.sign(file, PASSWORD)
    visitor.wait_until_issued()
    visitor.go(f"/renewals/{number}/install/")
    final = visitor.install(1)
    assert len(final) == len(waiting) == 1
    visitor.close()
