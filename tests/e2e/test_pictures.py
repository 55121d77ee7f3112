"""The picture of the README: taken from the running site, kept small."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Site
from tests.e2e.journey import Visitor

pytestmark = pytest.mark.e2e

MOST_BYTES = 120_000
PASSWORD = "Picture2026"


def test_pictures_of_the_cabinet_are_small(browser: Browser, site: Site, tmp_path: Path) -> None:
    folder = Path(os.environ.get("CABINET_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/")
    visitor.speak("ru")
    visitor.sign_in(site.enrol("010203300005", PASSWORD)[0], PASSWORD)
    visitor.page.set_viewport_size({"width": 1100, "height": 720})
    path = folder / "my.png"
    visitor.page.screenshot(path=path)
    visitor.close()
    assert 10_000 < path.stat().st_size < MOST_BYTES
