"""A signature is revoked or suspended in the browser: by its holder, the head, an operator."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, person
from tests.e2e.inspector import LANGUAGES, Inspector
from tests.e2e.journey import Visitor
from tests.e2e.staff_room import PASSWORD, Staff

pytestmark = pytest.mark.e2e

STATUS = """
from pki.models import Certificate, Revocation
rows = Certificate.objects.filter(iin="{iin}")
found = Revocation.objects.filter(serial_hex__in=rows.values("serial_hex"))
print(" ".join(found.values_list("reason", flat=True)) or "good")
"""


def status_of(site: Site, iin: str) -> str:
    return site.shell(STATUS.format(iin=iin)).strip()


def choose(visitor: Visitor, ground: str) -> None:
    visitor.page.locator(f"#ground-{ground}").check()
    visitor.page.locator("form .btn--bad").click()
    visitor.page.wait_for_url("**/sign/**")


@pytest.mark.parametrize(("width", "language"), [("phone", "kk"), ("desk", "ru")])
def test_a_holder_revokes_his_signature_and_is_signed_out(
    browser: Browser, site: Site, tmp_path: Path, width: str, language: str
) -> None:
    iin = {"kk": "730203300011", "ru": "730203300012"}[language]
    keys = site.enrol(iin, PASSWORD, "ec")
    visitor = Visitor(browser, site, tmp_path, width=width)
    visitor.go("/")
    visitor.speak(language)
    visitor.sign_in(keys[0], PASSWORD)
    visitor.page.locator("a[href*='/my/certificates/']").first.click()
    visitor.page.locator("a[href$='/revoke/']").click()
    choose(visitor, "compromised")
    expect(visitor.page.locator(".doc__text")).to_contain_text("keyCompromise")
    visitor.sign(keys[0], PASSWORD)
    visitor.page.wait_for_url("**/revoked/")
    assert status_of(site, iin) == "keyCompromise"
    visitor.go("/my/")
    visitor.page.wait_for_url("**/sign-in/**")
    visitor.close()


def test_a_head_suspends_and_two_operators_release(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    staff = Staff(browser, site, tmp_path)
    staff.hire(f"{staff.head}:head", f"{staff.employee}:employee")
    head = staff.enter(staff.head)
    head.go("/organisation/")
    head.page.locator("a[href*='/organisation/people/']").last.click()
    head.page.locator("a[href$='/revoke/']").first.click()
    choose(head, "suspended")
    staff.sign(head, staff.head)
    expect(head.page.locator("main")).to_be_visible()
    head.page.wait_for_url("**/organisation/")
    held = staff.employee if status_of(site, staff.employee) != "good" else staff.head
    assert (held, status_of(site, held)) == (staff.employee, "certificateHold")

    second_iin = "730203300013"
    second_key = site.enrol(second_iin, PASSWORD, "ec")[0]
    site.manage("operators", "add", second_iin)
    first = Visitor(browser, site, tmp_path)
    first.sign_in(site.key_files("operator")[0], person("operator").password)
    first.go(f"/admin/pki/certificate/?q={staff.employee}")
    first.page.locator("#result_list tbody th a").first.click()
    first.page.locator("a[href$='/release/']").click()
    first.page.locator("input[name=asked_by][value=holder]").check()
    first.page.locator("input[name=identified][value=identity-card]").check()
    first.page.locator("textarea[name=note]").fill("удостоверение 012345678")
    first.page.locator(".submit-row input").click()
    first.page.wait_for_url("**/sign/**")
    first.sign(site.key_files("operator")[0], person("operator").password)
    first.page.wait_for_url("**/admin/**")
    assert status_of(site, staff.employee) == "certificateHold"

    second = Visitor(browser, site, tmp_path)
    second.sign_in(second_key, PASSWORD)
    second.go("/admin/renewals/proposal/")
    second.page.locator("#result_list tbody th a").first.click()
    second.page.locator("main form, #content form").last.wait_for()
    second.page.locator("[data-confirm]").click()
    second.page.wait_for_url("**/sign/**")
    second.sign(second_key, PASSWORD)
    second.page.wait_for_url("**/admin/**")
    assert status_of(site, staff.employee) == "good"
    for visitor in (first, second):
        visitor.close()
    staff.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_revocation_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path, language: str
) -> None:
    staff = Staff(browser, site, tmp_path)
    staff.hire(f"{staff.head}:head", f"{staff.employee}:employee")
    head = staff.enter(staff.head, language)
    inspector = Inspector(head, language)
    inspector.visit("/authority/", "authority")
    head.go("/my/")
    head.page.locator("a[href*='/my/certificates/']").first.click()
    inspector.look("certificate that may be revoked")
    head.page.locator("a[href$='/revoke/']").click()
    inspector.look("revoke one's own")
    head.page.locator("form .btn--bad").click()
    inspector.look("revoke without a reason")
    choose(head, "suspended")
    inspector.look("revocation to sign")
    head.go("/organisation/")
    head.page.locator("a[href*='/organisation/people/']").last.click()
    inspector.look("person whose signature may be revoked")
    head.page.locator("a[href$='/revoke/']").first.click()
    choose(head, "compromised")
    staff.sign(head, staff.head)
    head.page.wait_for_url("**/organisation/")
    assert not inspector.findings, "\n".join(inspector.findings)
    staff.close()
