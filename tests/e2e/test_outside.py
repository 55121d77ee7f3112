"""Two operators accept an authority of others in the browser, on a phone and at a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, person
from tests.e2e.journey import Visitor
from tests.e2e.staff_room import PASSWORD
from tests.renewals.outside import Outside

pytestmark = pytest.mark.e2e

SECOND = "730203300014"
ACCEPTED = """
from pki.models import Authority
print(Authority.objects.filter(name="national").values_list("accepted_for", flat=True).first())
"""
FITS = """() => {
    const root = document.documentElement, fields = "#content input, #content textarea";
    const within = (one) => one.getBoundingClientRect().right <= root.clientWidth;
    return root.scrollWidth <= root.clientWidth
        && [...document.querySelectorAll(fields)].every(within);
}"""


def assert_fits(visitor: Visitor) -> None:
    """Nothing has to be moved sideways, on a phone or at a desk."""
    for width in (360, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        assert visitor.page.evaluate(FITS), (width, visitor.path())


def test_two_operators_accept_an_authority(browser: Browser, site: Site, tmp_path: Path) -> None:
    key = site.enrol(SECOND, PASSWORD, "ec")[0]
    site.manage("operators", "add", SECOND)
    outside = Outside()
    (tmp_path / "national.cer").write_bytes(outside.der)
    first = Visitor(browser, site, tmp_path)
    first.sign_in(site.key_files("operator")[0], person("operator").password)
    first.go("/admin/pki/authority/add/")
    assert_fits(first)
    first.page.locator("input[name=name]").fill("national")
    first.page.locator("input[type=file]").set_input_files(tmp_path / "national.cer")
    first.page.locator("input[name=accepted_for][value=both]").check()
    first.page.locator("input[name=crl_url]").fill("http://elsewhere.example/list.crl")
    first.page.locator(".submit-row input").click()
    # A host that nobody has listed: told beside its field, and the certificate is not lost.
    expect(first.page.locator(".form-row.errors")).to_contain_text("elsewhere.example")
    expect(first.page.locator("textarea[name=pem]")).to_have_value(outside.pem.decode())
    assert_fits(first)
    first.page.locator("input[name=crl_url]").fill("")
    first.page.locator(".submit-row input").click()
    first.page.wait_for_url("**/sign/**")
    assert_fits(first)
    first.sign(site.key_files("operator")[0], person("operator").password)
    first.page.wait_for_url("**/admin/renewals/proposal/")
    assert site.shell(ACCEPTED).strip() == "None"

    second = Visitor(browser, site, tmp_path, width="phone")
    second.sign_in(key, PASSWORD)
    second.go("/admin/renewals/proposal/")
    second.page.locator("#result_list tbody th a").first.click()
    expect(second.page.locator("#content-main table").first).to_contain_text("national")
    assert_fits(second)
    second.page.locator("[data-confirm]").click()
    second.page.wait_for_url("**/sign/**")
    second.sign(key, PASSWORD)
    second.page.wait_for_url("**/admin/renewals/proposal/")
    assert site.shell(ACCEPTED).strip() == "both"
    second.go("/admin/pki/authority/")
    # The site's own root may be listed beside it.
    second.page.locator("#result_list a", has_text="national").click()
    expect(second.page.locator("#content-main table").first).to_contain_text("national")
    assert_fits(second)
    for visitor in (first, second):
        assert not visitor.complaints
        visitor.close()
