"""CMS signatures: what holds, what does not, and what other verifiers say of the same bytes."""

import asyncio
import base64
import hashlib
from dataclasses import replace

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pki.ber import encode
from pki.cms import MAX_BYTES, verify_cms
from pki.errors import PKIError
from tests.pki.factories import (
    NOW,
    Cms,
    altered,
    der,
    issuing,
    key,
    leaf,
    oid,
    openssl,
    private_pem,
    pss_algorithm,
    root,
    to_ber,
)

SHA1 = hashes.SHA1()
CONTENT = "Заявление № 2026-00000001\n".encode()


def good(kind: str = "P-256") -> Cms:
    return Cms(CONTENT, kind, leaf(kind))


def code_of(data: bytes, content: bytes = CONTENT) -> str:
    with pytest.raises(PKIError) as refused:
        verify_cms(data, content=content)
    return refused.value.code


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("attached", [True, False])
def test_it_takes_every_key_and_digest_that_we_allow(
    kind: str, digest: str, attached: bool
) -> None:
    message = replace(good(kind), digest=digest, attached=attached)
    facts = verify_cms(message.build(), content=CONTENT)
    assert facts.signer.der == der(message.certificate)
    assert (facts.digest_algorithm, facts.encapsulated) == (digest, attached)
    assert facts.signing_certificate_checked


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_it_takes_rsa_with_pss(digest: str) -> None:
    message = replace(good("RSA-2048"), is_pss=True, digest=digest)
    facts = verify_cms(message.build(), content=CONTENT)
    assert (facts.signer.der, facts.digest_algorithm) == (der(message.certificate), digest)


BARE_PSS = encode(b"\x30", oid("pss"))
BROKEN_PSS = encode(b"\x30", oid("pss") + b"\x04\x00")
TRAILER_2 = encode(b"\xa3", b"\x02\x01\x02")
GOST_WITH_PARAMETERS = encode(b"\x30", oid("gost") + encode(b"\x30", oid("streebog512")))
RSA_WITH_PARAMETERS = encode(b"\x30", oid("rsa") + encode(b"\x30", oid("sha256")))


@pytest.mark.parametrize(
    ("algorithm", "code"),
    [
        (BARE_PSS, "cms.weak_hash"),
        (encode(b"\x30", oid("pss") + b"\x05\x00"), "cms.weak_hash"),
        (encode(b"\x30", oid("pss") + b"\x30\x00"), "cms.weak_hash"),
        (BROKEN_PSS, "cms.malformed"),
        (pss_algorithm("sha1"), "cms.weak_hash"),
        (pss_algorithm("sha256", mask="sha1"), "cms.weak_hash"),
        (pss_algorithm("sha512"), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", mask="sha512"), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", mask_function="data"), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", more=TRAILER_2), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", salt=1_000_000), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", salt=2**70), "cms.unsupported_algorithm"),
        (pss_algorithm("sha256", salt=2000), "cms.signature"),
        (pss_algorithm("sha256", salt=31), "cms.signature"),
        (encode(b"\x30", oid("rsa") + b"\x05\x00"), "cms.signature"),
        (RSA_WITH_PARAMETERS, "cms.unsupported_algorithm"),
        (GOST_WITH_PARAMETERS, "cms.unsupported_algorithm"),
        (b"\x30\x00", "cms.malformed"),
    ],
)
def test_pss_holds_only_under_its_own_parameters(algorithm: bytes, code: str) -> None:
    message = replace(good("RSA-2048"), is_pss=True, algorithm=algorithm)
    assert code_of(message.build()) == code


def test_a_digest_with_parameters_of_its_own_is_unsupported() -> None:
    data = good().build()
    plain = encode(b"\x30", oid("sha256") + b"\x05\x00")
    # In the signer and in the list of digests alike; OCTET STRING of the same length for NULL.
    assert code_of(data.replace(plain, plain[:-2] + b"\x04\x00")) == "cms.unsupported_algorithm"


def test_the_order_of_certificates_is_nobodys_business() -> None:
    message = good()
    rows = [message.certificate, issuing().certificate, root().certificate]
    for is_reversed in (False, True):
        ordered = replace(message, certificates=rows, reverses_certificates=is_reversed)
        facts = verify_cms(ordered.build(), content=CONTENT)
        assert set(facts.certificates) == {der(row) for row in rows}


def test_signed_attributes_out_of_order_are_refused() -> None:
    # RFC 5652, 5.4: the digest is over their DER, which is sorted.
    assert code_of(replace(good(), reverses_attributes=True).build()) == "cms.malformed"


def test_it_takes_der_ber_and_pem() -> None:
    data = good().build()
    body = base64.encodebytes(data)
    for form in (
        data,
        to_ber(data),
        b"-----BEGIN CMS-----\n" + body + b"-----END CMS-----\n",
        b"-----BEGIN PKCS7-----\r\n" + body + b"-----END PKCS7-----",
    ):
        facts = verify_cms(form, content=CONTENT)
        assert facts.der == form


def test_it_takes_a_signer_named_by_key_identifier() -> None:
    message = replace(good(), by_key_identifier=True)
    assert verify_cms(message.build(), content=CONTENT).signer.der == der(message.certificate)


def test_without_a_reference_to_the_certificate_it_says_so() -> None:
    message = replace(good(), with_reference=False)
    assert not verify_cms(message.build(), content=CONTENT).signing_certificate_checked


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signers": 2}, "cms.signers"),
        ({"signers": 0}, "cms.signers"),
        ({"with_attributes": False}, "cms.no_signed_attributes"),
        ({"missing": "content_type"}, "cms.attribute"),
        ({"missing": "message_digest"}, "cms.attribute"),
        ({"doubled": True}, "cms.attribute"),
        ({"content_type": "signed_data"}, "cms.content_type"),
        (
            {"content_type": "signed_data", "encapsulated_type": "signed_data"},
            "cms.content_type",
        ),
        ({"digest": "sha1"}, "cms.weak_hash"),
        ({"digest": "md5"}, "cms.weak_hash"),
        ({"claimed": b"\0" * 32}, "cms.content"),
        ({"certificates": []}, "cms.no_certificate"),
        ({"reference": b"\0" * 32}, "cms.signing_certificate"),
        ({"named_digest": "streebog512"}, "cms.unsupported_algorithm"),
        ({"number": 7}, "cms.signature"),
    ],
)
def test_whatever_is_wrong_has_its_own_code(change: dict[str, object], code: str) -> None:
    message = replace(good("RSA-2048"), **change)  # type: ignore[arg-type]
    assert code_of(message.build()) == code


@pytest.mark.parametrize("attached", [True, False])
def test_another_content_is_refused(attached: bool) -> None:
    data = replace(good(), attached=attached).build()
    for other in (CONTENT + b" ", CONTENT[:-1], b"", CONTENT.replace(b"1", b"2")):
        assert code_of(data, other) == "cms.content"


def test_somebody_elses_certificate_in_the_message_is_refused() -> None:
    other = leaf("P-256", number=3)
    assert code_of(replace(good(), certificates=[other]).build()) == "cms.no_certificate"


def test_two_certificates_under_one_name_and_number_are_refused() -> None:
    message = good()
    twin = leaf("P-256", number=3, serial=message.certificate.serial_number)
    both = [message.certificate, twin]
    assert code_of(replace(message, certificates=both).build()) == "cms.no_certificate"
    same = replace(message, certificates=[message.certificate] * 2).build()
    assert verify_cms(same, content=CONTENT).signer.der == der(message.certificate)


def test_an_issuer_that_nobody_can_read_is_refused() -> None:
    certificate = leaf()
    # A TeletexString that is no text: the library finds out late.
    broken = altered(certificate, b"\x0c\x07ISSUING", b"\x14\x07ISSUIN\xff")
    message = replace(good(), certificates=[x509.load_der_x509_certificate(broken)])
    for by_key_identifier in (False, True):
        data = replace(message, certificate=certificate, by_key_identifier=by_key_identifier)
        assert code_of(data.build()) in {"cms.no_certificate", "certificate.malformed"}


def test_a_certificate_that_breaks_the_rules_is_malformed() -> None:
    alternative = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x02\xa5\0")
    message = replace(good(), certificate=leaf(more=[alternative]))
    assert code_of(message.build()) == "certificate.malformed"
    named = replace(good(), by_key_identifier=True, certificates=[message.certificate])
    assert code_of(named.build()) == "cms.no_certificate"


def last_replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    start, found, end = data.rpartition(old)
    assert found
    return start + new + end


def test_the_signature_must_name_the_digest_that_was_made() -> None:
    sha256, sha384 = (encode(b"\x06", bytes.fromhex(f"2a8648ce3d04030{n}")) for n in (2, 3))
    assert code_of(last_replaced(good().build(), sha256, sha384)) == "cms.signature"


def test_an_algorithm_of_another_kind_of_key_is_unsupported() -> None:
    ecdsa, other = (bytes.fromhex(f"06082a8648ce3d0403{n}") for n in ("02", "7f"))
    assert code_of(last_replaced(good().build(), ecdsa, other)) == "cms.unsupported_algorithm"


def test_an_attribute_of_another_type_is_refused() -> None:
    digest = hashlib.sha256(CONTENT).digest()
    octets, text = b"\x04\x20" + digest, b"\x0c\x20" + digest
    assert code_of(last_replaced(good().build(), octets, text)) == "cms.attribute"


def test_a_reference_by_a_weak_hash_is_refused() -> None:
    message = good()
    sha1 = encode(b"\x30", oid("sha1")) + encode(b"\x04", message.certificate.fingerprint(SHA1))
    row = replace(message, reference_row=encode(b"\x30", sha1))
    assert code_of(row.build()) == "cms.weak_hash"


def test_a_weak_reference_to_the_certificate_is_refused() -> None:
    certificate = leaf()
    assert certificate.fingerprint(hashes.SHA256()) != certificate.fingerprint(hashes.SHA1())
    message = replace(good(), reference=certificate.fingerprint(hashes.SHA1()))
    assert code_of(message.build()) == "cms.signing_certificate"


def test_a_reference_with_another_serial_number_is_refused() -> None:
    message = good()
    digest = encode(b"\x04", message.certificate.fingerprint(hashes.SHA256()))
    name = encode(b"\x30", encode(b"\xa4", message.certificate.issuer.public_bytes()))
    wrong = encode(b"\x30", name + b"\x02\x01\x05")
    row = replace(message, reference_row=encode(b"\x30", digest + wrong))
    assert code_of(row.build()) == "cms.signing_certificate"


def test_an_empty_reference_is_refused() -> None:
    assert code_of(replace(good(), reference_row=b"").build()) == "cms.signing_certificate"


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\x30", b"\x30\x80", b"\0" * 100, b"-----BEGIN CMS-----\n!!\n-----END CMS-----"),
        *(b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 200, b"\x24\x80" * 200, b"{}", b"\x30\x00"),
    ],
)
def test_what_is_no_message_is_malformed(data: bytes) -> None:
    assert code_of(data) == "cms.malformed"


def test_a_message_larger_than_any_is_not_read() -> None:
    assert code_of(b"\x30" * (MAX_BYTES + 1)) == "cms.too_large"


def test_trailing_data_are_refused() -> None:
    assert code_of(good().build() + b"\0") == "cms.malformed"


# --- what others say ------------------------------------------------------------------------


def openssl_accepts(data: bytes, content: bytes) -> bool:
    chain = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (root(), issuing()))
    arguments = "cms -verify -cades -binary -inform DER -in {data} -content {content}"
    return (
        openssl(
            *f"{arguments} -CAfile {{chain}} -purpose any -no_check_time".split(),
            data=data,
            content=content,
            chain=chain,
        ).returncode
        == 0
    )


def pyhanko_accepts(data: bytes, content: bytes) -> bool:
    signed = asn1_cms.ContentInfo.load(data)["content"]
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root().der)],
        other_certs=[asn1_x509.Certificate.load(issuing().der)],
        allow_fetching=False,
        moment=NOW,
    )
    try:
        status: StandardCMSSignatureStatus = asyncio.run(
            async_validate_detached_cms(content, signed, signer_validation_context=context)
        )
    except Exception:  # noqa: BLE001  # whatever it throws, it did not accept
        return False
    return bool(status.intact and status.valid)


@pytest.mark.parametrize(
    ("kind", "is_pss"), [("RSA-2048", False), ("RSA-2048", True), ("P-256", False)]
)
def test_openssl_and_pyhanko_agree_with_us(kind: str, is_pss: bool) -> None:
    message = replace(good(kind), is_pss=is_pss)
    flipped = bytearray(message.build())
    flipped[-1] ^= 1
    cases = [
        (message.build(), CONTENT),
        (message.build(), CONTENT + b"x"),
        (bytes(flipped), CONTENT),
        (replace(message, reference=b"\1" * 32).build(), CONTENT),
        (replace(message, number=7).build(), CONTENT),
    ]
    for position, (data, content) in enumerate(cases):
        try:
            verify_cms(data, content=content)
            ours = True
        except PKIError:
            ours = False
        assert ours is (position == 0)
        assert openssl_accepts(data, content) is ours
        assert pyhanko_accepts(data, content) is ours


def test_it_takes_what_openssl_signs() -> None:
    certificate = leaf("RSA-2048")
    arguments = "cms -sign -cades -binary -in {content} -signer {signer} -inkey {key}"
    padding = "-outform DER -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:"
    for more in (
        "-outform DER",
        "-outform DER -nodetach -stream",
        "-outform PEM",
        f"{padding}digest",
        f"{padding}max",
    ):
        made = openssl(
            *f"{arguments} {more} -md sha256".split(),
            content=CONTENT,
            signer=certificate.public_bytes(Encoding.PEM),
            key=private_pem(key("RSA-2048")),
        )
        assert made.returncode == 0, made.stderr
        facts = verify_cms(made.stdout, content=CONTENT)
        assert facts.signer.der == der(certificate)
        assert facts.signing_time is not None
