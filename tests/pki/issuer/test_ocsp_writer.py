"""The writer of answers: what it puts together is what others build, octet by octet."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pki.issuer.blank import blank_key
from pki.issuer.keys import signature_hash
from pki.issuer.ocsp_writer import OCSPWriter, Refusal, SingleAnswer, issuer_hashes, refuse
from pki.issuer.pattern import material_of
from pki.issuer.sign import verify
from pki.ocsp_request import read_request
from pki.revocation import Reason, RevocationFacts, Status
from tests.pki.issuer.conftest import Made

NOW = datetime(2026, 11, 28, 12, 0, 7, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=12)
FACTS = {
    "good": RevocationFacts(Status.GOOD, "records", NOW),
    "unknown": RevocationFacts(Status.UNKNOWN, "records", NOW),
    **{
        reason.value: RevocationFacts(
            Status.REVOKED, "records", NOW, NOW - timedelta(days=3), reason
        )
        for reason in Reason
    },
}
SERIAL = 2**158 + 12345


def asked(made: Made, serial: int = SERIAL) -> bytes:
    """A CertID."""
    name_hash, key_hash = issuer_hashes(made.new.issuing_der, "sha256")
    request = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash, key_hash, serial, hashes.SHA256()
    )
    data = request.build().public_bytes(Encoding.DER)
    return read_request(data).certificates[0].encoded


def built(made: Made, facts: RevocationFacts, *, is_delegated: bool) -> ocsp.OCSPResponse:
    """The same by `cryptography`, with a key that cannot sign."""
    material = material_of(made.issuer)
    name_hash, key_hash = issuer_hashes(made.new.issuing_der, "sha256")
    is_revoked = facts.status is Status.REVOKED
    has_reason = is_revoked and facts.reason not in {None, Reason.UNSPECIFIED}
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        name_hash,
        key_hash,
        SERIAL,
        hashes.SHA256(),
        ocsp.OCSPCertStatus[facts.status.name],
        NOW,
        UNTIL,
        facts.revoked_at if is_revoked else None,
        x509.ReasonFlags(facts.reason.value) if facts.reason and has_reason else None,
    )
    encoding = ocsp.OCSPResponderEncoding.HASH if is_delegated else ocsp.OCSPResponderEncoding.NAME
    if is_delegated:
        builder = builder.certificates([material.certificate])
    return builder.responder_id(encoding, material.certificate).sign(
        blank_key(material.public_key), signature_hash(material.public_key)
    )


@pytest.mark.parametrize("is_delegated", [True, False])
@pytest.mark.parametrize("name", FACTS)
def test_it_writes_what_cryptography_writes(made: Made, name: str, is_delegated: bool) -> None:
    writer = OCSPWriter(made.issuer, made.keys, is_delegated=is_delegated)
    single = SingleAnswer(asked(made), FACTS[name])
    data = writer.write([single], now=NOW, next_update=UNTIL)
    found = ocsp.load_der_ocsp_response(data)
    expected = built(made, FACTS[name], is_delegated=is_delegated)
    # The moment of making is the one that `cryptography` takes from its clock.
    mine = asn1_ocsp.ResponseData.load(found.tbs_response_bytes, strict=True)
    others = asn1_ocsp.ResponseData.load(expected.tbs_response_bytes, strict=True)
    assert mine["produced_at"].native == NOW
    others["produced_at"] = mine["produced_at"].native
    assert others.dump(force=True) == found.tbs_response_bytes
    assert found.signature_algorithm_oid == expected.signature_algorithm_oid
    assert found.certificates == expected.certificates
    verify(material_of(made.issuer).public_key, found.signature, found.tbs_response_bytes)
    assert asn1_ocsp.OCSPResponse.load(data, strict=True).dump(force=True) == data


def test_a_root_of_p384_signs_by_its_own_algorithm(ec_made: Made) -> None:
    root = type(ec_made.issuer)("ec-root", ec_made.new.root_der, "ec.root", ec_made.issuer.base_url)
    writer = OCSPWriter(root, ec_made.keys, is_delegated=False)
    single = SingleAnswer(asked(ec_made), FACTS["good"])
    found = ocsp.load_der_ocsp_response(writer.write([single], now=NOW, next_update=None))
    assert isinstance(found.signature_hash_algorithm, hashes.SHA384)
    assert found.next_update_utc is None
    verify(material_of(root).public_key, found.signature, found.tbs_response_bytes)


def test_a_nonce_and_a_cut_off_stand_where_they_belong(ec_made: Made) -> None:
    writer = OCSPWriter(ec_made.issuer, ec_made.keys, is_delegated=True)
    cutoff = NOW - timedelta(days=100)
    singles = [
        SingleAnswer(asked(ec_made, 1), FACTS["good"], cutoff),
        SingleAnswer(asked(ec_made, 2), FACTS["superseded"]),
    ]
    data = writer.write(singles, now=NOW, next_update=UNTIL, nonce=b"\x04\x03abc")
    said = asn1_ocsp.OCSPResponse.load(data, strict=True).response_data
    assert [one["extn_value"].parsed.native for one in said["response_extensions"]] == [b"abc"]
    first, second = said["responses"]
    assert first["single_extensions"][0]["extn_value"].parsed.native == cutoff
    assert second["single_extensions"].native is None
    assert (
        writer.not_after
        == x509.load_der_x509_certificate(ec_made.new.issuing_der).not_valid_after_utc
    )


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_is_a_whole_answer(refusal: Refusal) -> None:
    found = ocsp.load_der_ocsp_response(refuse(refusal))
    assert found.response_status.value == refusal.value


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_issuers_are_named_as_others_name_them(made: Made, name: str) -> None:
    issuer = x509.load_der_x509_certificate(made.new.issuing_der)
    algorithm = hashes.SHA1() if name == "sha1" else hashes.SHA256()
    leaf = x509.load_der_x509_certificate(made.new.issuing_der)
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm).build()
    own_name, own_key = issuer_hashes(made.new.issuing_der, name)
    assert request.issuer_key_hash == own_key
    digest = hashes.Hash(algorithm)
    digest.update(issuer.subject.public_bytes())
    assert digest.finalize() == own_name
