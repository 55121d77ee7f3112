"""An organisation of its own for one browser test, and browsers for its people."""

from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from tests.e2e.conftest import Site
from tests.e2e.journey import Visitor

PASSWORD = "Person2026"
NUMBERS = count(1)


class Staff:
    """An organisation of its own for one test, and browsers for its people."""

    def __init__(self, browser: Browser, site: Site, folder: Path) -> None:
        self.browser, self.site, self.folder = browser, site, folder
        self.visitors: list[Visitor] = []
        # Nobody is in two organisations: every test of this process has numbers of its own.
        self.number = next(NUMBERS)
        self.bin = f"260240000{self.number:03}"
        self.head, self.hr, self.signer, self.employee = self.people(4)

    def people(self, many: int) -> list[str]:
        """As many IINs; the first four have names."""
        return [f"7201013{self.number:02}{n:03}" for n in range(many)]

    def hire(self, *people: str) -> dict[str, str]:
        return self.site.hire(self.bin, PASSWORD, *people)

    def key(self, iin: str) -> Path:
        return self.site.directory / self.bin / f"{iin}.p12"

    def enter(self, iin: str, language: str = "ru", width: str = "desk") -> Visitor:
        """Signed in by the certificate of the organisation."""
        visitor = Visitor(self.browser, self.site, self.folder, width=width)
        self.visitors.append(visitor)
        visitor.go("/")
        visitor.speak(language)
        visitor.sign_in(self.key(iin), PASSWORD)
        return visitor

    def sign(self, visitor: Visitor, iin: str) -> None:
        """On the page that shows the text."""
        visitor.page.wait_for_url("**/sign/**")
        visitor.sign(self.key(iin), PASSWORD)

    def approve(self, visitor: Visitor, iin: str, *numbers: str) -> None:
        """Choose in the queue, read, sign."""
        visitor.go("/approvals/")
        for number in numbers:
            visitor.page.locator(f'input[name="number"][value="{number}"]').check()
        visitor.page.locator(".batch .btn--main").click()
        self.sign(visitor, iin)
        visitor.page.wait_for_url("**/done/")

    def close(self) -> None:
        for visitor in self.visitors:
            visitor.close()


def alert(page: Page) -> Locator:
    """The summary of errors."""
    return page.locator('[role="alert"]:visible')
