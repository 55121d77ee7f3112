"""A person renews: from the key file he has to the one that works. Nothing secret leaves him."""

import base64
import subprocess
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from playwright.sync_api import Browser

from pki.issuer.lint import pkilint_findings
from tests.e2e.conftest import Site, person
from tests.e2e.journey import NEW_PASSWORD, Visitor

pytestmark = pytest.mark.e2e

JOURNEYS = {"rsa": "030303500001", "ec": "030303500002"}
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def secrets_of(key: Key) -> list[bytes]:
    """What must never be sent: the secret numbers, as bytes."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        return [n.to_bytes((n.bit_length() + 7) // 8) for n in (numbers.p, numbers.q, numbers.d)]
    return [key.private_numbers().private_value.to_bytes(32)]


def finds(sent: list[bytes], secret: bytes) -> bool:
    """Whether a secret was sent: raw, in hex or in base64 at any alignment, escaped or not."""
    forms = [secret, secret.hex().encode(), quote(secret).encode()]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret)
        # Characters at both ends mix with the neighbours' bits.
        forms.append(encoded[4 if shift else 0 : -4])
    whole = [data for one in sent for data in (one, unquote_to_bytes(one))]
    return any(form in data for form in forms for data in whole)


def opened(path: Path, password: str) -> tuple[Key, x509.Certificate, list[x509.Certificate]]:
    """A key file as another program sees it."""
    key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    assert certificate is not None
    return key, certificate, chain


def test_the_search_finds_a_secret_in_every_form() -> None:
    secret = bytes(range(40, 72))
    for shift in range(3):
        body = base64.b64encode(b"x" * shift + secret + b"tail")
        assert finds([b"a=" + body], secret)
        assert finds([quote(b"a=" + body, safe="").encode()], secret)
    assert finds([secret.hex().encode()], secret)
    assert finds([b"before" + secret], secret)
    assert not finds([b"a=" + base64.b64encode(b"y" * 64)], secret)


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
    visitor = Visitor(browser, site, tmp_path, width=width)
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
    require_statement(visitor, number, final[0], tmp_path)
    for path in final:
        require_sound(path, tmp_path)
    require_nothing_secret(visitor, [*files], password, final)
    require_new_key_works(visitor, final, number)
    visitor.close()


def keys_of(site: Site, who: str) -> tuple[list[Path], str]:
    """Key files and password of one of the cast, or of somebody new with that kind of key."""
    if who in JOURNEYS:
        return site.enrol(JOURNEYS[who], "Journey2026", who), "Journey2026"
    return site.key_files(who), person(who).password


def require_sound(path: Path, folder: Path) -> None:
    """OpenSSL opens the file and finds the path; the linter finds nothing."""
    key, certificate, chain = opened(path, NEW_PASSWORD)
    assert certificate.public_key() == key.public_key()
    assert pkilint_findings(certificate.public_bytes(Encoding.DER)) == []
    command = ["openssl", "pkcs12", "-in", str(path), "-noout", "-passin", f"pass:{NEW_PASSWORD}"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    names = [write_pem(folder / "leaf.pem", [certificate]), write_pem(folder / "ca.pem", chain)]
    verify = ["openssl", "verify", "-x509_strict", "-partial_chain", "-CAfile", names[1], names[0]]
    ended = subprocess.run(verify, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def require_statement(visitor: Visitor, number: str, final: Path, folder: Path) -> None:
    """What the status page offers verifies offline, by OpenSSL alone."""
    _key, _certificate, chain = opened(final, NEW_PASSWORD)
    authorities = write_pem(folder / "authorities.pem", chain)
    paths = {}
    for name in ("statement.txt", "statement.p7s"):
        answer = visitor.context.request.get(f"{visitor.site.address}/renewals/{number}/{name}")
        assert answer.status == 200
        paths[name] = folder / name
        paths[name].write_bytes(answer.body())
    command = [
        *["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"],
        *["-in", str(paths["statement.p7s"]), "-content", str(paths["statement.txt"])],
        *["-CAfile", authorities, "-partial_chain", "-purpose", "any", "-out", "/dev/null"],
    ]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def require_nothing_secret(
    visitor: Visitor, old: list[Path], old_password: str, final: list[Path]
) -> None:
    """Neither passwords nor keys are in anything that was sent."""
    assert sum(len(data) for data in visitor.sent) > 5_000
    keys = [opened(path, old_password)[0] for path in old]
    keys += [opened(path, NEW_PASSWORD)[0] for path in final]
    for key in keys:
        for secret in secrets_of(key):
            assert not finds(visitor.sent, secret)
    for password in (old_password, NEW_PASSWORD):
        assert not finds(visitor.sent, password.encode())
    public = (
        keys[-1]
        .public_key()
        .public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    # The public key was sent, in the request: the search would have found the private one.
    assert finds(visitor.sent, public[-60:])


def require_new_key_works(visitor: Visitor, final: list[Path], number: str) -> None:
    """Revoke the old certificates by the new key, then sign in with it; the old file is out."""
    signing = next(path for path in final if not path.name.startswith("AUTH_"))
    entering = next((path for path in final if path.name.startswith("AUTH_")), signing)
    visitor.go(f"/renewals/{number}/revoke/")
    visitor.sign(signing, NEW_PASSWORD)
    visitor.page.wait_for_url(lambda url: "/revoke/" not in url)
    visitor.go("/my/")
    visitor.page.wait_for_url("**/sign-in/**")
    visitor.sign_in(entering, NEW_PASSWORD)


def write_pem(path: Path, certificates: list[x509.Certificate]) -> str:
    """For OpenSSL."""
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates))
    return str(path)


def test_a_revoked_an_expired_and_a_wrong_file_get_their_sentence(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    visitor = Visitor(browser, site, tmp_path)
    visitor.go("/sign-in/")
    visitor.fill_key(site.key_files("timur")[0], person("timur").password)
    visitor.press()
    visitor.page.locator('[role="alert"]:visible').wait_for()
    visitor.fill_key(site.key_files("aigul")[0], "not the password")
    visitor.press()
    visitor.page.locator('[data-password] input[aria-invalid="true"]').wait_for()
    visitor.fill_key(site.key_files("aigul")[1], person("aigul").password)
    visitor.press()
    visitor.page.locator('[role="alert"]:visible').wait_for()
    assert visitor.path() == "/sign-in/"
    visitor.fill_key(site.key_files("olga")[0], person("olga").password)
    visitor.press()
    visitor.page.wait_for_url("**/expired/")
    visitor.close()
