"""Files that nobody here wrote: none of them gets through, none crashes, none takes a second."""

import base64
import csv
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pki.certificate import Purpose, Role, Storage, parse_certificate
from pki.chain import Usage, validate_path
from pki.cms import verify_cms
from pki.crl import read_crl
from pki.crl_scope import scope_of
from pki.csr import parse_request
from pki.errors import KeyClosePrimesError, PKIError
from tests.conftest import SAMPLES

CHALLENGE = b"Sign in to the portal\n2026-11-23T12:00:00Z\n"
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")


def rows(folder: str) -> list[dict[str, str]]:
    """The index, or nothing where the samples are absent."""
    path = SAMPLES / folder / "index.tsv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def files(folder: str) -> list[Path]:
    found = (path for path in (SAMPLES / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if path.name not in {"README.md", "index.tsv"})


def short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@contextmanager
def within_a_second() -> Iterator[None]:
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started < 1


def refusal(work: Callable[[], object]) -> str:
    """The code of the error, or '' if there was none; anything but our errors passes through."""
    with within_a_second():
        try:
            work()
        except PKIError as error:
            return error.code
    return ""


# --- requests -----------------------------------------------------------------------------------

# With a weak key and PSS padding or text before the armour the first thing wrong is named.
WEAK = {"key.size", "key.close_primes", "request.weak_hash", "key.type", "request.malformed"}


@pytest.mark.parametrize("row", rows("csr"), ids=lambda row: row["file"])
def test_requests_are_judged_as_the_index_expects(row: dict[str, str]) -> None:
    data = (SAMPLES / "csr" / row["file"]).read_bytes()
    code = refusal(lambda: parse_request(data))
    assert code == refusal(lambda: parse_request(data))
    if row["expected"].startswith("REJECT"):
        assert code.partition(".")[0] in {"request", "key"}
    if row["expected"].startswith("REJECT weak"):
        assert code in WEAK
    if row["expected"].startswith("WELL-FORMED"):
        assert code in {"", "key.published", "request.weak_hash"}


def test_requests_with_fermats_weakness_are_named() -> None:
    found = [row for row in rows("csr") if "Fermat" in row["expected"]]
    for row in found:
        block = BLOCK.search((SAMPLES / "csr" / row["file"]).read_bytes())
        assert block
        data = base64.b64decode(block[2])
        with pytest.raises(KeyClosePrimesError):
            parse_request(data)


@pytest.mark.parametrize("path", files("p12"), ids=short)
def test_a_key_store_is_named_where_a_request_is_expected(path: Path) -> None:
    code = refusal(lambda: parse_request(path.read_bytes()))
    assert code in {"request.key_store", "request.malformed", "request.too_large"}
    if path.read_bytes()[:1] == b"\x30" and path.stat().st_size < 16_384:
        assert code == "request.key_store"


@pytest.mark.parametrize("name", ["individual_rsa_sign_expired.p12", "individual_gost2015.p12"])
def test_the_authoritys_own_key_stores_are_named(samples: Path, name: str) -> None:
    data = (samples / "knca" / name).read_bytes()
    assert refusal(lambda: parse_request(data)) == "request.key_store"


# --- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", files("cms"), ids=short)
def test_no_signature_of_somebody_else_answers_our_challenge(path: Path) -> None:
    data = path.read_bytes()
    assert refusal(lambda: verify_cms(data, content=CHALLENGE))
    block = BLOCK.search(data)
    if block:
        body = base64.b64decode(b"".join(block[2].split()))
        assert refusal(lambda: verify_cms(body, content=CHALLENGE))


@pytest.mark.parametrize("path", files("knca") + files("ocsp"), ids=short)
def test_nothing_else_of_the_samples_is_a_signature_or_a_request(path: Path) -> None:
    data = path.read_bytes()
    assert refusal(lambda: verify_cms(data, content=CHALLENGE))
    assert refusal(lambda: parse_request(data))
    refusal(lambda: parse_certificate(data))


# --- lists --------------------------------------------------------------------------------------

# As long as a list without an end may be used; the index says so.
LONGEST = timedelta(days=7)


def verdict(data: bytes, moment: datetime) -> str:
    """What the list says of the certificate in a sample: GOOD, REVOKED, or UNKNOWN if nothing.

    By whichever of the issuer's certificates has signed it: some have gone over to a new key.
    """
    blocks = [(name.decode(), base64.b64decode(body)) for name, body in BLOCK.findall(data)]
    parts = dict(blocks)
    for name, issuer_der in blocks:
        if not name.startswith("CA CERTIFICATE"):
            continue
        try:
            found = read_crl(
                parts["CRL"],
                issuer_der=issuer_der,
                moment=moment,
                scope=scope_of(parts["CERTIFICATE"]),
                longest=LONGEST,
            )
            return found.status(parse_certificate(parts["CERTIFICATE"]).serial_hex).status.name
        except PKIError:
            continue
    return "UNKNOWN"


@pytest.mark.parametrize("row", rows("crl/boringssl"), ids=lambda row: row["file"])
def test_lists_are_judged_as_the_index_expects(row: dict[str, str]) -> None:
    data = (SAMPLES / "crl" / "boringssl" / row["file"]).read_bytes()
    moment = datetime.fromisoformat(row["verify_time"].partition(" ")[0].replace("Z", "+00:00"))
    with within_a_second():
        assert verdict(data, moment) == row["expected"].partition(" ")[0]


@pytest.mark.parametrize("path", files("crl"), ids=short)
def test_no_list_crashes_the_reader(path: Path) -> None:
    issuer = SAMPLES / "knca" / "ca" / "nca_rsa_test.crt"
    data = path.read_bytes()
    for moment in (datetime(2017, 3, 9, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)):
        assert refusal(
            lambda moment=moment: read_crl(  # type: ignore[misc]
                data, issuer_der=der_of(issuer), moment=moment
            )
        )


# --- the national authority's test material -----------------------------------------------------


def der_of(path: Path) -> bytes:
    data = path.read_bytes()
    block = BLOCK.search(data)
    return base64.b64decode(block[2]) if block else data


def test_the_old_pair_is_read_as_the_authority_means_it(samples: Path) -> None:
    folder = samples / "knca" / "certs"
    sign = parse_certificate(der_of(folder / "individual_valid_sign_2004_rsa.cer"))
    auth = parse_certificate(der_of(folder / "individual_valid_sign_2004_rsa_auth.cer"))
    assert (sign.purpose, auth.purpose) == (Purpose.SIGN, Purpose.AUTH)
    for facts in (sign, auth):
        assert facts.key_kind == "RSA-2048"
        assert facts.roles == (Role.INDIVIDUAL,)
        assert facts.storage is Storage.UNKNOWN
        assert facts.subject.iin == "123456789011"
        assert facts.subject.full_name == "ТЕСТОВ ТЕСТ ТЕСТОВИЧ"
        assert (facts.subject.surname, facts.subject.given_name) == ("ТЕСТОВ", "ТЕСТ")
        assert facts.subject.patronymic == "ТЕСТОВИЧ"
        assert facts.subject.country == "KZ"
        assert facts.not_after.date().isoformat() == "2023-01-18"
        assert not facts.is_ca


def test_a_head_of_an_organisation_is_read(samples: Path) -> None:
    path = samples / "knca" / "certs" / "ceo_valid_sign_2004_gost.cer"
    facts = parse_certificate(der_of(path))
    assert facts.key_kind == "GOST-2004"
    assert facts.purpose is Purpose.SIGN
    assert facts.roles == (Role.LEGAL_ENTITY, Role.HEAD)
    assert facts.subject.organisation == 'АО "ТЕСТ"'
    assert facts.subject.bin == "123456789021"
    assert len(facts.spki_sha256) == 64


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nca_gost2022_test.cer", "GOST-2015-512"),
        ("root_test_gost_2022.cer", "GOST-2015-512"),
        ("nca_gost_test.crt", "GOST-2004"),
        ("nca_rsa_test.crt", "RSA-"),
    ],
)
def test_authorities_are_read(samples: Path, name: str, kind: str) -> None:
    facts = parse_certificate(der_of(samples / "knca" / "ca" / name))
    assert facts.is_ca
    assert facts.key_kind.startswith(kind)
    assert facts.purpose is Purpose.OTHER


@pytest.mark.parametrize(
    ("name", "anchor", "code"),
    [
        ("individual_valid_sign_2004_rsa.cer", "nca_rsa_test.crt", "certificate.expired"),
        ("individual_valid_sign_2004_rsa_auth.cer", "nca_rsa_test.crt", "certificate.expired"),
        (
            "individual_valid_sign_2004_rsa.cer",
            "nca_gost_test.crt",
            "certificate.unknown_issuer",
        ),
        (
            "ceo_valid_sign_2004_gost.cer",
            "nca_gost_test.crt",
            "certificate.unsupported_algorithm",
        ),
    ],
)
def test_the_authoritys_certificates_are_judged(
    samples: Path, name: str, anchor: str, code: str
) -> None:
    certificate = der_of(samples / "knca" / "certs" / name)
    pinned = der_of(samples / "knca" / "ca" / anchor)
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    found = refusal(
        lambda: validate_path(
            certificate, intermediates=[], anchors=[pinned], moment=moment, usage=Usage.ANY
        )
    )
    assert found == code


def test_within_its_term_the_old_pair_had_a_path(samples: Path) -> None:
    folder = samples / "knca"
    path = validate_path(
        der_of(folder / "certs" / "individual_valid_sign_2004_rsa.cer"),
        intermediates=[],
        anchors=[der_of(folder / "ca" / "nca_rsa_test.crt")],
        moment=datetime(2022, 11, 23, tzinfo=UTC),
        usage=Usage.SIGN,
    )
    assert len(path.chain) == 2


def test_the_list_of_the_old_authority_is_read_at_its_time(samples: Path) -> None:
    data = (samples / "knca" / "crl" / "nca_rsa_test.crl").read_bytes()
    issuer = der_of(samples / "knca" / "ca" / "nca_rsa_test.crt")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert refusal(lambda: read_crl(data, issuer_der=issuer, moment=now)) == "crl.stale"


def test_the_key_store_of_the_old_pair_holds_what_was_read(samples: Path) -> None:
    data = (samples / "knca" / "individual_rsa_sign_expired.p12").read_bytes()
    _key, certificate, _others = pkcs12.load_key_and_certificates(data, b"Qwerty12")
    assert certificate is not None
    facts = parse_certificate(certificate.public_bytes(Encoding.DER))
    assert facts.subject.iin.startswith("1234567890")
    assert facts.purpose is Purpose.SIGN
