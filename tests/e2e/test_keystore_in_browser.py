"""The client and the worker of the key files in a real Chromium, under the site's strict policy."""

import base64
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from playwright.sync_api import Browser, Page

from pki.cms import verify_cms
from tests.e2e.key_files import Authority, make_authority, write_by_openssl

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "cabinet" / "frontend"
PAGE = Path(__file__).parent / "pages" / "keystore"
WORKER = FRONTEND / "src" / "keystore" / "keystore.worker.ts"
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types cabinet"
)
TEXT = "Өтініш № 42\nМен, Тестов Тест, куәлікті ұзартуды сұраймын.\n"
PASSWORD = "Password1"
KINDS = [("RSA-2048", rsa.RSAPublicKey), ("P-256", ec.EllipticCurvePublicKey)]


class Handler(SimpleHTTPRequestHandler):
    """Serves one folder with the policy on every answer, and is silent."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # inherited
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_bytes((PAGE / "index.html").read_bytes())
    bundle(PAGE / "page.ts", folder / "page.js")
    bundle(WORKER, folder / "worker.js")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def bundle(source: Path, target: Path) -> None:
    """As build.mjs does it."""
    esbuild = str(FRONTEND / "node_modules" / ".bin" / "esbuild")
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]
    subprocess.run([esbuild, str(source), *options, f"--outfile={target}"], check=True)


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    yield page
    page.close()


@pytest.fixture(autouse=True)
def nothing_is_refused_by_the_policy(page: Page) -> Iterator[None]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield
    assert errors == []
    assert page.evaluate("window.violations") == []


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.mark.parametrize(
    ("password", "options"),
    [
        ("Qwerty12", ()),
        ("Qwerty12", ("-legacy",)),
        ("Құпия1сөз", ()),
        ("Құпия1сөз", ("-legacy",)),
    ],
)
def test_it_opens_a_file_and_signs(
    page: Page, authority: Authority, tmp_path: Path, password: str, options: tuple[str, ...]
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    certificate = authority.issue(key.public_key(), "ТЕСТОВ ТЕСТ")
    certificates = [certificate, authority.certificate]
    made = write_by_openssl(
        tmp_path, key=key, certificates=certificates, password=password, options=options
    )
    (info,) = call(page, "open", as_bytes(made), password)["keys"]
    assert base64.b64decode(info["certificate"]) == certificate.public_bytes(Encoding.DER)
    assert (info["subjectName"], info["purpose"]) == ("ТЕСТОВ ТЕСТ", "SIGN")
    assert int(info["serialHex"], 16) == certificate.serial_number
    cms = base64.b64decode(call(page, "sign", info["id"], TEXT))
    assert_signed(cms, certificate, authority, tmp_path)


def test_it_refuses_a_wrong_password(page: Page, authority: Authority, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificates = [authority.issue(key.public_key(), "ТЕСТОВ ТЕСТ")]
    made = write_by_openssl(tmp_path, key=key, certificates=certificates, password="Qwerty12")
    assert refused(page, "open", as_bytes(made), "Qwerty13") == "keystore.password"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 and no key at all", "keystore.not_keystore"),
        (bytes(1024 * 1024 + 1), "keystore.too_large"),
    ],
)
def test_it_refuses_what_is_no_key_file(page: Page, content: bytes, code: str) -> None:
    assert refused(page, "open", as_bytes(content), "Qwerty12") == code


@pytest.mark.parametrize(("kind", "public_type"), KINDS)
def test_a_new_key_waits_is_finished_and_signs(
    page: Page, authority: Authority, tmp_path: Path, kind: str, public_type: type[object]
) -> None:
    made = call(page, "generate", kind, PASSWORD, "42_жаңа.p12")
    request = x509.load_der_x509_csr(base64.b64decode(made["request"]))
    public_key = request.public_key()
    assert request.is_signature_valid
    assert isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    assert isinstance(public_key, public_type)
    assert call(page, "reopen", made["pending"], PASSWORD) == made["keyId"]

    certificate = authority.issue(public_key, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ")
    encoded = [
        base64.b64encode(one.public_bytes(Encoding.DER)).decode()
        for one in (certificate, authority.certificate)
    ]
    finished = call(page, "finish", made["pending"], PASSWORD, encoded[0], encoded[1:])
    assert finished["keyId"] == made["keyId"]
    opened = pkcs12.load_pkcs12(base64.b64decode(finished["p12"]["base64"]), PASSWORD.encode())
    assert opened.key is not None
    assert opened.key.public_key() == public_key
    assert opened.cert is not None
    assert opened.cert.certificate == certificate
    assert [one.certificate for one in opened.additional_certs] == [authority.certificate]

    cms = base64.b64decode(call(page, "sign", finished["keyId"], TEXT))
    assert_signed(cms, certificate, authority, tmp_path)


def test_a_certificate_for_another_key_is_not_joined(page: Page, authority: Authority) -> None:
    made = call(page, "generate", "P-256", PASSWORD, "42")
    other = authority.issue(ec.generate_private_key(ec.SECP256R1()).public_key(), "ТЕСТОВ")
    encoded = base64.b64encode(other.public_bytes(Encoding.DER)).decode()
    code = refused(page, "finish", made["pending"], PASSWORD, encoded, [])
    assert code == "keystore.key_mismatch"


def test_the_page_does_not_stand_still(page: Page) -> None:
    work = "window.call('generate', 'P-256', 'Password1', '42')"
    answers = [page.evaluate(work) for _ in range(3)]
    # Most of it is one stretch of derivation. The best of three: other tests run beside this one.
    assert min(answer["gap"] / answer["ms"] for answer in answers) < 0.25


def test_work_can_be_cancelled_and_begun_again(page: Page) -> None:
    assert page.evaluate("window.cancelled()") == "keystore.cancelled"
    assert call(page, "generate", "P-256", PASSWORD, "42")["keyId"]


def test_a_worker_of_another_site_is_not_started(page: Page) -> None:
    assert page.evaluate("window.fromElsewhere()") == "keystore.failed"


def test_trusted_types_are_enforced_here(page: Page) -> None:
    assert page.evaluate("window.isGuarded()") is True


def call(page: Page, name: str, *args: object) -> Any:
    """The value of a call that succeeds."""
    answer = page.evaluate("([name, args]) => window.call(name, ...args)", [name, list(args)])
    assert "code" not in answer, answer
    return answer["value"]


def refused(page: Page, name: str, *args: object) -> str:
    """The code of a call that does not."""
    answer = page.evaluate("([name, args]) => window.call(name, ...args)", [name, list(args)])
    return str(answer["code"])


def as_bytes(content: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(content).decode()}


def assert_signed(
    cms: bytes, certificate: x509.Certificate, authority: Authority, directory: Path
) -> None:
    """OpenSSL and our own verifier say so, and neither takes another text."""
    facts = verify_cms(cms, content=TEXT.encode())
    assert facts.signer.der == certificate.public_bytes(Encoding.DER)
    assert facts.signing_certificate_checked
    assert not facts.encapsulated
    assert run_openssl(cms, TEXT, authority, directory).returncode == 0
    assert run_openssl(cms, TEXT + " ", authority, directory).returncode != 0


def run_openssl(
    cms: bytes, text: str, authority: Authority, directory: Path
) -> subprocess.CompletedProcess[bytes]:
    names = ("signature.der", "text.txt", "root.pem")
    signature, content, root = (directory / name for name in names)
    signature.write_bytes(cms)
    content.write_bytes(text.encode())
    root.write_bytes(authority.pem)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"]
    given = ["-in", str(signature), "-content", str(content), "-CAfile", str(root)]
    return subprocess.run([*command, *given, "-out", "/dev/null"], capture_output=True, check=False)
