"""Keys in a hardware module: what they sign is read by others; what goes wrong has a name."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.authority import IssuerFacts
from pki.certificate import parse_certificate
from pki.crl_entry import encode_entry
from pki.errors import KeyMismatchError, KeyMissingError, PKIError
from pki.hardware_errors import KeyModuleError, TokenAbsentError, TokenPinError
from pki.issuer.answers import answer_about
from pki.issuer.authorities import NewAuthority, certify_authority
from pki.issuer.cms_writer import seal_content
from pki.issuer.crl_writer import ListPlan, write_list
from pki.issuer.hardware_keys import HardwareKeys
from pki.issuer.keys import NEW_KEYS, key_kind
from pki.issuer.lint import lint
from pki.issuer.pattern import material_of
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign, verify
from pki.profiles import (
    AUTHORITY_PROFILES,
    AuthorityProfile,
    LeafProfile,
    ServiceKind,
    service_profile,
)
from pki.revocation import Reason, RevocationFacts, Status
from tests.list_clients import openssl_accepts, openssl_verify
from tests.pki.issuer.conftest import BASE_URL, COMBINED_FILE, SUBJECT, spki_of, write_pem
from tests.softhsm import MODULE, Token, make_token

NOW = datetime.now(UTC).replace(microsecond=0)
DATA = b"what is signed"


class Pin:
    """What the operator has written down; it may change."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return self.value


class Authority:
    """Root and issuing authority in a token."""

    def __init__(self, name: str, token: Token, profile: AuthorityProfile) -> None:
        self.token, self.pin, self.name = token, Pin(token.pin), name
        self.keys = HardwareKeys(MODULE, token.label, self.pin)
        self.new = self._make(profile)
        self.issuer = IssuerFacts(name, self.new.issuing_der, name, BASE_URL)
        self.chain = [self.new.issuing_der, self.new.root_der]

    def _make(self, profile: AuthorityProfile) -> NewAuthority:
        root = IssuerFacts(f"{self.name}-root", b"", f"{self.name}.root", BASE_URL)
        return certify_authority(
            profile,
            root=root,
            name=self.name,
            root_key=self.keys.make(root.key_name, profile.root_key_kind),
            issuing_key=self.keys.make(self.name, profile.issuing_key_kind),
            keys=self.keys,
            valid_from=NOW - timedelta(days=1),
        )

    def certify(self, spki_der: bytes, profile: LeafProfile = COMBINED_FILE) -> bytes:
        """By the road of all certificates."""
        plan = prepare(
            issuer=self.issuer,
            profile=profile,
            subject_der=SUBJECT,
            spki_der=spki_der,
            serial=new_serial(),
            now=NOW,
        )
        lint(plan)
        der = sign(plan, self.keys)
        compare(plan, der)
        return der

    def assert_signs(self) -> None:
        """And by the right key."""
        verify(material_of(self.issuer).public_key, self.keys.sign(self.issuer, DATA), DATA)

    def fail(self) -> PKIError:
        """What signing raises."""
        with pytest.raises(PKIError) as caught:
            self.keys.sign(self.issuer, DATA)
        assert self.token.pin not in repr(caught.value)
        return caught.value


@pytest.fixture(scope="module")
def kept(tokens: Path) -> dict[str, Authority]:
    """One of each kind, for tests that do it no harm. RSA-4096 takes seconds to make."""
    small = {"rsa": "RSA-2048", "ec": "P-384"}
    found = {}
    for name, profile in AUTHORITY_PROFILES.items():
        changed = AuthorityProfile(
            root_key_kind=small[name],
            issuing_key_kind=profile.issuing_key_kind,
            root_common_name=profile.root_common_name,
            issuing_common_name=profile.issuing_common_name,
            organisation=profile.organisation,
        )
        found[name] = Authority(name, make_token(tokens), changed)
    return found


@pytest.fixture(params=sorted(AUTHORITY_PROFILES))
def made(request: pytest.FixtureRequest, kept: dict[str, Authority]) -> Authority:
    """Each in turn."""
    return kept[request.param]


@pytest.fixture
def ec_made(kept: dict[str, Authority]) -> Iterator[Authority]:
    """The fast one, in order again afterwards."""
    authority = kept["ec"]
    yield authority
    authority.pin.value = authority.token.pin
    authority.assert_signs()


# --- what others read ---------------------------------------------------------------------


def test_a_certificate_and_a_list_hold_before_openssl(made: Authority, tmp_path: Path) -> None:
    leaf = made.certify(spki_of(NEW_KEYS["P-256"]()))
    serial = parse_certificate(leaf).serial_hex
    other = encode_entry("40" * 20, NOW, Reason.SUPERSEDED)
    lists = [
        write_list(ListPlan(made.issuer, number, NOW, NOW + timedelta(days=1)), rows, made.keys)
        for number, rows in enumerate(
            ([other], [other, encode_entry(serial, NOW, Reason.KEY_COMPROMISE)])
        )
    ]
    for one in lists:
        assert openssl_accepts(one, made.new.issuing_der, tmp_path) == "verify OK"
    assert "leaf.pem: OK" in openssl_verify(leaf, made.chain, lists[:1], tmp_path)
    assert "certificate revoked" in openssl_verify(leaf, made.chain, lists[1:], tmp_path)


def test_an_answer_holds_before_openssl(made: Authority, tmp_path: Path) -> None:
    leaf = made.certify(spki_of(NEW_KEYS["P-256"]()))
    facts = RevocationFacts(Status.GOOD, "records", NOW)
    serial = parse_certificate(leaf).serial_hex
    answer = answer_about(serial, facts, issuer=made.issuer, keys=made.keys, now=NOW)
    for name, der in (("leaf", leaf), ("issuing", made.chain[0]), ("root", made.chain[1])):
        write_pem(tmp_path / f"{name}.pem", der)
    (tmp_path / "answer").write_bytes(answer)
    command = ["openssl", "ocsp", "-respin", "answer", "-sha256", "-issuer", "issuing.pem"]
    command += ["-cert", "leaf.pem", "-CAfile", "root.pem", "-no_nonce"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Response verify OK" in done.stderr
    assert "leaf.pem: good" in done.stdout


def test_a_seal_holds_before_openssl(made: Authority, tmp_path: Path) -> None:
    kind = {"rsa": "RSA-2048", "ec": "P-256"}[made.name]
    key = made.keys.make(f"{made.name}.seal", kind)
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    profile = service_profile(ServiceKind.SEAL, longest=timedelta(days=400))
    sealer = IssuerFacts("seal", made.certify(spki, profile), f"{made.name}.seal", BASE_URL)
    (tmp_path / "seal").write_bytes(seal_content(DATA, sealer=sealer, keys=made.keys, now=NOW))
    (tmp_path / "data").write_bytes(DATA)
    for name, der in (("issuing", made.chain[0]), ("root", made.chain[1])):
        write_pem(tmp_path / f"{name}.pem", der)
    chain = b"".join((tmp_path / f"{name}.pem").read_bytes() for name in ("root", "issuing"))
    (tmp_path / "chain.pem").write_bytes(chain)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal"]
    command += ["-content", "data", "-CAfile", "chain.pem"]
    done = subprocess.run(
        [*command, "-purpose", "any"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"CAdES Verification successful" in done.stderr


# --- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_a_key_is_made_once_and_found_by_its_name(kept: dict[str, Authority], kind: str) -> None:
    keys, name = kept["ec"].keys, f"new-{kind}"
    key = keys.make(name, kind)
    assert key_kind(key) == kind
    assert keys.public_key(name) == key
    with pytest.raises(KeyMismatchError):
        keys.make(name, kind)
    assert keys.public_key(name) == key


def test_a_key_never_comes_out(ec_made: Authority) -> None:
    ec_made.keys.open()
    session = ec_made.keys._session
    assert session is not None
    key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=ec_made.name)
    assert (key[pkcs11.Attribute.SENSITIVE], key[pkcs11.Attribute.EXTRACTABLE]) == (True, False)
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        key[pkcs11.Attribute.VALUE]


def test_a_key_that_is_not_there_is_named(ec_made: Authority) -> None:
    facts = IssuerFacts("other", ec_made.new.issuing_der, "elsewhere", BASE_URL)
    with pytest.raises(KeyMissingError) as caught:
        ec_made.keys.sign(facts, DATA)
    assert "elsewhere" in caught.value.facts["path"]
    with pytest.raises(KeyMissingError):
        ec_made.keys.public_key("elsewhere")


def test_another_authoritys_key_signs_nothing(ec_made: Authority) -> None:
    for name, kind in (("stranger", "P-256"), ("strange-rsa", "RSA-2048"), ("third", "P-384")):
        ec_made.keys.make(name, kind)
        facts = IssuerFacts(name, ec_made.new.issuing_der, name, BASE_URL)
        for act in (lambda one: ec_made.keys.sign(one, DATA), ec_made.keys.require_match):
            with pytest.raises(KeyMismatchError):
                act(facts)
    ec_made.keys.require_match(ec_made.issuer)


# --- lost and found again ---------------------------------------------------------------------


def test_a_session_that_was_closed_is_opened_again(ec_made: Authority) -> None:
    ec_made.assert_signs()
    session = ec_made.keys._session
    assert session is not None
    session.close()
    ec_made.assert_signs()


def test_a_module_that_was_finalized_is_initialized_again(ec_made: Authority) -> None:
    ec_made.assert_signs()
    pkcs11.lib(MODULE).finalize()
    ec_made.assert_signs()


def test_a_process_that_was_forked_logs_in_by_itself(ec_made: Authority) -> None:
    ec_made.assert_signs()
    child = os.fork()
    if not child:
        try:
            ec_made.assert_signs()
            os._exit(0)
        except (PKIError, InvalidSignature):
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    ec_made.assert_signs()


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "not yet open"])
def test_a_token_that_is_away_is_told_and_found_when_it_is_back(
    tokens: Path, tmp_path: Path, kept: dict[str, Authority], is_open: bool
) -> None:
    authority = kept["ec"]
    if not is_open:
        authority.keys = HardwareKeys(MODULE, authority.token.label, authority.pin)
    folder = authority.token.folder
    folder.rename(tmp_path / "away")
    for _ in range(2):
        error = authority.fail()
        assert isinstance(error, TokenAbsentError)
        assert error.facts == {"token": authority.token.label}
    (tmp_path / "away").rename(folder)
    authority.assert_signs()


def test_a_module_that_fails_is_told(ec_made: Authority, tokens: Path, tmp_path: Path) -> None:
    tokens.rename(tmp_path / "away")
    assert isinstance(ec_made.fail(), KeyModuleError)
    (tmp_path / "away").rename(tokens)


@pytest.mark.parametrize("module", ["/nowhere/module.so", "libc.so.6", ""])
def test_what_is_no_module_is_told(module: str) -> None:
    with pytest.raises(KeyModuleError) as caught:
        HardwareKeys(module, "ca", lambda: "secret").open()
    assert "secret" not in repr(caught.value)


# --- PIN --------------------------------------------------------------------------------------


def test_a_wrong_pin_is_tried_once_until_there_is_another(ec_made: Authority) -> None:
    ec_made.keys = HardwareKeys(MODULE, ec_made.token.label, ec_made.pin)
    pkcs11.lib(MODULE).finalize()
    ec_made.pin.value = "not the PIN"
    causes = [ec_made.fail() for _ in range(20)]
    assert {type(one) for one in causes} == {TokenPinError}
    assert [one.facts["cause"] for one in causes] == ["PinIncorrect", *["refused before"] * 19]
    ec_made.pin.value = ""
    assert ec_made.fail().facts["cause"] == "missing"
    ec_made.pin.value = ec_made.token.pin
    ec_made.assert_signs()


def test_nothing_shows_the_pin(ec_made: Authority) -> None:
    ec_made.assert_signs()
    shown = repr(ec_made.keys) + str(ec_made.keys)
    assert ec_made.token.label in shown
    assert ec_made.token.pin not in shown
    kept = [value for value in vars(ec_made.keys).values() if not isinstance(value, Pin)]
    assert ec_made.token.pin not in repr(kept)


def test_only_keys_that_x509_carries_are_read(ec_made: Authority) -> None:
    assert isinstance(ec_made.keys.public_key(ec_made.name), ec.EllipticCurvePublicKey)
    assert not isinstance(ec_made.keys.public_key(ec_made.name), rsa.RSAPublicKey)
