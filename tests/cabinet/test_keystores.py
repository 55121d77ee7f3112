"""Key files of other programs open in the browser's code; the files it writes open elsewhere."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    PrivateFormat,
    pkcs12,
)

from pki.cms import verify_cms
from pki.csr import parse_request
from tests.cabinet.indefinite import to_ber
from tests.cabinet.node import Calls, calls, find_node
from tests.conftest import SAMPLES
from tests.e2e.key_files import PrivateKey, make_authority, write_by_openssl

NODE = find_node()
OPENSSL = shutil.which("openssl") or ""
KEYTOOL = shutil.which("keytool") or ""
PASSWORD = "Correct1Horse"
PASSWORDS = [PASSWORD, "Құпия сөз №1", "пароль"]
SLOWEST_MS = 20_000
FILES = sorted((SAMPLES / "p12").rglob("*.p12"))

pytestmark = pytest.mark.skipif(NODE is None, reason="node and its packages are not installed")


@dataclass(frozen=True)
class Person:
    """A key with its certificate and who issued that."""

    key: PrivateKey
    certificate: x509.Certificate
    authority: x509.Certificate


def make_person(key: PrivateKey) -> Person:
    authority = make_authority()
    certificate = authority.issue(key.public_key(), "ТЕСТОВ ТЕСТ")
    return Person(key, certificate, authority.certificate)


needs_openssl = pytest.mark.skipif(not OPENSSL, reason="no openssl")
needs_keytool = pytest.mark.skipif(not KEYTOOL, reason="no keytool")


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    with calls(NODE or "", tmp_path_factory.mktemp("node")) as running:
        yield running


@pytest.fixture(scope="module")
def person() -> Person:
    return make_person(rsa.generate_private_key(65537, 2048))


@pytest.fixture(scope="module", params=["RSA-2048", "P-256", "P-384"])
def anybody(request: pytest.FixtureRequest, person: Person) -> Person:
    if request.param == "RSA-2048":
        return person
    return make_person(
        ec.generate_private_key(ec.SECP256R1() if request.param == "P-256" else ec.SECP384R1())
    )


def by_cryptography(person: Person, password: str = PASSWORD) -> bytes:
    encryption = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(
        b"key", person.key, person.certificate, [person.authority], encryption
    )


def by_openssl(person: Person, directory: Path, *options: str, password: str = PASSWORD) -> bytes:
    certificates = [person.certificate, person.authority]
    return write_by_openssl(
        directory, key=person.key, certificates=certificates, password=password, options=options
    )


def serials(call: Calls, file: bytes, password: str = PASSWORD) -> list[str]:
    answer = call("open", file, password)
    assert answer.code == ""
    return [key["serialHex"] for key in answer.value["keys"]]


def serial_of(certificate: x509.Certificate) -> str:
    digits = f"{certificate.serial_number:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def test_it_tells_what_is_in_a_file(call: Calls, anybody: Person) -> None:
    (key,) = call("open", by_cryptography(anybody), PASSWORD).value["keys"]
    der = anybody.certificate.public_bytes(serialization.Encoding.DER)
    assert base64.b64decode(key["certificate"]) == der
    assert key["subjectName"] == "ТЕСТОВ ТЕСТ"
    assert key["purpose"] == "SIGN"
    assert key["serialHex"] == serial_of(anybody.certificate)
    not_after = anybody.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert key["notAfter"] == not_after


@pytest.mark.parametrize("password", PASSWORDS)
def test_it_opens_what_cryptography_wrote(call: Calls, person: Person, password: str) -> None:
    assert serials(call, by_cryptography(person, password), password) == [
        serial_of(person.certificate)
    ]


@needs_openssl
@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-legacy",),
        ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "SHA1"),
        ("-certpbe", "aes-128-cbc", "-keypbe", "des-ede3-cbc", "-macalg", "SHA512"),
        ("-keypbe", "NONE", "-certpbe", "NONE"),
        ("-nomac",),
    ],
    ids=lambda options: " ".join(options) or "default",
)
def test_it_opens_what_openssl_wrote(
    call: Calls, person: Person, tmp_path: Path, options: tuple[str, ...], password: str
) -> None:
    file = by_openssl(person, tmp_path, *options, password=password)
    assert serials(call, file, password) == [serial_of(person.certificate)]


@needs_keytool
@pytest.mark.parametrize(
    "options", [(), ("-J-Dkeystore.pkcs12.legacy",)], ids=["default", "legacy"]
)
def test_it_lists_every_key_that_keytool_wrote(
    call: Calls, tmp_path: Path, options: tuple[str, ...]
) -> None:
    store = tmp_path / "made.p12"
    for alias, kind in (("one", "RSA"), ("two", "EC")):
        command = [KEYTOOL, *options, "-genkeypair", "-alias", alias, "-keyalg", kind, "-dname"]
        command += [f"CN={alias}", "-storetype", "PKCS12", "-keystore", str(store)]
        subprocess.run([*command, "-storepass", PASSWORD], check=True, capture_output=True)
    found = call("open", store.read_bytes(), PASSWORD).value["keys"]
    assert sorted(key["subjectName"] for key in found) == ["one", "two"]


def test_it_opens_indefinite_lengths_and_strings_in_pieces(call: Calls, person: Person) -> None:
    ber = to_ber(by_cryptography(person))
    assert serials(call, ber) == [serial_of(person.certificate)]


@needs_openssl
def test_it_opens_indefinite_lengths_inside_too(
    call: Calls, person: Person, tmp_path: Path
) -> None:
    ber = to_ber(by_openssl(person, tmp_path, "-nomac", "-legacy"), inside=True)
    assert serials(call, ber) == [serial_of(person.certificate)]


def test_a_password_typed_in_two_signs_a_letter_fits(call: Calls, person: Person) -> None:
    composed = "й1"
    assert serials(call, by_cryptography(person, composed), "и\u03061")


@pytest.mark.parametrize("password", ["", "correct1horse", PASSWORD + " ", "Құпия"])
def test_it_refuses_a_wrong_password(call: Calls, person: Person, password: str) -> None:
    assert call("open", by_cryptography(person), password).code == "keystore.password"


def test_it_says_that_a_file_has_no_key(call: Calls, person: Person) -> None:
    encryption = BestAvailableEncryption(PASSWORD.encode())
    file = pkcs12.serialize_key_and_certificates(b"", None, person.certificate, None, encryption)
    assert call("open", file, PASSWORD).code == "keystore.no_key"


@pytest.mark.parametrize("form", ["certificate", "pkcs8", "text"])
def test_it_refuses_what_is_no_key_file(call: Calls, person: Person, form: str) -> None:
    der = serialization.Encoding.DER
    encryption = BestAvailableEncryption(PASSWORD.encode())
    files = {
        "certificate": person.certificate.public_bytes(der),
        "pkcs8": person.key.private_bytes(der, PrivateFormat.PKCS8, encryption),
        "text": "не ключ".encode(),
    }
    assert call("open", files[form], PASSWORD).code == "keystore.not_keystore"


def test_it_signs_so_that_the_portal_accepts_it(call: Calls, anybody: Person) -> None:
    (key,) = call("open", by_cryptography(anybody), PASSWORD).value["keys"]
    text = "Өтініш № 1\nкүні 23.11.2026\n"
    signature = base64.b64decode(call("sign", key["id"], text).value)
    facts = verify_cms(signature, content=text.encode())
    assert facts.signer.der == anybody.certificate.public_bytes(serialization.Encoding.DER)
    assert facts.signing_certificate_checked
    assert not facts.encapsulated


@needs_openssl
def test_it_signs_so_that_openssl_accepts_it(call: Calls, anybody: Person, tmp_path: Path) -> None:
    (key,) = call("open", by_cryptography(anybody), PASSWORD).value["keys"]
    text = "Өтініш\n"
    signature, content, anchor = (tmp_path / name for name in ("s.p7s", "s.txt", "ca.pem"))
    signature.write_bytes(base64.b64decode(call("sign", key["id"], text).value))
    content.write_bytes(text.encode())
    anchor.write_bytes(anybody.authority.public_bytes(serialization.Encoding.PEM))
    command = [OPENSSL, "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"]
    command += ["-in", str(signature), "-content", str(content), "-CAfile", str(anchor)]
    told = subprocess.run(
        [*command, "-out", "/dev/null"], capture_output=True, text=True, check=False
    )
    assert "CAdES Verification successful" in told.stderr, told.stderr


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_a_new_key_becomes_a_file_that_opens_everywhere(
    call: Calls, kind: str, tmp_path: Path
) -> None:
    made = call("generate", kind, PASSWORD, "SIGN-pending.p12").value
    request = base64.b64decode(made["request"])
    facts = parse_request(request)
    assert (facts.key_kind, facts.spki_sha256) == (kind, made["keyId"])
    assert x509.load_der_x509_csr(request).is_signature_valid
    public_key = serialization.load_der_public_key(facts.spki_der)
    assert isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    certificate = make_authority().issue(public_key, "ТЕСТОВ ТЕСТ ӘҒҚҢӨҰҮҺІ")
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    finished = call("finish", made["pending"], PASSWORD, der, []).value
    assert finished["keyId"] == made["keyId"]
    for name, file in (("pending", made["pending"]), ("final", finished["p12"])):
        key, found, _others = pkcs12.load_key_and_certificates(file, PASSWORD.encode())
        assert key
        assert found
        assert key.public_key() == public_key == found.public_key()
        (tmp_path / f"{name}.p12").write_bytes(file)
        _opens_elsewhere(tmp_path / f"{name}.p12")
    assert found == certificate


def _opens_elsewhere(path: Path) -> None:
    openssl = [
        OPENSSL,
        "pkcs12",
        "-in",
        str(path),
        "-passin",
        f"pass:{PASSWORD}",
        "-nodes",
        "-info",
    ]
    keytool = [
        KEYTOOL,
        "-list",
        "-storetype",
        "PKCS12",
        "-keystore",
        str(path),
        "-storepass",
        PASSWORD,
    ]
    if OPENSSL:
        # Names in the output are in the encoding of the file, which is not UTF-8.
        told = subprocess.run(openssl, capture_output=True, check=True).stderr
        assert b"MAC: sha256, Iteration 250000" in told
        assert b"PBES2, PBKDF2, AES-256-CBC, Iteration 250000, PRF hmacWithSHA256" in told
    if KEYTOOL:
        told = subprocess.run(keytool, capture_output=True, check=True).stdout
        assert b"PrivateKeyEntry" in told


def test_a_certificate_for_another_key_is_refused(call: Calls, person: Person) -> None:
    made = call("generate", "P-256", PASSWORD, "pending.p12").value
    der = base64.b64encode(person.certificate.public_bytes(serialization.Encoding.DER)).decode()
    assert call("finish", made["pending"], PASSWORD, der, []).code == "keystore.key_mismatch"


def test_only_the_sha256_family_signs(call: Calls, anybody: Person) -> None:
    (key,) = call("open", by_cryptography(anybody), PASSWORD).value["keys"]
    facts = verify_cms(base64.b64decode(call("sign", key["id"], "x").value), content=b"x")
    is_p384 = facts.signer.key_kind == "P-384"
    expected = hashes.SHA384.name if is_p384 else hashes.SHA256.name
    assert facts.digest_algorithm.replace("-", "").lower() == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("password", ["1234", "password", "cryptography", ""])
def test_any_file_gives_keys_or_a_code(call: Calls, path: Path, password: str) -> None:
    answer = call("open", path.read_bytes(), password)
    assert answer.value or answer.code.startswith("keystore.")
    assert answer.code not in {"keystore.failed", "keystore.cancelled"}
    assert answer.ms < SLOWEST_MS


@pytest.mark.parametrize(
    ("name", "code"),
    [("individual_rsa_sign_expired.p12", ""), ("individual_gost2015.p12", "keystore.gost")],
)
def test_files_of_the_national_authority(call: Calls, name: str, code: str) -> None:
    path = SAMPLES / "knca" / name
    if not path.exists():
        pytest.skip("no samples")
    answer = call("open", path.read_bytes(), "Qwerty12")
    assert answer.code == code
    if not code:
        (key,) = answer.value["keys"]
        assert (key["algorithm"], key["purpose"]) == ("RSA-2048", "SIGN")
