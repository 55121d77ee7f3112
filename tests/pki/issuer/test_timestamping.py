"""Time stamps by our service: what OpenSSL, rfc3161-client and asn1crypto say of them."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder
from rfc3161_client import decode_timestamp_response as decode

from pki import der
from pki.errors import PKIError
from pki.issuer.timestamping import FAILURES, answer_query, refuse
from pki.profiles import ServiceKind
from pki.timestamp import read_query, require_own_encoding, verify_token
from pki.timestamp_errors import (
    StampContentError,
    StampMalformedError,
    StampQueryError,
    StampSignerError,
)
from tests.pki.issuer.conftest import NOW, Made, make_authority
from tests.pki.issuer.stamper import POLICY, Stamper, ask, make_stamper, openssl

DATA = "ҚОЛТАҢБА".encode()
ATTIME = str(int(NOW.timestamp()))


@pytest.fixture(scope="session")
def stampers(authorities: dict[str, Made]) -> dict[str, Stamper]:
    return {name: make_stamper(made) for name, made in authorities.items()}


@pytest.fixture
def stamper(made: Made, stampers: dict[str, Stamper]) -> Stamper:
    return stampers[made.issuer.name]


@pytest.fixture
def ec_stamper(stampers: dict[str, Stamper]) -> Stamper:
    return stampers["ec"]


def token_of(answer: bytes) -> bytes:
    return bytes(tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"].dump())


def judge(stamper: Stamper, token: bytes, data: bytes = DATA, nonce: int | None = None) -> object:
    new = stamper.made.new
    return verify_token(
        token, data=data, intermediates=[new.issuing_der], anchors=[new.root_der], nonce=nonce
    )


def judge_strictly(stamper: Stamper, token: bytes) -> None:
    judge(stamper, token)
    require_own_encoding(token)


@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512"])
def test_openssl_asks_gets_and_verifies(stamper: Stamper, tmp_path: Path, digest: str) -> None:
    folder = stamper.made.directory
    query = ask(tmp_path, DATA, digest, "-cert", "-tspolicy", POLICY)
    (tmp_path / "reply.tsr").write_bytes(stamper.answer(query))
    chain = ["-CAfile", str(folder / "root.pem"), "-untrusted", str(folder / "issuing.pem")]
    for source in (["-data", "data"], ["-queryfile", "query.tsq"]):
        command = ["ts", "-verify", *source, "-in", "reply.tsr", *chain, "-attime", ATTIME]
        said = openssl(tmp_path, *command)
        assert b"Verification: OK" in said.stdout + said.stderr, said.stderr
    # Over something else it does not hold.
    (tmp_path / "data").write_bytes(DATA + b"x")
    said = openssl(tmp_path, "ts", "-verify", "-data", "data", "-in", "reply.tsr", *chain)
    assert said.returncode != 0


def test_without_its_certificate_it_is_verified_by_one_that_is_at_hand(
    stamper: Stamper, tmp_path: Path
) -> None:
    folder = stamper.made.directory
    answer = stamper.answer(ask(tmp_path, DATA))
    assert not tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]["certificates"]
    (tmp_path / "reply.tsr").write_bytes(answer)
    (tmp_path / "more.pem").write_bytes(
        (folder / "issuing.pem").read_bytes() + (folder / "timestamp.pem").read_bytes()
    )
    command = ["ts", "-verify", "-data", "data", "-in", "reply.tsr", "-untrusted", "more.pem"]
    command += ["-CAfile", str(folder / "root.pem"), "-attime", ATTIME]
    said = openssl(tmp_path, *command)
    assert b"Verification: OK" in said.stdout + said.stderr, said.stderr


@pytest.mark.parametrize("kind", list(HashAlgorithm))
def test_another_client_agrees(stamper: Stamper, kind: HashAlgorithm) -> None:
    query = TimestampRequestBuilder().data(DATA).hash_algorithm(kind).build()
    answer = stamper.answer(query.as_bytes())
    new = stamper.made.new
    verifier = (
        VerifierBuilder.from_request(query)
        .add_root_certificate(x509.load_der_x509_certificate(new.root_der))
        .add_intermediate_certificate(x509.load_der_x509_certificate(new.issuing_der))
        .build()
    )
    assert verifier.verify_message(decode(answer), DATA)
    assert judge(stamper, token_of(answer), nonce=query.nonce)


def test_it_says_what_the_standard_wants(stamper: Stamper, tmp_path: Path) -> None:
    query = tsp.TimeStampReq.load(ask(tmp_path, DATA, "-sha256", "-cert"))
    answer = tsp.TimeStampResp.load(stamper.answer(query.dump(), NOW + timedelta(seconds=0.7)))
    assert answer["status"]["status"].native == "granted"
    signed = answer["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    assert signed["version"].native == "v3"
    assert info["policy"].native == POLICY
    assert info["message_imprint"].dump() == query["message_imprint"].dump()
    assert info["nonce"].native == query["nonce"].native
    assert info["gen_time"].native == NOW
    assert info["accuracy"]["seconds"].native == 1
    attributes = {
        row["type"].native: row["values"] for row in signed["signer_infos"][0]["signed_attrs"]
    }
    assert attributes["content_type"][0].native == "tst_info"
    (named,) = attributes["signing_certificate_v2"][0]["certs"]
    assert named["cert_hash"].native == hashlib.sha256(stamper.facts.certificate_der).digest()


def test_no_number_comes_twice(ec_stamper: Stamper, tmp_path: Path) -> None:
    query = ask(tmp_path, DATA)
    numbers = set()
    for _turn in range(50):
        answer = tsp.TimeStampResp.load(ec_stamper.answer(query))
        content = answer["time_stamp_token"]["content"]["encap_content_info"]["content"]
        numbers.add(content.parsed["serial_number"].native)
    assert len(numbers) == 50
    assert all(128 < number.bit_length() <= 160 for number in numbers)


# --- refused --------------------------------------------------------------------------------


def failure_of(answer: bytes) -> str:
    (status,) = der.children(answer)  # no token
    found = tsp.PKIStatusInfo.load(status, strict=True)
    assert found["status"].native == "rejection"
    (name,) = found["fail_info"].native
    return str(name)


def altered(query: bytes, **fields: object) -> bytes:
    found = tsp.TimeStampReq.load(query)
    for name, value in fields.items():
        found[name] = value
    return bytes(found.dump(force=True))


def test_what_cannot_be_answered_is_refused_by_name(ec_stamper: Stamper, tmp_path: Path) -> None:
    good = ask(tmp_path, DATA, "-sha256")
    sha1 = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": b"0" * 20}
    short = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"0" * 31}
    extension = [{"extn_id": "1.2.3", "critical": False, "extn_value": b"\x05\x00"}]
    for query, failure in (
        (b"", "bad_data_format"),
        (b"GET / HTTP/1.1", "bad_data_format"),
        (good[:-1], "bad_data_format"),
        (good + b"\0", "bad_data_format"),
        (b"\x30\x80" + good[2:] + b"\0\0", "bad_data_format"),
        (altered(good, nonce=2**300), "bad_data_format"),
        (bytes(5000), "bad_data_format"),
        (altered(good, message_imprint=sha1), "bad_alg"),
        (altered(good, message_imprint=short), "bad_data_format"),
        (good.replace(b"\x02\x01\x01", b"\x02\x01\x02", 1), "bad_request"),
        (altered(good, req_policy="1.2.3.4"), "unaccepted_policy"),
        (altered(good, extensions=extension), "unaccepted_extensions"),
    ):
        assert failure_of(ec_stamper.answer(query)) == failure, query[:40]


def test_a_key_that_is_not_there_is_our_failure(ec_stamper: Stamper, tmp_path: Path) -> None:
    answer = answer_query(
        ask(tmp_path, DATA),
        signer=ec_stamper.facts,
        keys=ec_stamper.made.keys,
        policy=POLICY,
        now=NOW,
    )
    assert failure_of(answer) == "system_failure"


def test_openssl_reads_every_refusal(tmp_path: Path) -> None:
    for name in FAILURES:
        (tmp_path / "reply.tsr").write_bytes(refuse(name))
        said = openssl(tmp_path, "ts", "-reply", "-in", "reply.tsr", "-text")
        assert b"Status: Rejected." in said.stdout
        assert b"Failure info: unspecified" not in said.stdout


@given(data=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_is_asked_nothing_but_our_error_comes_out(data: bytes) -> None:
    with pytest.raises(StampQueryError):
        read_query(data)


# --- judged ---------------------------------------------------------------------------------


@pytest.fixture
def token(stamper: Stamper, tmp_path: Path) -> bytes:
    return token_of(stamper.answer(ask(tmp_path, DATA, "-sha256", "-cert", "-no_nonce")))


def test_a_token_is_judged_with_its_moment(stamper: Stamper, token: bytes) -> None:
    found = judge(stamper, token)
    assert found.stamped_at == NOW  # type: ignore[attr-defined]
    assert found.accuracy == timedelta(seconds=1)  # type: ignore[attr-defined]
    assert found.policy == POLICY  # type: ignore[attr-defined]
    assert found.signer.der == stamper.facts.certificate_der  # type: ignore[attr-defined]
    require_own_encoding(token)


def test_no_byte_of_a_token_can_be_another(stamper: Stamper, token: bytes) -> None:
    for position in range(len(token)):
        changed = bytearray(token)
        changed[position] ^= 1 << position % 8
        with pytest.raises(PKIError):
            judge_strictly(stamper, bytes(changed))


def test_a_token_of_something_else_is_refused(stamper: Stamper, token: bytes) -> None:
    with pytest.raises(StampContentError):
        judge(stamper, token, DATA + b"x")
    with pytest.raises(StampContentError):
        judge(stamper, token, nonce=7)


def test_a_token_of_a_stranger_is_refused(
    ec_stamper: Stamper, tmp_path: Path, authorities: dict[str, Made]
) -> None:
    stranger = make_stamper(make_authority("ec", tmp_path / "other", NOW - timedelta(days=30)))
    query = ask(tmp_path, DATA, "-cert")
    with pytest.raises(StampSignerError):
        judge(ec_stamper, token_of(stranger.answer(query)))


@pytest.mark.parametrize("kind", [ServiceKind.SEAL, ServiceKind.OCSP])
def test_another_service_makes_no_time_stamps(
    ec_made: Made, tmp_path: Path, kind: ServiceKind
) -> None:
    other = make_stamper(ec_made, kind)
    token = token_of(other.answer(ask(tmp_path, DATA, "-cert")))
    with pytest.raises(StampSignerError):
        judge(other, token)


def test_a_token_beyond_the_certificates_term_is_refused(
    ec_stamper: Stamper, tmp_path: Path
) -> None:
    query = ask(tmp_path, DATA, "-cert")
    for days in (-2, 5000):
        answer = ec_stamper.answer(query, NOW + timedelta(days=days))
        with pytest.raises(StampSignerError):
            judge(ec_stamper, token_of(answer))


@pytest.mark.parametrize("reference", ["sha1", "sha256", "sha512"])
def test_tokens_of_openssl_are_read(ec_stamper: Stamper, tmp_path: Path, reference: str) -> None:
    """A service that we did not write: with fractions of a second, its name, other references."""
    token = stamp_by_openssl(ec_stamper, tmp_path, ask(tmp_path, DATA, "-cert"), reference)
    found = judge(ec_stamper, token)
    assert found.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)  # type: ignore[attr-defined]
    assert found.signer.der == ec_stamper.facts.certificate_der  # type: ignore[attr-defined]
    with pytest.raises(StampMalformedError):
        require_own_encoding(token)


def stamp_by_openssl(stamper: Stamper, folder: Path, query: bytes, reference: str) -> bytes:
    write_configuration(stamper, folder, reference)
    (folder / "query.tsq").write_bytes(query)
    made = openssl(
        folder,
        *("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq"),
        *("-token_out", "-out", "token.der", "-passin", "pass:a passphrase of tests"),
    )
    assert made.returncode == 0, made.stderr
    return (folder / "token.der").read_bytes()


def write_configuration(stamper: Stamper, folder: Path, reference: str) -> None:
    made = stamper.made.directory
    key = made / "timestamp-keys" / f"{stamper.facts.key_name}.key"
    (folder / "tsa.cnf").write_text(
        f"""[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = {made / "timestamp.pem"}
certs = {made / "issuing.pem"}
signer_key = {key}
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {reference}
"""
    )
