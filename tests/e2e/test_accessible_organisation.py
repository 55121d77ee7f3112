"""WCAG 2.2 AA by axe on the pages of an organisation, in every language, on phone and desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.staff_room import PASSWORD, Staff

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_approvers_pages_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    staff = Staff(browser, site, tmp_path)
    people = [f"{iin}:employee:applied" for iin in staff.people(7)[4:]]
    numbers = list(staff.hire(f"{staff.head}:head", *people).values())
    head = staff.enter(staff.head, language)
    inspector = Inspector(head, language)
    inspector.visit("/approvals/", "queue")
    head.page.locator(".batch .btn--main").click()
    inspector.look("queue with errors")
    inspector.visit(f"/approvals/{numbers[0]}/", "application")
    head.page.locator("button[formaction='/approvals/refuse/']").click()
    inspector.look("refusal")
    inspector.look_at_errors("refusal")
    head.go("/approvals/")
    for box in head.page.locator('input[name="number"]').all()[:2]:
        box.check()
    head.page.locator(".batch .btn--main").click()
    inspector.look("list to sign")
    inspector.look_at_errors("list to sign")
    head.sign(staff.key(staff.head), PASSWORD)
    head.page.wait_for_url("**/done/")
    inspector.look("list signed")
    inspector.visit(f"/approvals/{numbers[0]}/", "application decided")
    inspector.visit("/approvals/", "queue with what was decided")
    assert not inspector.findings, "\n".join(inspector.findings)
    staff.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_organisations_pages_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    staff = Staff(browser, site, tmp_path)
    number = staff.hire(
        f"{staff.head}:head", f"{staff.signer}:signing_right", f"{staff.employee}:employee:applied"
    )[staff.employee]
    head = staff.enter(staff.head, language)
    inspector = Inspector(head, language)
    inspector.visit("/organisation/", "organisation")
    for details in head.page.locator("main details").all():
        details.locator("summary").click()
    inspector.look("organisation with its table")
    inspector.visit("/organisation/?q=%3F%3F%3F", "organisation: nobody found")
    head.go("/organisation/")
    head.page.locator(f"tr:has-text('{number}') a[href*='/organisation/people/']").first.click()
    inspector.look("person")
    inspector.visit("/organisation/mandates/", "mandates")
    head.page.locator("#id_ends_on").fill("")
    head.page.locator("form .btn--main:visible").last.click()
    inspector.look("mandates with errors")
    inspector.visit("/help/head-guide/", "guide")
    employee = staff.enter(staff.employee, language)
    inspector = Inspector(employee, language, inspector.findings)
    inspector.visit(f"/renewals/{number}/", "status: awaiting approval of an organisation")
    inspector.visit(f"/renewals/{number}/documents/", "documents")
    inspector.look_at_errors("documents")
    inspector.visit("/power-of-attorney/", "power of attorney")
    inspector.look_at_errors("power of attorney")
    inspector.visit("/approvals/", "no right to approve")
    inspector.visit("/organisation/", "organisation for an employee")
    inspector.visit("/verify/", "verification")
    assert not inspector.findings, "\n".join(inspector.findings)
    staff.close()
