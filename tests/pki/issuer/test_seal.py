"""The seal: its certificate, its signature in one encoding, and what others say of both."""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from pki.authority import IssuerFacts
from pki.cades import (
    assemble_seal,
    require_sealer,
    signed_attributes,
    verify_seal,
)
from pki.certificate import Purpose, parse_certificate
from pki.chain import Usage, validate_path
from pki.container_errors import SealerError, SealError
from pki.errors import ExpiredError, KeyMismatchError, KeyUsageError, NotPlannedError, PKIError
from pki.issuer.cms_writer import seal_content
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS, sign_with
from pki.issuer.lint import lint, pkilint_findings
from pki.issuer.pattern import material_of
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.profiles import SERVICE_TERM, ServiceKind, service_profile
from tests.pki.factories import to_ber
from tests.pki.issuer.conftest import NOW, PASSPHRASE, Made, make_authority, spki_of, write_pem

KINDS = {"ec": "P-256", "rsa": "RSA-2048"}
MANIFEST = "<манифест/>\n".encode()
LONG = timedelta(days=10_000)
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ДӘЛЕЛ МӨРІ TEST")])


@dataclass(frozen=True)
class Sealer:
    """An authority with a certificate for sealing, its key in a file beside the authority's."""

    made: Made
    facts: IssuerFacts
    keys: FileKeys

    def seal(self, content: bytes = MANIFEST, now: datetime = NOW) -> bytes:
        return seal_content(content, sealer=self.facts, keys=self.keys, now=now)

    def judge(self, data: bytes, content: bytes = MANIFEST) -> datetime:
        """As a verifier does: the seal, then its certificate under the root."""
        found = verify_seal(data, content=content)
        require_sealer(found.signer.der)
        validate_path(
            found.signer.der,
            intermediates=[self.made.new.issuing_der],
            anchors=[self.made.new.root_der],
            moment=found.sealed_at,
            usage=Usage.SERVICE,
        )
        return found.sealed_at


def certify(made: Made, spki_der: bytes, longest: timedelta = LONG, now: datetime = NOW) -> bytes:
    """A certificate for sealing by the road of all certificates."""
    plan = prepare(
        issuer=made.issuer,
        profile=service_profile(ServiceKind.SEAL, longest=longest),
        subject_der=NAME.public_bytes(),
        spki_der=spki_der,
        serial=new_serial(),
        now=now,
    )
    lint(plan)
    der = sign(plan, made.keys)
    compare(plan, der)
    return der


@pytest.fixture(scope="module")
def sealers(
    authorities: dict[str, Made], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Sealer]:
    found = {}
    for name, made in authorities.items():
        key = NEW_KEYS[KINDS[name]]()
        directory = tmp_path_factory.mktemp(f"{name}-seal") / "keys"
        write_key(directory, f"{name}.seal", key, PASSPHRASE)
        der = certify(made, spki_of(key))
        facts = IssuerFacts(f"{name}.seal", der, f"{name}.seal", made.issuer.base_url)
        found[name] = Sealer(made, facts, FileKeys(directory, PASSPHRASE))
    return found


@pytest.fixture(params=sorted(KINDS))
def sealer(request: pytest.FixtureRequest, sealers: dict[str, Sealer]) -> Sealer:
    return sealers[request.param]


# --- the certificate ----------------------------------------------------------------------


def test_the_certificate_is_for_documents_and_nothing_else(sealer: Sealer) -> None:
    extensions = x509.load_der_x509_certificate(sealer.facts.certificate_der).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [oid.dotted_string for oid in extended] == ["1.3.6.1.5.5.7.3.36"]
    assert (usage.digital_signature, usage.content_commitment) == (True, True)
    assert not usage.key_cert_sign
    assert not usage.crl_sign
    names = {one.oid.dotted_string for one in extensions}
    assert "1.2.398.3.3.5" not in names, "it says where a person keeps his key"


def test_pkilint_and_openssl_find_nothing_in_it(sealer: Sealer) -> None:
    assert pkilint_findings(sealer.facts.certificate_der) == []
    assert sealer.made.openssl_verify(sealer.facts.certificate_der) == "leaf.pem: OK\n"


def test_it_lasts_three_years_or_as_long_as_its_authority(ec_made: Made) -> None:
    spki = spki_of(NEW_KEYS["P-256"]())
    end = material_of(ec_made.issuer).not_after
    late = end - timedelta(days=100)
    for now, longest, wanted in (
        (NOW, LONG, SERVICE_TERM),
        (late, end - late + timedelta(seconds=61), timedelta(days=100, seconds=61)),
    ):
        facts = parse_certificate(certify(ec_made, spki, longest, now))
        assert facts.not_after - facts.not_before + timedelta(seconds=1) == wanted
        assert facts.not_after <= end


def test_it_does_not_pass_for_a_person(sealer: Sealer) -> None:
    facts = parse_certificate(sealer.facts.certificate_der)
    assert (facts.purpose, facts.subject.iin, facts.roles) == (Purpose.OTHER, "", ())
    for usage in (Usage.SIGN, Usage.SIGN_IN, Usage.ANY):
        with pytest.raises(KeyUsageError):
            validate_path(
                facts.der,
                intermediates=[sealer.made.new.issuing_der],
                anchors=[sealer.made.new.root_der],
                moment=NOW,
                usage=usage,
            )


def test_a_persons_certificate_does_not_seal(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    person = sign(plan, ec_made.keys)
    with pytest.raises(SealerError):
        require_sealer(person)
    facts = IssuerFacts("ec", person, "ec", ec_made.issuer.base_url)
    with pytest.raises(SealerError):
        seal_content(MANIFEST, sealer=facts, keys=ec_made.keys, now=NOW)
    with pytest.raises(SealerError):
        require_sealer(ec_made.new.issuing_der)


# --- the signature ------------------------------------------------------------------------


def test_a_seal_says_when_and_by_what_it_was_made(sealer: Sealer) -> None:
    moment = NOW.replace(microsecond=123456)
    found = verify_seal(sealer.seal(now=moment), content=MANIFEST)
    assert found.sealed_at == NOW
    assert found.signer.der == sealer.facts.certificate_der


def test_openssl_verifies_it_as_cades(sealer: Sealer, tmp_path: Path) -> None:
    (tmp_path / "seal").write_bytes(sealer.seal())
    (tmp_path / "manifest").write_bytes(MANIFEST)
    write_pem(tmp_path / "root", sealer.made.new.root_der)
    write_pem(tmp_path / "issuing", sealer.made.new.issuing_der)
    chain = (tmp_path / "root").read_bytes() + (tmp_path / "issuing").read_bytes()
    (tmp_path / "chain").write_bytes(chain)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal"]
    command += ["-content", "manifest", "-CAfile", "chain", "-purpose", "any"]
    command += ["-attime", str(int(NOW.timestamp()))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"CAdES Verification successful" in done.stderr
    assert done.stdout == MANIFEST


def test_pyhanko_verifies_it_with_its_path(sealer: Sealer) -> None:
    signed = asn1_cms.ContentInfo.load(sealer.seal(), strict=True)["content"]
    anchors = [asn1_x509.Certificate.load(sealer.made.new.root_der)]
    others = [asn1_x509.Certificate.load(sealer.made.new.issuing_der)]
    context = ValidationContext(
        trust_roots=anchors, other_certs=others, allow_fetching=False, moment=NOW
    )
    status = asyncio.run(
        async_validate_detached_cms(MANIFEST, signed, signer_validation_context=context)
    )
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.signer_reported_dt == NOW


def test_asn1crypto_reads_what_the_profile_asks_for(sealer: Sealer) -> None:
    """ETSI EN 319 122-1, 6.3: what a baseline signature has at least."""
    data = sealer.seal()
    info = asn1_cms.ContentInfo.load(data, strict=True)
    assert info.dump(force=True) == data
    (signer,) = info["content"]["signer_infos"]
    attributes = {row["type"].native: row["values"] for row in signer["signed_attrs"]}
    assert set(attributes) == {
        *("content_type", "message_digest", "signing_time", "signing_certificate_v2"),
    }
    reference = attributes["signing_certificate_v2"][0]["certs"][0]
    certificate = asn1_x509.Certificate.load(sealer.facts.certificate_der)
    assert reference["cert_hash"].native == certificate.sha256
    assert len(info["content"]["certificates"]) == 1
    assert info["content"]["encap_content_info"]["content"].native is None


def test_no_other_byte_passes_for_a_seal(sealer: Sealer) -> None:
    data = sealer.seal()
    assert sealer.judge(data) == NOW
    for position in range(len(data)):
        for change in (0x01, 0x80, 1 << position % 8, 0xFF):
            altered = bytearray(data)
            altered[position] ^= change
            with pytest.raises(PKIError):
                sealer.judge(bytes(altered))


def test_a_seal_cut_anywhere_or_with_something_behind_it_is_refused(sealer: Sealer) -> None:
    data = sealer.seal()
    for length in range(len(data)):
        with pytest.raises(SealError):
            verify_seal(data[:length], content=MANIFEST)
    for more in (b"\0", data):
        with pytest.raises(SealError):
            verify_seal(data + more, content=MANIFEST)


def test_another_list_is_not_sealed_by_it(sealer: Sealer) -> None:
    for content in (b"", MANIFEST[:-1], MANIFEST + b"\n", b"\n" + MANIFEST):
        with pytest.raises(SealError):
            verify_seal(sealer.seal(), content=content)


def attach(data: bytes) -> bytes:
    info = asn1_cms.ContentInfo.load(data)
    info["content"]["encap_content_info"]["content"] = MANIFEST
    return bytes(info.dump(force=True))


def add_certificate(data: bytes) -> bytes:
    info = asn1_cms.ContentInfo.load(data)
    rows = info["content"]["certificates"]
    rows.append(rows[0])
    return bytes(info.dump(force=True))


def add_unsigned(data: bytes) -> bytes:
    info = asn1_cms.ContentInfo.load(data)
    signer = info["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = [{"type": "1.2.3", "values": [asn1_cms.OctetString(b"x")]}]
    return bytes(info.dump(force=True))


def as_pem(data: bytes) -> bytes:
    command = ["openssl", "cms", "-cmsout", "-inform", "DER", "-outform", "PEM"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


@pytest.mark.parametrize("change", [to_ber, attach, add_certificate, add_unsigned, as_pem])
def test_another_encoding_of_a_good_signature_is_no_seal(
    sealer: Sealer, change: Callable[[bytes], bytes]
) -> None:
    other = change(sealer.seal())
    with pytest.raises(SealError):
        verify_seal(other, content=MANIFEST)


def test_a_seal_by_another_key_is_refused(sealer: Sealer) -> None:
    der = sealer.facts.certificate_der
    attributes = signed_attributes(der, content=MANIFEST, sealed_at=NOW)
    signature = sign_with(ec.generate_private_key(ec.SECP256R1()), attributes)
    forged = assemble_seal(der, attributes=attributes, signature=signature)
    with pytest.raises(SealError):
        verify_seal(forged, content=MANIFEST)


def test_the_authoritys_own_key_is_not_used_in_place_of_the_seals(sealer: Sealer) -> None:
    wrong = IssuerFacts(
        sealer.facts.name,
        sealer.facts.certificate_der,
        sealer.made.issuer.key_name,
        sealer.facts.base_url,
    )
    with pytest.raises(KeyMismatchError):
        seal_content(MANIFEST, sealer=wrong, keys=sealer.made.keys, now=NOW)


def test_keys_that_sign_something_else_seal_nothing(sealer: Sealer) -> None:
    class Confused:
        def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
            return sealer.keys.sign(issuer, data + b"!")

    with pytest.raises(NotPlannedError):
        seal_content(MANIFEST, sealer=sealer.facts, keys=Confused(), now=NOW)


def test_a_seal_is_judged_at_its_own_moment(sealer: Sealer) -> None:
    facts = parse_certificate(sealer.facts.certificate_der)
    assert sealer.judge(sealer.seal(now=facts.not_after)) == facts.not_after
    for moment in (facts.not_after + timedelta(seconds=1), datetime(2051, 1, 1, tzinfo=UTC)):
        late = sealer.seal(now=moment)
        assert verify_seal(late, content=MANIFEST).sealed_at == moment
        with pytest.raises(ExpiredError):
            sealer.judge(late)


def test_a_seal_of_the_same_names_under_another_root_is_refused(
    sealers: dict[str, Sealer], tmp_path: Path
) -> None:
    false = make_authority("ec", tmp_path, NOW - timedelta(days=30))
    key = NEW_KEYS["P-256"]()
    der = certify(false, spki_of(key))
    attributes = signed_attributes(der, content=MANIFEST, sealed_at=NOW)
    forged = assemble_seal(der, attributes=attributes, signature=sign_with(key, attributes))
    assert verify_seal(forged, content=MANIFEST).signer.der == der
    with pytest.raises(PKIError):
        sealers["ec"].judge(forged)
