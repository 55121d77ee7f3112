"""A person at the portal: what he clicks and types, in the browser."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Download,
    Page,
    Request,
    ViewportSize,
    expect,
)

from tests.chromium import FLAGS, find
from tests.e2e.conftest import Site

NEW_PASSWORD = "NewKey2026"
WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}
PATIENCE_MS = 30_000


class Visitor:
    """One browser window with its own profile, and everything that it sent and complained of."""

    def __init__(
        self,
        browser: Browser,
        site: Site,
        folder: Path,
        *,
        width: str = "desk",
        profile: Path | None = None,
    ) -> None:
        """With a `profile` folder the browser is one that a person closes and opens again."""
        size = WIDTHS[width]
        self.site = site
        self.folder = folder
        self.complaints: list[str] = []
        self.sent: list[bytes] = []
        view: ViewportSize = {"width": size[0], "height": size[1]}
        self.context: BrowserContext = (
            browser.browser_type.launch_persistent_context(
                profile,
                executable_path=find(),
                args=FLAGS,
                viewport=view,
                accept_downloads=True,
                locale="ru-RU",
            )
            if profile
            else browser.new_context(viewport=view, accept_downloads=True, locale="ru-RU")
        )
        self.context.on("request", self._remember)
        self.page = self._open()

    def _open(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self._complain(message.type, message.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))
        return page

    def _complain(self, kind: str, text: str) -> None:
        # A refusal of the server is told on the page; the browser notes its status as well.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)

    def _remember(self, request: Request) -> None:
        self.sent.append(f"{request.method} {request.url} {request.headers}".encode())
        if request.post_data_buffer:
            self.sent.append(request.post_data_buffer)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.site.address}{path}")

    def path(self) -> str:
        return self.page.url.removeprefix(self.site.address)

    def speak(self, language: str) -> None:
        """Choose a language by the buttons of the page."""
        self.page.locator(f'.langs [lang="{language}"]').click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def fill_key(self, file: Path, password: str) -> None:
        self.page.locator('[data-file] input[type="file"]').set_input_files(file)
        self.page.locator("[data-password] input").fill(password)

    def press(self) -> None:
        """The one filled button."""
        self.page.locator("[data-main]:visible").click()

    def sign_in(self, file: Path, password: str) -> None:
        self.go("/sign-in/")
        self.fill_key(file, password)
        self.press()
        self.page.wait_for_url("**/my/")

    def begin(self) -> str:
        """From «Моя ЭЦП» to the new key; returns the number of the application."""
        self.page.locator(
            ".urgent form button, form[action$='/renewals/open/'] button"
        ).first.click()
        self.page.wait_for_url("**/apply/")
        self.page.locator("#id_data_right").check()
        self.page.locator("#id_key_held").check()
        self.page.locator("form .btn--main").click()
        self.page.wait_for_url("**/key/")
        return self.path().split("/")[2]

    def make_keys(self, count: int, password: str = NEW_PASSWORD) -> list[Path]:
        """Invent a password; the waiting files are saved; choose them again."""
        saved = self.invent_password(count, password)
        self.prove(saved)
        return saved

    def invent_password(self, count: int, password: str = NEW_PASSWORD) -> list[Path]:
        self.page.locator('[data-step="make"] [data-field="password"] input').fill(password)
        self.page.locator('[data-step="make"] [data-field="repeat"] input').fill(password)
        with self.downloads(count) as saved:
            self.press()
        expect(self.page.locator('[data-step="prove"] input[type="file"]')).to_have_count(count)
        return saved

    def prove(self, saved: Sequence[Path]) -> None:
        self.choose(saved)
        self.press()
        self.page.wait_for_url("**/statement/")

    def choose(self, files: Sequence[Path]) -> None:
        for file in files:
            purpose = purpose_of(file)
            field = self.page.locator(f'[data-plan="{purpose}"]:visible input[type="file"]')
            field.set_input_files(file)

    def sign(self, file: Path, password: str) -> None:
        self.fill_key(file, password)
        self.press()

    def wait_until_issued(self) -> None:
        self.page.locator('a[href$="/install/"]').first.wait_for()

    def install(self, count: int, password: str = NEW_PASSWORD) -> list[Path]:
        self.page.locator("[data-password] input").fill(password)
        with self.downloads(count) as saved:
            self.press()
        self.page.wait_for_url("**/installed/")
        return saved

    @contextmanager
    def downloads(self, count: int) -> Iterator[list[Path]]:
        """The files that the page saves meanwhile."""
        found: list[Download] = []
        paths: list[Path] = []

        def note(download: Download) -> None:
            found.append(download)

        self.page.on("download", note)
        yield paths
        for _try in range(PATIENCE_MS // 100):
            if len(found) >= count:
                break
            self.page.wait_for_timeout(100)
        self.page.remove_listener("download", note)
        if len(found) != count:
            # Asked only now: where all went well, the page may be on its way to the next.
            pytest.fail(self.page.locator("main").inner_text())
        for download in found:
            path = self.folder / download.suggested_filename
            download.save_as(path)
            paths.append(path)

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, self.complaints


def purpose_of(file: Path) -> str:
    """By the national authority's way of naming."""
    if file.name.startswith("AUTH_"):
        return "AUTH"
    return "SIGN" if file.name.startswith("RSA") else "COMBINED"
