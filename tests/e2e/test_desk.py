"""The operators' desk in a real browser, under the same strict policy as every page."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site, person
from tests.e2e.inspector import Inspector
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

HOLDER = "050505500004"
LISTS = (
    *("renewals/renewal", "pki/certificate", "renewals/event", "renewals/signature"),
    *("pki/revocation", "pki/revocationlist", "pki/servicecertificate", "cabinet/user"),
)
PAGES = (
    *("", "cabinet/text/", "cabinet/text/add/", "pki/authority/", "pki/authority/add/"),
    *("renewals/proposal/", "renewals/mandate/", "renewals/trouble/", "renewals/checkpoint/"),
    *("notifications/delivery/", "pki/certificate/?q=040506600027"),
)


def test_the_desk_keeps_to_the_strict_policy_and_can_be_used_by_everybody(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    operator = Visitor(browser, site, tmp_path)
    operator.go("/")
    operator.speak("kk")
    operator.sign_in(site.key_files("operator")[0], person("operator").password)
    inspector = Inspector(operator, "kk")
    for page in (*PAGES, *(f"{name}/" for name in LISTS)):
        inspector.visit(f"/admin/{page}")
        assert operator.path() == f"/admin/{page}"
        assert operator.page.locator("#content").count() == 1
    for name in LISTS:
        operator.go(f"/admin/{name}/")
        operator.page.locator("#result_list tbody th a").first.click()
        operator.page.locator("#content h2").first.wait_for()
        inspector.look(f"one of {name}")
    site.enrol(HOLDER, "Holder2026")
    operator.go(f"/admin/pki/certificate/?q={HOLDER}")
    operator.page.locator("#result_list tbody th a").first.click()
    operator.page.locator("a[href$='/revoke/']").click()
    operator.page.locator(".submit-row input").click()
    operator.page.locator(".errornote").wait_for()
    inspector.look("revocation with errors")
    assert not inspector.findings, "\n".join(inspector.findings)
    operator.close()
