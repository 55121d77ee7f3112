"""Answers about one certificate: what others read in them, and what is never said."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from pkilint import loader, validation
from pkilint.pkix import ocsp as pkix_ocsp

from pki.certificate import parse_certificate
from pki.container_errors import (
    OCSPCertificateError,
    OCSPMalformedError,
    OCSPSignatureError,
    OCSPStaleError,
)
from pki.errors import KeyMismatchError, NotPlannedError, PKIError
from pki.issuer.answers import answer_about
from pki.issuer.blank import blank_key
from pki.issuer.keys import sign_with, signature_hash
from pki.issuer.pattern import material_of
from pki.issuer.sign import sign
from pki.ocsp import read_answer
from pki.revocation import Reason, RevocationFacts, Status
from tests.pki.factories import key
from tests.pki.issuer.conftest import Made, make_authority, write_pem

# Answers are of the present: OpenSSL compares them with its own clock.
NOW = datetime.now(UTC).replace(microsecond=0)
GOOD = RevocationFacts(Status.GOOD, "records", NOW)
UNKNOWN = RevocationFacts(Status.UNKNOWN, "records", NOW)
REVOKED_AT = NOW - timedelta(days=3)


def revoked(reason: Reason) -> RevocationFacts:
    return RevocationFacts(Status.REVOKED, "records", NOW, REVOKED_AT, reason)


@pytest.fixture
def leaf(made: Made, spkis: dict[str, bytes]) -> bytes:
    """A person's certificate."""
    return sign(made.plan(spkis["P-256"]), made.keys)


def serial_of(leaf: bytes) -> str:
    return parse_certificate(leaf).serial_hex


def ask(made: Made, leaf: bytes, facts: RevocationFacts = GOOD, now: datetime = NOW) -> bytes:
    return answer_about(serial_of(leaf), facts, issuer=made.issuer, keys=made.keys, now=now)


def read(made: Made, leaf: bytes, data: bytes, *, slack: timedelta = timedelta()) -> Status:
    return read_answer(
        data,
        serial_hex=serial_of(leaf),
        issuer_der=made.new.issuing_der,
        not_before=NOW - slack,
        not_after=NOW + slack,
    ).status


# --- what others read ---------------------------------------------------------------------


def openssl(made: Made, leaf: bytes, answer: bytes, folder: Path) -> str:
    """What `openssl ocsp` says of it, in text and as a judge."""
    for name, der in (
        ("root", made.new.root_der),
        ("issuing", made.new.issuing_der),
        ("leaf", leaf),
    ):
        write_pem(folder / f"{name}.pem", der)
    (folder / "answer").write_bytes(answer)
    command = ["openssl", "ocsp", "-respin", "answer", "-sha256", "-issuer", "issuing.pem"]
    command += ["-cert", "leaf.pem", "-CAfile", "root.pem", "-no_nonce"]
    command += ["-attime", str(int(made_at(made).timestamp()))]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def made_at(made: Made) -> datetime:
    """Within the terms of the authorities of these tests."""
    return parse_certificate(made.new.issuing_der).not_before + timedelta(days=30)


def test_openssl_verifies_a_good_answer(made: Made, leaf: bytes, tmp_path: Path) -> None:
    said = openssl(made, leaf, ask(made, leaf), tmp_path)
    assert "Response verify OK" in said
    assert "leaf.pem: good" in said
    assert "WARNING" not in said


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.KEY_COMPROMISE, "keyCompromise"),
        (Reason.SUPERSEDED, "superseded"),
        (Reason.AFFILIATION_CHANGED, "affiliationChanged"),
        (Reason.CESSATION_OF_OPERATION, "cessationOfOperation"),
    ],
)
def test_openssl_reads_when_and_why_it_was_revoked(
    ec_made: Made, spkis: dict[str, bytes], tmp_path: Path, reason: Reason, words: str
) -> None:
    leaf = sign(ec_made.plan(spkis["P-256"]), ec_made.keys)
    said = openssl(ec_made, leaf, ask(ec_made, leaf, revoked(reason)), tmp_path)
    assert "Response verify OK" in said
    assert "leaf.pem: revoked" in said
    assert f"Reason: {words}" in said
    assert f"Revocation Time: {REVOKED_AT:%b %e %H:%M:%S %Y} GMT" in said


def test_an_unknown_serial_is_never_good(made: Made, leaf: bytes, tmp_path: Path) -> None:
    answer = ask(made, leaf, UNKNOWN)
    assert "leaf.pem: unknown" in openssl(made, leaf, answer, tmp_path)
    assert read(made, leaf, answer) is Status.UNKNOWN


def test_cryptography_reads_it(made: Made, leaf: bytes) -> None:
    answer = ocsp.load_der_ocsp_response(ask(made, leaf))
    issuer = x509.load_der_x509_certificate(made.new.issuing_der)
    assert answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == x509.load_der_x509_certificate(leaf).serial_number
    assert answer.responder_name == issuer.subject
    assert (answer.this_update_utc, answer.next_update_utc) == (NOW, None)
    assert answer.certificates == []


def test_asn1crypto_reads_it_to_the_last_byte(made: Made, leaf: bytes) -> None:
    data = ask(made, leaf, revoked(Reason.UNSPECIFIED))
    answer = asn1_ocsp.OCSPResponse.load(data, strict=True)
    assert answer.dump(force=True) == data
    (one,) = answer.response_data["responses"]
    assert one["cert_id"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert one["cert_status"].name == "revoked"
    # RFC 5280, 5.3.1: no reason rather than "unspecified".
    assert one["cert_status"].chosen["revocation_reason"].native is None


def test_pkilint_finds_nothing(made: Made, leaf: bytes) -> None:
    validator = pkix_ocsp.create_pkix_ocsp_response_validator_container(
        [pkix_ocsp.create_response_decoder()], []
    )
    for facts in (GOOD, UNKNOWN, revoked(Reason.KEY_COMPROMISE)):
        document = loader.load_ocsp_response(ask(made, leaf, facts), "answer")
        results = validator.validate(document.root)
        found = [
            described.finding.code
            for result in results
            for described in result.finding_descriptions
            if described.finding.severity < validation.ValidationFindingSeverity.NOTICE
        ]
        assert found == []


# --- what we read -------------------------------------------------------------------------


def test_what_was_said_is_read_again(made: Made, leaf: bytes) -> None:
    for facts in (GOOD, UNKNOWN, *map(revoked, Reason)):
        if facts.reason is Reason.REMOVE_FROM_CRL:
            continue
        found = read_answer(
            ask(made, leaf, facts),
            serial_hex=serial_of(leaf),
            issuer_der=made.new.issuing_der,
            not_before=NOW,
            not_after=NOW,
        )
        assert (found.status, found.revoked_at, found.reason, found.source) == (
            *(facts.status, facts.revoked_at, facts.reason),
            "ocsp",
        )


def test_no_other_byte_passes_for_an_answer(made: Made, leaf: bytes) -> None:
    data = ask(made, leaf, revoked(Reason.SUPERSEDED))
    accepted = []
    for position in range(len(data)):
        for change in (0x01, 0x80, 1 << position % 8):
            altered = bytearray(data)
            altered[position] ^= change
            try:
                found = read(made, leaf, bytes(altered))
            except PKIError:
                continue
            # Outside of what is signed there are the names of the algorithm.
            assert found is Status.REVOKED
            accepted.append(position)
    assert len(accepted) < 12


def test_an_answer_cut_anywhere_is_refused(made: Made, leaf: bytes) -> None:
    data = ask(made, leaf)
    for length in range(len(data)):
        with pytest.raises(OCSPMalformedError):
            read(made, leaf, data[:length])
    with pytest.raises(OCSPMalformedError):
        read(made, leaf, data + bytes(20_000))


def test_an_answer_about_another_certificate_is_refused(
    made: Made, leaf: bytes, spkis: dict[str, bytes]
) -> None:
    other = sign(made.plan(spkis["P-256"]), made.keys)
    with pytest.raises(OCSPCertificateError):
        read(made, leaf, ask(made, other))


def test_an_answer_of_another_authority_is_refused(
    authorities: dict[str, Made], spkis: dict[str, bytes]
) -> None:
    ours, theirs = authorities["ec"], authorities["rsa"]
    leaf = sign(ours.plan(spkis["P-256"]), ours.keys)
    with pytest.raises(OCSPCertificateError):
        read(ours, leaf, ask(theirs, leaf))


def test_an_answer_of_another_moment_is_refused(made: Made, leaf: bytes) -> None:
    hour = timedelta(hours=1)
    for moment in (NOW - hour, NOW + hour):
        data = ask(made, leaf, now=moment)
        assert read(made, leaf, data, slack=hour) is Status.GOOD
        with pytest.raises(OCSPStaleError):
            read(made, leaf, data, slack=hour - timedelta(seconds=1))


def forge(made: Made, leaf: bytes, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    """An answer in the authority's name that its key never signed."""
    issuer = x509.load_der_x509_certificate(made.new.issuing_der)
    public_key = material_of(made.issuer).public_key
    answer = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(leaf),
            issuer=issuer,
            algorithm=algorithm or hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=NOW,
            next_update=None,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, issuer)
        .sign(blank_key(public_key), signature_hash(public_key))
    )
    return answer.public_bytes(serialization.Encoding.DER)


def test_a_forged_answer_in_the_authoritys_name_is_refused(made: Made, leaf: bytes) -> None:
    with pytest.raises(OCSPSignatureError):
        read(made, leaf, forge(made, leaf))


def test_an_answer_of_an_authority_with_the_same_names_is_refused(
    authorities: dict[str, Made], spkis: dict[str, bytes], tmp_path: Path
) -> None:
    ours = authorities["ec"]
    leaf = sign(ours.plan(spkis["P-256"]), ours.keys)
    false = make_authority("ec", tmp_path, made_at(ours))
    with pytest.raises(OCSPCertificateError):
        read(ours, leaf, ask(false, leaf))


def test_an_answer_by_an_old_digest_is_refused(made: Made, leaf: bytes) -> None:
    with pytest.raises(OCSPCertificateError):
        read(made, leaf, forge(made, leaf, hashes.SHA1()))


def test_a_refusal_to_answer_is_no_answer(made: Made, leaf: bytes) -> None:
    for status in ocsp.OCSPResponseStatus:
        if status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            continue
        empty = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
        with pytest.raises(OCSPMalformedError):
            read(made, leaf, empty.public_bytes(serialization.Encoding.DER))


# --- the key ------------------------------------------------------------------------------


def test_keys_of_another_authority_answer_nothing(
    authorities: dict[str, Made], spkis: dict[str, bytes]
) -> None:
    made = authorities["ec"]
    leaf = sign(made.plan(spkis["P-256"]), made.keys)

    class Wrong:
        def sign(self, _issuer: object, data: bytes) -> bytes:
            return sign_with(NEW_KEY, data)

    with pytest.raises(NotPlannedError):
        answer_about(serial_of(leaf), GOOD, issuer=made.issuer, keys=Wrong(), now=NOW)


NEW_KEY = key("P-256", 78)


def test_a_key_that_is_not_the_certificates_is_not_used(
    authorities: dict[str, Made], spkis: dict[str, bytes]
) -> None:
    made, other = authorities["ec"], authorities["rsa"]
    leaf = sign(made.plan(spkis["P-256"]), made.keys)
    mixed = type(made.issuer)("rsa", made.new.issuing_der, "rsa", made.issuer.base_url)
    with pytest.raises(KeyMismatchError):
        answer_about(serial_of(leaf), GOOD, issuer=mixed, keys=other.keys, now=NOW)
