"""A person renews: from the key file he has to the one that works."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from playwright.sync_api import Browser

from tests.e2e.conftest import Site, person
from tests.e2e.journey import NEW_PASSWORD, Visitor

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("slug", "width", "language"),
    [("aigul", "phone", "ru"), ("daniyar", "desk", "kk")],
    ids=["rsa-pair", "p256-single"],
)
def test_an_individual_renews_end_to_end(
    browser: Browser, site: Site, tmp_path: Path, slug: str, width: str, language: str
) -> None:
    who, files = person(slug), site.key_files(slug)
    visitor = Visitor(browser, site, tmp_path, width=width)
    visitor.go("/")
    visitor.speak(language)
    visitor.sign_in(files[0], who.password)
    number = visitor.begin()
    waiting = visitor.make_keys(len(files))
    visitor.sign(files[-1], who.password)
    visitor.page.wait_for_url(f"**/renewals/{number}/")
    visitor.wait_until_issued()
    visitor.page.locator('a[href$="/install/"]').first.click()
    final = visitor.install(len(files))
    assert len(final) == len(waiting) == len(files)
    for path in final:
        key, certificate, _chain = pkcs12.load_key_and_certificates(
            path.read_bytes(), NEW_PASSWORD.encode()
        )
        assert key is not None
        assert isinstance(certificate, x509.Certificate)
        assert certificate.public_key() == key.public_key()
    visitor.close()
