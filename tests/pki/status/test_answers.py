"""What the process says of certificates, as clients hear it: `cryptography`, OpenSSL, GnuTLS."""

import base64
import hashlib
import secrets
import subprocess
from datetime import timedelta

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pkilint import loader, validation
from pkilint.pkix import ocsp as pkix_ocsp

from pki import der
from pki.models import Certificate, ServiceCertificate
from pki.revocation import Reason
from tests.pki.issuer.conftest import write_pem
from tests.pki.status.house import StatusHouse, now, request_for
from tests.pki.status.server import Answer, StatusServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]


def several(house: StatusHouse, *certificates: Certificate) -> bytes:
    """A request about many."""
    requests = []
    for one in certificates:
        content = der.children(request_for(house, one))[0]
        requests.append(der.children(der.children(content)[0])[0])
    listed = der.tlv(der.SEQUENCE, b"".join(requests))
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, listed))


def findings(answer: Answer) -> list[str]:
    """What pkilint says of it, notices left out."""
    container = pkix_ocsp.create_pkix_ocsp_response_validator_container(
        [pkix_ocsp.create_response_decoder()], []
    )
    document = loader.load_ocsp_response(answer.body, "answer")
    return [
        finding.finding.code
        for result in container.validate(document.root)
        for finding in result.finding_descriptions
        if finding.finding.severity < validation.ValidationFindingSeverity.NOTICE
    ]


# --- what is true ------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])
def test_a_certificate_of_ours_is_good(
    house: StatusHouse, server: StatusServer, algorithm: hashes.HashAlgorithm
) -> None:
    certificate = house.issue()
    answer = server.ask(request_for(house, certificate, algorithm=algorithm))
    assert answer.said == "GOOD"
    said = answer.ocsp
    assert said.serial_number == int(certificate.serial_hex, 16)
    assert isinstance(said.hash_algorithm, type(algorithm))
    assert said.this_update_utc <= now()
    assert said.next_update_utc == said.this_update_utc + timedelta(hours=12)
    assert said.produced_at_utc == said.this_update_utc


def test_it_is_signed_by_a_responder_that_the_authority_has_named(
    house: StatusHouse, server: StatusServer
) -> None:
    said = server.ask(request_for(house, house.issue())).ocsp
    (responder,) = said.certificates
    responder.verify_directly_issued_by(house.issuer)
    key = responder.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert said.signature_hash_algorithm is not None
    key.verify(said.signature, said.tbs_response_bytes, ec.ECDSA(said.signature_hash_algorithm))
    bits = der.content(der.children(der.children(responder.tbs_certificate_bytes)[6])[1])[1:]
    assert said.responder_key_hash == hashlib.sha1(bits).digest()
    assert x509.OCSPNoCheck() in {one.value for one in responder.extensions}


@pytest.mark.parametrize("reason", [Reason.KEY_COMPROMISE, Reason.CERTIFICATE_HOLD])
def test_a_revoked_one_is_revoked_since_when_and_why(
    house: StatusHouse, server: StatusServer, reason: Reason
) -> None:
    certificate = house.issue()
    row = house.revoke(certificate, reason)
    answer = server.ask(request_for(house, certificate))
    assert answer.said == "REVOKED"
    assert answer.ocsp.revocation_time_utc == row.revoked_at
    assert answer.ocsp.revocation_reason == x509.ReasonFlags(reason.value)


def test_no_reason_is_told_rather_than_an_unspecified_one(
    house: StatusHouse, server: StatusServer
) -> None:
    certificate = house.issue()
    house.revoke(certificate, Reason.UNSPECIFIED)
    answer = server.ask(request_for(house, certificate))
    assert (answer.said, answer.ocsp.revocation_reason) == ("REVOKED", None)


@pytest.mark.parametrize("serial", [1, 2**159 + 7, 2**64])
def test_an_unknown_serial_is_never_good_and_never_kept(
    house: StatusHouse, server: StatusServer, serial: int
) -> None:
    answer = server.ask(request_for(house, serial))
    assert (answer.said, answer.headers["cache-control"]) == ("UNKNOWN", "no-store")


def test_a_serial_that_was_unknown_is_known_once_it_is_issued(
    house: StatusHouse, server: StatusServer
) -> None:
    certificate = house.issue()
    serial, columns = int(certificate.serial_hex, 16), certificate
    Certificate.objects.filter(pk=certificate.pk).delete()
    assert server.ask(request_for(house, serial)).said == "UNKNOWN"
    columns.pk = None
    columns.save(force_insert=True)
    assert server.ask(request_for(house, serial)).said == "GOOD"


def test_a_serial_that_may_have_been_signed_is_revoked_without_a_certificate(
    house: StatusHouse, server: StatusServer
) -> None:
    certificate = house.issue()
    house.revoke(certificate, Reason.CESSATION_OF_OPERATION)
    Certificate.objects.filter(pk=certificate.pk).delete()
    assert server.ask(request_for(house, int(certificate.serial_hex, 16))).said == "REVOKED"


def test_a_service_of_the_authoritys_own_is_good(house: StatusHouse, server: StatusServer) -> None:
    responder = ServiceCertificate.objects.get(pk=house.responders[0].pk)
    assert server.ask(request_for(house, int(responder.serial_hex, 16))).said == "GOOD"


def test_somebody_elses_certificate_is_none_of_our_business(
    house: StatusHouse, server: StatusServer
) -> None:
    request = bytearray(request_for(house, house.issue()))
    place = request.index(hashlib.sha256(house.issuer.subject.public_bytes()).digest())
    request[place] ^= 1
    assert server.ask(bytes(request)).said == "UNAUTHORIZED"


def test_the_name_in_the_address_decides_nothing(house: StatusHouse, server: StatusServer) -> None:
    assert server.ask(request_for(house, house.issue()), "another").said == "GOOD"


def test_many_are_answered_together(house: StatusHouse, server: StatusServer) -> None:
    rows = [house.issue() for _one in range(5)]
    house.revoke(rows[1])
    house.revoke(rows[3], Reason.KEY_COMPROMISE)
    answer = server.ask(several(house, *rows))
    assert answer.headers["cache-control"] == "no-store"
    said = asn1_ocsp.OCSPResponse.load(answer.body, strict=True)
    singles = said["response_bytes"]["response"].parsed["tbs_response_data"]["responses"]
    assert [one["cert_id"]["serial_number"].native for one in singles] == [
        int(row.serial_hex, 16) for row in rows
    ]
    assert [one["cert_status"].name for one in singles] == [
        *("good", "revoked", "good", "revoked", "good")
    ]


def test_twenty_are_answered_and_twenty_one_are_not(
    house: StatusHouse, server: StatusServer
) -> None:
    certificate = house.issue()
    twenty = several(house, *[certificate] * 20)
    assert asn1_ocsp.OCSPResponse.load(server.ask(twenty).body)["response_status"].native == (
        "successful"
    )
    assert server.ask(several(house, *[certificate] * 21)).said == "MALFORMED_REQUEST"


# --- certificates that have ended ---------------------------------------------------------------


def test_an_ended_one_keeps_its_status_with_an_archive_cut_off(
    house: StatusHouse, server: StatusServer
) -> None:
    good, revoked = house.issue(), house.issue()
    house.revoke(revoked)
    for row in (good, revoked):
        house.end(row, now() - timedelta(days=30))
    for row, expected in ((good, "GOOD"), (revoked, "REVOKED")):
        answer = server.ask(request_for(house, row))
        assert answer.said == expected
        said = asn1_ocsp.OCSPResponse.load(answer.body, strict=True).response_data
        (single,) = said["responses"]
        (extension,) = single["single_extensions"]
        assert extension["extn_id"].native == "archive_cutoff"
        cutoff = extension["extn_value"].parsed.native
        assert cutoff == answer.ocsp.produced_at_utc - timedelta(days=1825)


def test_beyond_the_archive_nothing_is_known(house: StatusHouse, server: StatusServer) -> None:
    row = house.issue()
    house.revoke(row)
    house.end(row, now() - timedelta(days=1826))
    assert server.ask(request_for(house, row)).said == "UNKNOWN"


# --- nonces -------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 16, 32, 33, 128])
def test_a_nonce_comes_back_and_the_answer_is_for_nobody_else(
    house: StatusHouse, server: StatusServer, length: int
) -> None:
    nonce = secrets.token_bytes(length)
    answer = server.ask(request_for(house, house.issue(), nonce=nonce))
    assert answer.said == "GOOD"
    found = answer.ocsp.extensions.get_extension_for_class(x509.OCSPNonce).value
    assert found.nonce == nonce
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize("length", [0, 129])
def test_a_nonce_of_another_length_is_malformed(
    house: StatusHouse, server: StatusServer, length: int
) -> None:
    request = request_for(house, house.issue(), nonce=bytes(length))
    assert server.ask(request).said == "MALFORMED_REQUEST"


# --- clients ------------------------------------------------------------------------------------


def openssl(house: StatusHouse, server: StatusServer, row: Certificate, *more: str) -> str:
    write_pem(house.directory / "leaf.pem", bytes(row.der))
    command = ["openssl", "ocsp", *more, "-issuer", "issuing.pem", "-cert", "leaf.pem"]
    command += ["-CAfile", "root.pem", "-url", f"{server.url}/ocsp/ec/"]
    done = subprocess.run(command, cwd=house.directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("more", [[], ["-no_nonce"], ["-sha256"], ["-sha256", "-no_nonce"]])
def test_openssl_verifies_what_it_hears(
    house: StatusHouse, server: StatusServer, more: list[str]
) -> None:
    good, revoked = house.issue(), house.issue()
    house.revoke(revoked, Reason.KEY_COMPROMISE)
    said = openssl(house, server, good, *more)
    assert "Response verify OK" in said
    assert "leaf.pem: good" in said
    assert "WARNING" not in said
    said = openssl(house, server, revoked, *more)
    assert "Response verify OK" in said
    assert "Reason: keyCompromise" in said


@pytest.mark.parametrize("more", [[], ["--nonce"]])
def test_gnutls_verifies_what_it_hears(
    house: StatusHouse, server: StatusServer, more: list[str]
) -> None:
    good, revoked = house.issue(), house.issue()
    house.revoke(revoked)
    for row, status in ((good, "good"), (revoked, "revoked")):
        write_pem(house.directory / "gnutls.pem", bytes(row.der))
        command = ["ocsptool", f"--ask={server.url}/ocsp/ec/", "--load-cert=gnutls.pem"]
        command += ["--load-issuer=issuing.pem", "--load-trust=chain.pem", *more]
        done = subprocess.run(
            command, cwd=house.directory, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert "Verifying OCSP Response: Success" in said
        assert f"Certificate Status: {status}" in said


@pytest.mark.parametrize("nonce", [None, bytes(32)])
def test_pkilint_finds_nothing(
    house: StatusHouse, server: StatusServer, nonce: bytes | None
) -> None:
    good, revoked, ended = house.issue(), house.issue(), house.issue()
    house.revoke(revoked, Reason.CERTIFICATE_HOLD)
    house.end(ended, now() - timedelta(days=3))
    for asked in (good, revoked, ended, 4711):
        assert findings(server.ask(request_for(house, asked, nonce=nonce))) == []


def test_a_request_that_is_signed_is_answered_like_any_other(
    house: StatusHouse, server: StatusServer
) -> None:
    write_pem(house.directory / "signed.pem", bytes(house.issue().der))
    key, signer = house.directory / "signer.key", house.directory / "signer.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-keyout", str(key), "-out", str(signer), "-subj", "/CN=somebody"]
    subprocess.run(command, check=True, capture_output=True)
    command = ["openssl", "ocsp", "-issuer", "issuing.pem", "-cert", "signed.pem"]
    command += ["-signer", "signer.pem", "-signkey", "signer.key", "-reqout", "signed.der"]
    subprocess.run(command, cwd=house.directory, check=True, capture_output=True)
    assert server.ask((house.directory / "signed.der").read_bytes()).said == "GOOD"


def test_the_address_may_carry_the_question(house: StatusHouse, server: StatusServer) -> None:
    for _try in range(30):
        request = request_for(house, house.issue())
        text = base64.b64encode(request).decode()
        if {"+", "/", "="} <= set(text):
            break
    assert server.ask_by_address(request).said == "GOOD"
    assert server.ask_by_address(request, safe="+/=").said == "GOOD"
    for written in (
        text.replace("=", ""),
        text.replace("+", "-").replace("/", "_"),
        f"/{text}",
        text.replace("+", "%252B"),
    ):
        assert server.send("GET", f"/pki/ocsp/ec/{written}").said == "GOOD"


def test_an_answer_is_read_to_its_last_byte(house: StatusHouse, server: StatusServer) -> None:
    row = house.issue()
    for nonce in (None, bytes(16)):
        data = server.ask(request_for(house, row, nonce=nonce)).body
        assert asn1_ocsp.OCSPResponse.load(data, strict=True).dump(force=True) == data
