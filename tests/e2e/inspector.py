"""Looks at pages with axe, at two widths, and remembers what it finds."""

import json
import os
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.journey import WIDTHS, Visitor
from tests.processes import ROOT

AXE = ROOT / "cabinet" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What axe would load once more by itself, the site's policy forbids; no rule of these needs it.
RUN = """tags => axe.run(document, {runOnly: tags, preload: false}).then(
    found => found.violations.map(
    violation => [violation.id, violation.nodes.map(node => node.target.join(' '))]))"""
ACROSS = "document.scrollingElement.scrollWidth - window.innerWidth"
LANGUAGES = ("kk", "ru", "en")


class Inspector:
    """Runs axe on what is shown, at both widths, and remembers every finding."""

    def __init__(self, visitor: Visitor, language: str, findings: list[str] | None = None) -> None:
        self.visitor = visitor
        self.language = language
        self.script = AXE.read_text()
        self.findings: list[str] = findings or []
        self.pages: set[str] = set()

    def look(self, name: str) -> None:
        """At the page as it stands."""
        page = self.visitor.page
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        page.evaluate(self.script)
        for label, (width, height) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            found = page.evaluate(RUN, TAGS)
            self.findings += [f"{name} {label}: {json.dumps(one)}" for one in found]
            across = page.evaluate(ACROSS)
            if across > 0:
                self.findings.append(f"{name} {label}: scrolls sideways by {across}")
            self._keep_picture(name, label)
        self.pages.add(name)

    def visit(self, path: str, name: str = "") -> None:
        """Go there and look."""
        self.visitor.go(path)
        self.look(name or path)

    def look_at_errors(self, name: str) -> None:
        """Send the form as it is, and look at what is said."""
        self.visitor.page.locator("form .btn--main:visible, form [data-main]:visible").click()
        self.visitor.page.locator('[role="alert"]:visible').wait_for()
        self.look(f"{name} with errors")

    def _keep_picture(self, name: str, label: str) -> None:
        # For people who want to look themselves: CABINET_PAGES names a folder.
        if folder := os.environ.get("CABINET_PAGES"):
            file = re.sub(r"[^a-z-]+", "-", f"{self.language}-{name}-{label}".lower())
            self.visitor.page.screenshot(path=Path(folder) / f"{file}.png", full_page=True)
