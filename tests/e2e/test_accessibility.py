"""WCAG 2.2 AA by axe on every page in every state, in every language, on phone and desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site, person
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.journey import NEW_PASSWORD, Visitor

pytestmark = pytest.mark.e2e

PASSWORD = "Person2026"
# Of each language: who goes the whole way with a pair, and who has one of everything.
PAIRS = {"kk": "010101500001", "ru": "010101500002", "en": "010101500003"}
COLLECTORS = {"kk": "010101600001", "ru": "010101600002", "en": "010101600003"}
HELP = ("help", "service-centre", "privacy", "accessibility")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_everybody_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    visitor, inspector = begin(browser, site, tmp_path, language)
    for path in ("/", "/sign-in/", "/expired/", "/no-such-page/", "/revoked/"):
        inspector.visit(path)
    for slug in HELP:
        inspector.visit(f"/help/{slug}/")
    inspector.visit("/sign-in/?next=/renewals/", "sign-in for another page")
    inspector.look_at_errors("sign-in")
    visitor.fill_key(site.key_files("timur")[0], person("timur").password)
    inspector.look_at_errors("sign-in by a revoked key")
    visitor.fill_key(site.key_files("olga")[0], person("olga").password)
    visitor.press()
    visitor.page.wait_for_url("**/expired/")
    inspector.look("expired since")
    end(visitor, inspector, 13)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_journey_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    entering, signing = site.enrol(PAIRS[language], PASSWORD, "rsa")
    visitor, inspector = begin(browser, site, tmp_path, language)
    visitor.sign_in(entering, PASSWORD)
    inspector.look("my")
    inspector.visit("/renewals/", "no applications")
    visitor.go("/my/")
    number = apply(visitor, inspector)
    make_keys(visitor, inspector)
    inspector.visit(f"/renewals/{number}/", "status: draft")
    inspector.visit(f"/renewals/{number}/key/", "key is made")
    visitor.go(f"/renewals/{number}/statement/")
    inspector.look_at_errors("statement")
    visitor.sign(signing, PASSWORD)
    visitor.page.wait_for_url(f"**/renewals/{number}/")
    visitor.wait_until_issued()
    inspector.look("status: issued")
    for details in visitor.page.locator("main details").all():
        details.locator("summary").click()
    inspector.look("status: issued, with what can be unfolded")
    inspector.visit("/my/", "my: to be installed")
    inspector.visit(f"/renewals/{number}/install/", "install")
    inspector.look_at_errors("install")
    visitor.install(2)
    inspector.look("installed")
    inspector.visit(f"/renewals/{number}/", "status: installed")
    inspector.visit("/my/", "my: replaced")
    inspector.visit("/renewals/", "applications")
    inspector.visit(f"/renewals/{number}/revoke/", "revoke")
    inspector.look_at_errors("revoke")
    end(visitor, inspector, 19)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    (file,) = site.enrol(COLLECTORS[language], PASSWORD)
    applications = site.every_state(COLLECTORS[language])
    visitor, inspector = begin(browser, site, tmp_path, language)
    visitor.sign_in(file, PASSWORD)
    inspector.look("my: one of everything")
    for state, number in applications.items():
        inspector.visit(f"/renewals/{number}/", f"status: {state}")
    inspector.visit("/renewals/", "applications in every state")
    visitor.go("/my/")
    visitor.page.locator("#id_number").fill("2026-00000000")
    visitor.page.locator("form[action$='/my/find/'] button").click()
    inspector.look("my: no such number")
    links = visitor.page.locator("a[href*='/my/certificates/']").evaluate_all(
        "links => [...new Set(links.map(link => link.pathname))]"
    )
    for count, path in enumerate(links):
        inspector.visit(path, f"certificate {'abcdefghijklmnop'[count]}")
    visitor.page.locator("details.person summary").click()
    inspector.look("the person's menu")
    end(visitor, inspector, 15)


def begin(browser: Browser, site: Site, folder: Path, language: str) -> tuple[Visitor, Inspector]:
    """A visitor who reads this language."""
    visitor = Visitor(browser, site, folder)
    visitor.go("/")
    visitor.speak(language)
    return visitor, Inspector(visitor, language)


def end(visitor: Visitor, inspector: Inspector, pages: int) -> None:
    """Nothing was found, by axe or by the browser itself."""
    assert not inspector.findings, "\n".join(inspector.findings)
    visitor.close()
    assert len(inspector.pages) >= pages, sorted(inspector.pages)


def apply(visitor: Visitor, inspector: Inspector) -> str:
    """Step 2, with its errors."""
    visitor.page.locator("form[action$='/renewals/open/'] button").first.click()
    visitor.page.wait_for_url("**/apply/")
    inspector.look("apply")
    inspector.look_at_errors("apply")
    visitor.page.locator("#id_data_right").check()
    visitor.page.locator("#id_key_held").check()
    visitor.page.locator("form .btn--main").click()
    visitor.page.wait_for_url("**/key/")
    return visitor.path().split("/")[2]


def make_keys(visitor: Visitor, inspector: Inspector) -> None:
    """Step 3: the password with its rules, the saved files."""
    inspector.look("key")
    visitor.page.locator('[data-step="make"] [data-field="password"] input').fill("kilt")
    inspector.look_at_errors("key")
    saved = visitor.invent_password(2, NEW_PASSWORD)
    inspector.look("key: check that it is saved")
    inspector.look_at_errors("key: check that it is saved")
    visitor.prove(saved)
    inspector.look("statement")
