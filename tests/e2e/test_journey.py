"""A person renews: from the key file he has to the one that works. Nothing secret leaves him."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser

from tests.e2e.conftest import Site, person
from tests.e2e.journey import NEW_PASSWORD, Visitor, expect_told
from tests.e2e.leaks import finds, secrets_of
from tests.e2e.oracles import opened, require_signed, require_sound
from tests.e2e.wire import Wire, tapped

pytestmark = pytest.mark.e2e

JOURNEYS = {"rsa": "030303500001", "ec": "030303500002"}


@pytest.mark.parametrize(
    ("who", "width", "language"),
    [
        ("aigul", "phone", "ru"),
        ("rsa", "desk", "en"),
        ("daniyar", "desk", "kk"),
        ("ec", "phone", "kk"),
    ],
    ids=["rsa-pair-360", "rsa-pair-1280", "p256-single-1280", "p256-single-360"],
)
def test_an_individual_renews_end_to_end(
    browser: Browser, site: Site, tmp_path: Path, who: str, width: str, language: str
) -> None:
    files, password = keys_of(site, who)
    with tapped(site) as (behind, wire):
        visitor = Visitor(browser, behind, tmp_path, width=width)
        visitor.go("/")
        visitor.speak(language)
        visitor.sign_in(files[0], password)
        number = visitor.begin()
        waiting = visitor.make_keys(len(files))
        visitor.sign(files[-1], password)
        visitor.page.wait_for_url(f"**/renewals/{number}/")
        visitor.wait_until_issued()
        visitor.page.locator('a[href$="/install/"]').first.click()
        final = visitor.install(len(files))
        assert len(final) == len(waiting) == len(files)
        for path in final:
            require_sound(path, NEW_PASSWORD, tmp_path)
        require_statement(visitor, number, final[0])
        require_new_key_works(visitor, final, number)
        require_old_key_is_out(visitor, files[0], password, language)
        visitor.close()
    require_nothing_secret(visitor, wire, files, password, waiting, final)


def keys_of(site: Site, who: str) -> tuple[list[Path], str]:
    """Key files and password of one of the cast, or of somebody new with that kind of key."""
    if who in JOURNEYS:
        return site.enrol(JOURNEYS[who], "Journey2026", who), "Journey2026"
    return site.key_files(who), person(who).password


def require_statement(visitor: Visitor, number: str, final: Path) -> None:
    """What the page of the application offers verifies offline."""
    visitor.go(f"/renewals/{number}/")
    paths = []
    for name in ("statement.txt", "statement.p7s"):
        with visitor.page.expect_download() as download:
            visitor.page.locator(f'a[href$="/{name}"]').click()
        paths.append(visitor.folder / name)
        download.value.save_as(paths[-1])
    _key, _certificate, chain = opened(final, NEW_PASSWORD)
    require_signed(paths[0], paths[1], chain)


def require_new_key_works(visitor: Visitor, final: list[Path], number: str) -> None:
    """The new key revokes the old certificates, and enters."""
    signing = next(path for path in final if not path.name.startswith("AUTH_"))
    entering = next((path for path in final if path.name.startswith("AUTH_")), signing)
    visitor.go(f"/renewals/{number}/revoke/")
    visitor.sign(signing, NEW_PASSWORD)
    visitor.page.wait_for_url("**/revoked/")
    # The session was the old certificate's.
    visitor.go("/my/")
    visitor.page.wait_for_url("**/sign-in/**")
    visitor.sign_in(entering, NEW_PASSWORD)


def require_old_key_is_out(visitor: Visitor, old: Path, password: str, language: str) -> None:
    """The old file is told to be revoked."""
    visitor.sign_out()
    visitor.go("/sign-in/")
    visitor.fill_key(old, password)
    visitor.press()
    expect_told(visitor, "certificate.revoked", language)


def require_nothing_secret(
    visitor: Visitor,
    wire: Wire,
    old: list[Path],
    old_password: str,
    waiting: list[Path],
    final: list[Path],
) -> None:
    """Neither passwords nor keys, nor the files that hold keys, are in anything that was sent."""
    to_the_site = [bytes(one) for one in wire.sent]
    assert sum(len(one) for one in to_the_site) > 5_000
    assert not visitor.elsewhere()
    keys = [opened(path, old_password)[0] for path in old]
    keys += [opened(path, NEW_PASSWORD)[0] for path in [*waiting, *final]]
    secrets = [secret for key in keys for secret in secrets_of(key)]
    secrets += [path.read_bytes()[-600:-400] for path in [*old, *waiting, *final]]
    secrets += [old_password.encode(), NEW_PASSWORD.encode()]
    for secret in secrets:
        assert not finds([*to_the_site, *visitor.sent], secret)
    public = keys[-1].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # The public key was sent, in the request: the search would have found the private one.
    assert finds(to_the_site, public[-60:])
