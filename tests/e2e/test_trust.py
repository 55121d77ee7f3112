"""Whom the head trusts, in the browser: delegation, power of attorney, dismissal."""

from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, person
from tests.e2e.journey import Visitor
from tests.e2e.staff_room import PASSWORD, Staff, alert

pytestmark = pytest.mark.e2e


def test_a_delegation_is_given_used_taken_and_then_refused(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    staff = Staff(browser, site, tmp_path)
    people = [f"{staff.employee}:employee:applied", f"{staff.hr}:employee:applied"]
    numbers = staff.hire(f"{staff.head}:head", f"{staff.signer}:signing_right", *people)
    signer = staff.enter(staff.signer)
    signer.go("/approvals/")
    expect(signer.page.locator(".note--warn")).to_be_visible()
    head = staff.enter(staff.head)
    head.go("/organisation/mandates/")
    head.page.locator("#id_person").select_option(index=1)
    head.page.locator("form .btn--main:visible").last.click()
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/organisation/mandates/")
    expect(head.page.locator(".note--ok")).to_be_visible()
    # Used.
    staff.approve(signer, staff.signer, numbers[staff.employee])
    expect(signer.page.locator(".tag--ok")).to_have_count(1)
    # Taken while his page is open: refused, and the application waits on.
    signer.go("/approvals/")
    signer.page.locator('input[name="number"]').check()
    signer.page.locator(".batch .btn--main").click()
    signer.page.wait_for_url("**/sign/**")
    head.page.locator("form[action*='end'] button").first.click()
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/organisation/mandates/")
    signer.sign(staff.key(staff.signer), PASSWORD)
    expect(alert(signer.page)).to_be_visible()
    signer.go("/approvals/")
    expect(signer.page.locator(".note--warn")).to_be_visible()
    head.go("/approvals/")
    expect(head.page.locator('input[name="number"]')).to_have_count(1)
    staff.close()


def test_a_power_of_attorney_counts_when_an_operator_has_checked_it(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    staff = Staff(browser, site, tmp_path)
    people = [f"{staff.employee}:employee:applied", f"{staff.signer}:employee"]
    numbers = staff.hire(f"{staff.head}:head", *people)
    holder = staff.enter(staff.signer)
    holder.go("/power-of-attorney/")
    paper = tmp_path / "доверенность.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(paper)
    wrong = tmp_path / "доверенность.docx"
    wrong.write_bytes(b"PK\x03\x04 not what is wanted")
    last = (timezone.localdate() + timedelta(days=20)).isoformat()
    holder.page.locator('input[name="ends_on"]').fill(last)
    holder.page.locator('input[type="file"]').set_input_files(wrong)
    holder.page.locator("form .btn--main").click()
    expect(alert(holder.page)).to_be_visible()
    expect(holder.page.locator('input[name="ends_on"]')).to_have_value(last)
    holder.page.locator('input[type="file"]').set_input_files(paper)
    holder.page.locator("form .btn--main").click()
    expect(holder.page.locator("main")).to_contain_text("доверенность.pdf")
    holder.go("/approvals/")
    expect(holder.page.locator(".note--warn")).to_be_visible()
    check_as_operator(browser, site, tmp_path, staff.bin)
    staff.approve(holder, staff.signer, numbers[staff.employee])
    expect(holder.page.locator(".tag--ok")).to_have_count(1)
    staff.close()


def check_as_operator(browser: Browser, site: Site, folder: Path, bin_: str) -> None:
    """Look at the paper, then confirm, at the desk."""
    operator = Visitor(browser, site, folder)
    operator.sign_in(site.key_files("operator")[0], person("operator").password)
    operator.go(f"/admin/renewals/mandate/?q={bin_}")
    operator.page.locator("#result_list tbody th a").click()
    with operator.page.expect_download() as download:
        operator.page.locator("#content a[download]").click()
    assert download.value.suggested_filename.endswith(".pdf")
    operator.page.locator("#id_outcome_0").check()
    operator.page.locator("#content input[type=submit]").click()
    operator.page.locator(".messagelist .success").wait_for()
    operator.close()


def test_a_dismissal_ends_certificate_application_and_session(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    staff = Staff(browser, site, tmp_path)
    numbers = staff.hire(f"{staff.head}:head", f"{staff.employee}:employee:applied")
    number = numbers[staff.employee]
    employee = staff.enter(staff.employee)
    employee.go(f"/renewals/{number}/")
    head = staff.enter(staff.head)
    head.go("/organisation/")
    head.page.locator(f"tr:has-text('{number}') a[href*='/organisation/people/']").first.click()
    head.page.locator("form[action$='/dismiss/'] button").click()
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/organisation/")
    expect(head.page.locator(".note--ok")).to_be_visible()
    employee.page.reload()
    employee.page.wait_for_url("**/sign-in/**")
    employee.fill_key(staff.key(staff.employee), PASSWORD)
    employee.press()
    expect(alert(employee.page)).to_be_visible()
    head.go(f"/approvals/{number}/")
    expect(head.page.locator("button[formaction='/approvals/refuse/']")).to_have_count(0)
    staff.close()
