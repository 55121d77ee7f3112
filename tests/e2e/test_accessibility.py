"""WCAG 2.2 AA by axe on every page of the journey, in every language, on phone and desk."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site
from tests.e2e.journey import WIDTHS, Visitor
from tests.processes import ROOT

pytestmark = pytest.mark.e2e

AXE = ROOT / "cabinet" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "Person2026"
IINS = {"kk": "010101500001", "ru": "010101500002", "en": "010101500003"}
PUBLIC = ("/", "/sign-in/", "/expired/", "/help/service-centre/", "/no-such-page/")


class Inspector:
    """Runs axe on what is shown, at both widths, and remembers every finding."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.script = AXE.read_text()
        self.findings: list[str] = []
        self.pages = 0

    def look(self, name: str) -> None:
        page = self.visitor.page
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(self.script)
            found = page.evaluate(
                "tags => axe.run(document, {runOnly: tags}).then(r => r.violations.map("
                "v => [v.id, v.nodes.map(n => n.target.join(' '))]))",
                TAGS,
            )
            self.findings += [f"{name} {width}: {json.dumps(one)}" for one in found]
            across = page.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
            if across > 0:
                self.findings.append(f"{name} {width}: scrolls sideways by {across}")
        self.pages += 1


@pytest.mark.parametrize("language", sorted(IINS))
def test_every_page_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    (file,) = site.enrol(IINS[language], PASSWORD)
    visitor = Visitor(browser, site, tmp_path)
    inspector = Inspector(visitor)
    visitor.go("/")
    visitor.speak(language)
    for path in PUBLIC:
        visitor.go(path)
        inspector.look(path)
    visitor.go("/sign-in/")
    visitor.press()
    visitor.page.locator('[role="alert"]:visible').wait_for()
    inspector.look("sign-in with errors")
    walk(visitor, inspector, file)
    visitor.close()
    assert inspector.pages >= 18
    assert not inspector.findings, "\n".join(inspector.findings)


def walk(visitor: Visitor, inspector: Inspector, file: Path) -> None:
    """The journey, with a look at every page of it."""
    page = visitor.page
    visitor.sign_in(file, PASSWORD)
    inspector.look("my")
    page.locator("form[action$='/renewals/open/'] button").first.click()
    page.wait_for_url("**/apply/")
    inspector.look("apply")
    page.locator("form .btn--main").click()
    page.locator('[role="alert"]:visible').wait_for()
    inspector.look("apply with errors")
    page.locator("#id_data_right").check()
    page.locator("#id_key_held").check()
    page.locator("form .btn--main").click()
    page.wait_for_url("**/key/")
    number = visitor.path().split("/")[2]
    inspector.look("key")
    visitor.make_keys(1)
    inspector.look("statement")
    visitor.sign(file, PASSWORD)
    page.wait_for_url(f"**/renewals/{number}/")
    visitor.wait_until_issued()
    inspector.look("status")
    page.locator('a[href$="/install/"]').first.click()
    page.wait_for_url("**/install/")
    inspector.look("install")
    visitor.install(1)
    inspector.look("installed")
    for path in (f"/renewals/{number}/revoke/", "/my/", "/renewals/", f"/renewals/{number}/"):
        visitor.go(path)
        inspector.look(path)
    page.locator("a[href*='/my/certificates/'], a[href*='/my/']").last.click()
    inspector.look("certificate")
