"""Documents and powers of attorney in the browser: without scripts, and for everybody."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, person
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.journey import Visitor
from tests.e2e.staff_room import Staff
from tests.renewals.sent_files import jpeg, pdf

pytestmark = pytest.mark.e2e


def enter(staff: Staff, language: str) -> Visitor:
    """Its employee, signed in."""
    staff.hire(f"{staff.employee}:employee")
    return staff.enter(staff.employee, language)


def files(folder: Path) -> dict[str, Path]:
    """To be sent."""
    found = {
        "card": ("Жеке куәлік.pdf", pdf()),
        "photo": ("IMG_20261123_a_name_as_long_as_only_telephones_invent_them.jpg", jpeg(900, 600)),
        "broken": ("broken.pdf", pdf()[:-40]),
    }
    for name, data in found.values():
        (folder / name).write_bytes(data)
    return {key: folder / name for key, (name, _data) in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_documents_can_be_sent_and_read_about_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    visitor = enter(Staff(browser, site, tmp_path), language)
    inspector, page, sent = Inspector(visitor, language), visitor.page, files(tmp_path)
    page.locator("form[action$='/renewals/open/'] button").first.click()
    page.wait_for_url("**/apply/")
    inspector.look("apply for an organisation")
    number = visitor.path().split("/")[2]
    address = f"/renewals/{number}/documents/"
    inspector.visit(address, "documents: none")
    inspector.look_at_errors("documents: none")
    for kind, file in (("identity_card", "card"), ("other", "photo"), ("other", "broken")):
        page.locator(f"#kind-{kind}").check()
        page.locator("#id_file").set_input_files(sent[file])
        page.locator("form[enctype] .btn--main").click()
        page.wait_for_load_state()
    expect(page.locator(".papers > li")).to_have_count(2)
    expect(page.locator("#kind-other")).to_be_checked()
    inspector.look("documents: two, and a refusal")
    inspector.visit(f"/renewals/{number}/", "status with documents")
    inspector.visit("/power-of-attorney/", "power: none")
    inspector.look_at_errors("power: none")
    page.locator("#id_file").set_input_files(sent["card"])
    page.locator("form[enctype] .btn--main").click()
    expect(page.locator(".papers > li")).to_have_count(1)
    inspector.look("power: waits")
    page.locator(".papers .btn--bad").click()
    expect(page.locator(".papers .btn--bad")).to_have_count(0)
    inspector.look("power: given up")
    assert not inspector.findings, "\n".join(inspector.findings)
    assert len(inspector.pages) == 9
    visitor.close()


def test_it_works_without_scripts(browser: Browser, site: Site, tmp_path: Path) -> None:
    visitor = enter(Staff(browser, site, tmp_path), "en")
    visitor.page.locator("form[action$='/renewals/open/'] button").first.click()
    visitor.page.wait_for_url("**/renewals/**")
    number = visitor.path().split("/")[2]
    context = browser.new_context(
        java_script_enabled=False,
        accept_downloads=True,
        storage_state=visitor.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{site.address}/renewals/{number}/documents/")
    before = page.locator(".papers > li").count()
    page.locator("#kind-registration").check()
    page.locator("#id_file").set_input_files(files(tmp_path)["card"])
    page.locator("form[enctype] .btn--main").click()
    expect(page.locator(".papers > li")).to_have_count(before + 1)
    with page.expect_download() as loading:
        page.locator(".papers a").last.click()
    assert loading.value.suggested_filename == "Жеке куәлік.pdf"
    assert Path(loading.value.path()).read_bytes() == pdf()
    page.locator(".papers form button").last.click()
    expect(page.locator(".papers > li")).to_have_count(before)
    context.close()
    visitor.close()


def test_an_operator_checks_a_paper(browser: Browser, site: Site, tmp_path: Path) -> None:
    staff = Staff(browser, site, tmp_path)
    visitor = enter(staff, "ru")
    visitor.go("/power-of-attorney/")
    visitor.page.locator("#id_file").set_input_files(files(tmp_path)["card"])
    visitor.page.locator("form[enctype] .btn--main").click()
    expect(visitor.page.locator(".papers .tag--warn")).to_have_count(1)
    operator = Visitor(browser, site, tmp_path)
    operator.sign_in(site.key_files("operator")[0], person("operator").password)
    operator.go(f"/admin/renewals/mandate/?state=unchecked&q={staff.bin}")
    operator.page.locator("#result_list tbody th a").first.click()
    with operator.page.expect_download() as loading:
        operator.page.locator("#content a[download]").click()
    assert Path(loading.value.path()).read_bytes() == pdf()
    operator.page.locator("#id_outcome_0").check()
    operator.page.locator("#content input[type=submit]").click()
    operator.page.wait_for_url("**/admin/renewals/mandate/")
    visitor.page.reload()
    expect(visitor.page.locator(".papers .tag--ok")).to_have_count(1)
    operator.close()
    visitor.close()
