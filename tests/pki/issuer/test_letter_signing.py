"""The certificate by which letters are signed, and that it serves for nothing else."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pki.authority import IssuerFacts
from pki.cades import assemble_seal, require_sealer, signed_attributes
from pki.certificate import Purpose, parse_certificate
from pki.chain import Usage, validate_path
from pki.cms import verify_cms
from pki.container_errors import SealerError
from pki.errors import KeyUsageError, NotPlannedError
from pki.issuer.cms_writer import letter_address, seal_content, sign_letter
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.lint import lint, pkilint_findings
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.profiles import LEAF_PROFILES, SERVICE_PROFILES, ServiceKind, service_profile
from tests.pki.issuer.conftest import NOW, PASSPHRASE, Made, spki_of, write_pem
from tests.pki.issuer.test_seal import KINDS, certify

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ХАТ МӨРІ TEST")])
SENDER = "noreply@cabinet.example"
CONTENT = b"Content-Type: text/plain\r\n\r\nwords\r\n"
LONG = timedelta(days=10_000)


@pytest.fixture(scope="module", params=sorted(KINDS))
def letters(
    request: pytest.FixtureRequest,
    authorities: dict[str, Made],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Made, IssuerFacts, FileKeys]:
    """An authority, its certificate for letters and the key beside it."""
    made = authorities[request.param]
    key = NEW_KEYS[KINDS[request.param]]()
    directory = tmp_path_factory.mktemp(f"{request.param}-mail") / "keys"
    write_key(directory, "mail", key, PASSPHRASE)
    plan = prepare(
        issuer=made.issuer,
        profile=service_profile(ServiceKind.MAIL, longest=LONG),
        subject_der=NAME.public_bytes(),
        spki_der=spki_of(key),
        serial=new_serial(),
        now=NOW,
        email=SENDER,
    )
    lint(plan)
    der = sign(plan, made.keys)
    compare(plan, der)
    facts = IssuerFacts("mail", der, "mail", made.issuer.base_url)
    return made, facts, FileKeys(directory, PASSPHRASE)


Letters = tuple[Made, IssuerFacts, FileKeys]


def test_the_certificate_is_for_letters_of_one_sender(letters: Letters) -> None:
    _made, facts, _keys = letters
    extensions = x509.load_der_x509_certificate(facts.certificate_der).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [oid.dotted_string for oid in extended] == ["1.3.6.1.5.5.7.3.4"]
    assert (usage.digital_signature, usage.content_commitment) == (True, False)
    assert list(names) == [x509.RFC822Name(SENDER)]
    assert letter_address(facts.certificate_der) == SENDER
    assert "1.2.398.3.3.5" not in {one.oid.dotted_string for one in extensions}


def test_pkilint_and_openssl_find_nothing_in_it(letters: Letters) -> None:
    made, facts, _keys = letters
    assert pkilint_findings(facts.certificate_der) == []
    assert made.openssl_verify(facts.certificate_der) == "leaf.pem: OK\n"
    write_pem(made.directory / "mail.pem", facts.certificate_der)
    command = ["openssl", "verify", "-x509_strict", "-purpose", "smimesign"]
    command += ["-attime", str(int(NOW.timestamp())), "-verify_email", SENDER]
    command += ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "mail.pem"]
    done = subprocess.run(command, cwd=made.directory, capture_output=True, text=True, check=False)
    assert done.stdout == "mail.pem: OK\n", done.stderr


def test_it_passes_for_nobody(letters: Letters) -> None:
    made, facts, keys = letters
    found = parse_certificate(facts.certificate_der)
    assert (found.purpose, found.subject.iin, found.roles) == (Purpose.OTHER, "", ())
    for usage in (Usage.SIGN, Usage.SIGN_IN, Usage.ANY):
        with pytest.raises(KeyUsageError):
            validate_path(
                found.der,
                intermediates=[made.new.issuing_der],
                anchors=[made.new.root_der],
                moment=NOW,
                usage=usage,
            )
    # Nor does it seal.
    with pytest.raises(SealerError):
        require_sealer(found.der)
    with pytest.raises(SealerError):
        seal_content(b"list", sealer=facts, keys=keys, now=NOW)


def test_neither_a_person_nor_a_seal_nor_an_authority_signs_letters(
    ec_made: Made, spkis: dict[str, bytes]
) -> None:
    person = sign(ec_made.plan(spkis["P-256"], email=SENDER), ec_made.keys)
    seal = certify(ec_made, spkis["P-256"])
    for der in (person, seal, ec_made.new.issuing_der, ec_made.new.root_der):
        assert letter_address(der) == ""


def test_no_profile_of_a_person_is_that_of_a_service() -> None:
    profiles = [*LEAF_PROFILES.values(), *SERVICE_PROFILES.values()]
    kinds = {(one.standard_usages, one.key_uses) for one in profiles}
    assert len(kinds) == 3 + len(SERVICE_PROFILES)


def test_a_signature_is_detached_and_brings_what_a_reader_lacks(
    letters: Letters, tmp_path: Path
) -> None:
    made, facts, keys = letters
    cms = sign_letter(CONTENT, signer=facts, authority_der=made.new.issuing_der, keys=keys, now=NOW)
    assert verify_cms(cms, content=CONTENT).signer.der == facts.certificate_der
    (tmp_path / "cms").write_bytes(cms)
    (tmp_path / "content").write_bytes(CONTENT)
    write_pem(tmp_path / "root", made.new.root_der)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms"]
    command += ["-content", "content", "-CAfile", "root", "-x509_strict"]
    command += ["-attime", str(int(NOW.timestamp()))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == CONTENT


def test_the_certificates_are_in_the_one_order(letters: Letters) -> None:
    made, facts, _keys = letters
    attributes = signed_attributes(facts.certificate_der, content=CONTENT, sealed_at=NOW)
    others = (made.new.issuing_der, made.new.root_der)
    written = {
        assemble_seal(facts.certificate_der, attributes=attributes, signature=b"s", others=order)
        for order in (others, others[::-1])
    }
    assert len(written) == 1


def test_keys_that_sign_something_else_sign_no_letter(letters: Letters) -> None:
    made, facts, keys = letters

    class Confused:
        def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
            return keys.sign(issuer, data + b"!")

    with pytest.raises(NotPlannedError):
        sign_letter(
            CONTENT, signer=facts, authority_der=made.new.issuing_der, keys=Confused(), now=NOW
        )
