"""An organisation in the browser: an employee applies, the head decides about one or about many."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site
from tests.e2e.staff_room import PASSWORD, Staff, alert

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("width", "language"),
    [("phone", "kk"), ("desk", "ru")],
)
def test_an_employee_applies_the_head_approves_the_employee_installs(
    browser: Browser, site: Site, tmp_path: Path, width: str, language: str
) -> None:
    staff = Staff(browser, site, tmp_path)
    staff.hire(f"{staff.head}:head", f"{staff.employee}:employee")
    employee = staff.enter(staff.employee, language, width)
    number = employee.begin()
    employee.make_keys(1)
    employee.sign(staff.key(staff.employee), PASSWORD)
    employee.page.wait_for_url(f"**/renewals/{number}/")
    expect(employee.page.locator(".tag--warn").first).to_be_visible()
    head = staff.enter(staff.head, language, width)
    expect(head.page.locator(".nav .count")).to_have_text("1")
    head.page.locator(".nav a[href='/approvals/']").click()
    head.page.locator(f"a[href='/approvals/{number}/']").click()
    expect(head.page.locator(".doc__text")).to_contain_text(number)
    head.page.locator("form[action='/approvals/approve/'] .btn--main").click()
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/done/")
    expect(head.page.locator(".tag--ok")).to_have_count(1)
    employee.page.reload()
    employee.wait_until_issued()
    employee.page.locator('a[href$="/install/"]').first.click()
    employee.install(1)
    staff.close()


def test_twenty_are_approved_by_one_signature(browser: Browser, site: Site, tmp_path: Path) -> None:
    staff = Staff(browser, site, tmp_path)
    people = [f"{iin}:employee:applied" for iin in staff.people(24)[4:]]
    numbers = staff.hire(f"{staff.head}:head", *people)
    head = staff.enter(staff.head)
    head.go("/approvals/")
    expect(head.page.locator(".nav .count")).to_have_text("20")
    head.page.locator("[data-all-box]").check()
    expect(head.page.locator("[data-count]")).to_contain_text("20")
    head.page.locator(".batch .btn--main").click()
    text = head.page.locator(".doc__text")
    for number in numbers.values():
        expect(text).to_contain_text(number)
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/done/")
    expect(head.page.locator(".tag--ok")).to_have_count(20)
    head.go("/approvals/")
    expect(head.page.locator(".nav .count")).to_have_count(0)
    staff.close()


def test_a_refusal_and_the_second_try(browser: Browser, site: Site, tmp_path: Path) -> None:
    staff = Staff(browser, site, tmp_path)
    numbers = staff.hire(f"{staff.head}:head", f"{staff.employee}:employee:applied")
    first = numbers[staff.employee]
    head = staff.enter(staff.head)
    head.go(f"/approvals/{first}/")
    head.page.locator("button[formaction='/approvals/refuse/']").click()
    head.page.locator("form .btn--main").click()
    head.page.locator('[role="alert"]:visible').wait_for()
    head.page.locator("#reason-documents").check()
    head.page.locator("#id_note").fill("Приложите приказ о назначении")
    head.page.locator("form .btn--main").click()
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/done/")
    employee = staff.enter(staff.employee)
    employee.go(f"/renewals/{first}/")
    expect(employee.page.locator("main")).to_contain_text("Приложите приказ о назначении")
    employee.go("/my/")
    second = employee.begin()
    assert second != first
    employee.make_keys(1)
    employee.sign(staff.key(staff.employee), PASSWORD)
    employee.page.wait_for_url(f"**/renewals/{second}/")
    staff.approve(head, staff.head, second)
    employee.page.reload()
    employee.wait_until_issued()
    staff.close()


def test_somebody_elses_key_and_a_slower_approver_are_told_on_the_page(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    staff = Staff(browser, site, tmp_path)
    numbers = staff.hire(
        f"{staff.head}:head", f"{staff.hr}:hr", f"{staff.employee}:employee:applied"
    )
    number = numbers[staff.employee]
    head, hr = staff.enter(staff.head), staff.enter(staff.hr)
    for visitor in (head, hr):
        visitor.go("/approvals/")
        visitor.page.locator(f'input[value="{number}"]').check()
        visitor.page.locator(".batch .btn--main").click()
        visitor.page.wait_for_url("**/sign/**")
    head.fill_key(staff.key(staff.hr), PASSWORD)
    head.press()
    expect(alert(head.page)).to_be_visible()
    head.sign(staff.key(staff.head), PASSWORD)
    head.page.wait_for_url("**/done/")
    hr.sign(staff.key(staff.hr), PASSWORD)
    expect(alert(hr.page)).to_contain_text(number)
    staff.close()
