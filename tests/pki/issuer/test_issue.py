"""From the profile to a certificate, for everything that we issue."""

from itertools import product

import pytest
from cryptography import x509

from pki.certificate import Purpose, Role, Storage, parse_certificate
from pki.chain import Usage, validate_path
from pki.issuer.lint import lint, pkilint_findings
from pki.issuer.sign import compare, sign
from pki.profiles import LEAF_KEY_KINDS, LEAF_PROFILES, leaf_profile
from tests.pki.issuer.conftest import INDIVIDUAL, NOW, SUBJECT, Made

ROLE_SETS = (
    INDIVIDUAL,
    (Role.INDIVIDUAL, Role.OPERATOR),
    (Role.LEGAL_ENTITY, Role.HEAD),
    (Role.LEGAL_ENTITY, Role.HR, Role.EMPLOYEE),
)


@pytest.mark.parametrize(
    ("purpose", "storage", "kind"),
    [(*key, kind) for key, kind in product(LEAF_PROFILES, LEAF_KEY_KINDS)],
)
def test_every_profile_gives_a_certificate_that_others_accept(
    made: Made, spkis: dict[str, bytes], purpose: Purpose, storage: Storage, kind: str
) -> None:
    plan = made.plan(spkis[kind], profile=leaf_profile(purpose, storage, INDIVIDUAL))
    lint(plan)
    certificate_der = sign(plan, made.keys)
    compare(plan, certificate_der)
    assert pkilint_findings(certificate_der) == []
    assert made.openssl_verify(certificate_der).endswith("leaf.pem: OK\n")

    facts = parse_certificate(certificate_der)
    assert (facts.purpose, facts.storage, facts.roles) == (purpose, storage, INDIVIDUAL)
    assert (facts.key_kind, facts.spki_der) == (kind, spkis[kind])
    assert (facts.serial_hex, facts.subject.der) == (plan.serial_hex, SUBJECT)
    assert facts.subject.iin == "010203300005"
    assert not facts.is_ca
    usage = Usage.SIGN_IN if purpose is Purpose.AUTH else Usage.SIGN
    path = validate_path(
        certificate_der,
        intermediates=[made.new.issuing_der],
        anchors=[made.new.root_der],
        moment=NOW,
        usage=usage,
    )
    assert path.chain == (certificate_der, made.new.issuing_der, made.new.root_der)


@pytest.mark.parametrize("roles", ROLE_SETS)
def test_a_certificate_says_who_its_holder_is(
    ec_made: Made, spkis: dict[str, bytes], roles: tuple[Role, ...]
) -> None:
    plan = ec_made.plan(spkis["P-256"], profile=leaf_profile(Purpose.COMBINED, Storage.FILE, roles))
    lint(plan)
    facts = parse_certificate(sign(plan, ec_made.keys))
    assert set(facts.roles) == set(roles)


def test_an_address_stands_in_the_alternative_name(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"], email="aigul@example.kz")
    lint(plan)
    certificate = x509.load_der_x509_certificate(sign(plan, ec_made.keys))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["aigul@example.kz"]
