"""The operators' desk in a real browser, under the same strict policy as every page."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site, person
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

PAGES = (
    *("", "renewals/renewal/", "pki/certificate/", "renewals/event/", "renewals/signature/"),
    *("pki/revocation/", "cabinet/user/", "cabinet/text/", "cabinet/text/add/"),
    "pki/certificate/?q=040506600027",
)


def test_the_desk_keeps_to_the_strict_policy(browser: Browser, site: Site, tmp_path: Path) -> None:
    operator = Visitor(browser, site, tmp_path)
    operator.sign_in(site.key_files("operator")[0], person("operator").password)
    for page in PAGES:
        operator.go(f"/admin/{page}")
        assert operator.path().split("?")[0] == f"/admin/{page}".split("?")[0]
        assert operator.page.locator("#content").count() == 1
    operator.go("/admin/renewals/event/")
    operator.page.locator("#result_list tbody th a").first.click()
    operator.page.locator("#content h2").first.wait_for()
    operator.close()
