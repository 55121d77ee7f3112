"""A container goes from the application's page to the page that checks it, in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

PASSWORD = "Person2026"
IIN = "010101700009"


@pytest.fixture(scope="module")
def folder(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Containers of every kind, and `number`."""
    found = tmp_path_factory.mktemp("containers")
    number = site._run("-m", "tests.e2e.containers", str(found), IIN, PASSWORD)
    (found / "number").write_text(number.strip())
    return found


def number_of(folder: Path) -> str:
    return (folder / "number").read_text()


def check(visitor: Visitor, container: Path) -> None:
    visitor.page.set_input_files("#id_container", container)
    visitor.page.locator("main form .btn--main").click()
    visitor.page.locator(".outcome").wait_for()


def test_what_is_downloaded_is_believed(
    browser: Browser, site: Site, folder: Path, tmp_path: Path
) -> None:
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/")
    visitor.speak("en")
    visitor.sign_in(folder / f"{IIN}.p12", PASSWORD)
    visitor.go(f"/renewals/{number_of(folder)}/")
    with visitor.page.expect_download() as loading:
        visitor.page.get_by_text("Evidence to check (ASiC-E)").click()
    path = tmp_path / loading.value.suggested_filename
    assert path.name == f"{number_of(folder)}.asice"
    loading.value.save_as(path)
    visitor.page.get_by_role("link", name="Check a document").click()
    check(visitor, path)
    expect(visitor.page.locator("h1")).to_have_text("Whole and unaltered")
    visitor.close()


def test_it_works_without_scripts(browser: Browser, site: Site, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.address}/verify/?number={number_of(folder)}")
    page.set_input_files("#id_container", folder / "own.asice")
    page.locator("main form .btn--main").click()
    expect(page.locator("h1")).to_have_text("Whole and unaltered")
    expect(page.locator("main")).not_to_contain_text("It is another application")
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_can_be_read_by_everybody(
    browser: Browser, site: Site, folder: Path, tmp_path: Path, language: str
) -> None:
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/")
    visitor.speak(language)
    inspector = Inspector(visitor, language)
    inspector.visit("/verify/", "verify")
    inspector.visit(f"/verify/?number={number_of(folder)}", "verify with a number")
    inspector.look_at_errors("verify")
    for name in ("own", "approved", "refused", "altered", "torn"):
        visitor.go(f"/verify/?number={number_of(folder)}")
        check(visitor, folder / f"{name}.asice")
        inspector.look(f"verify {name}")
    assert not inspector.findings, "\n".join(inspector.findings)
    assert len(inspector.pages) == 8
    visitor.close()
