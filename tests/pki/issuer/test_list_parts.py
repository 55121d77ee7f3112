"""A list that is cut into parts: each certificate names the part of its serial number."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from pki.crl_entry import encode_entry
from pki.errors import LintError
from pki.issuer.crl_writer import ListPlan, write_list
from pki.issuer.lint import lint
from pki.issuer.prepare import Plan, prepare
from pki.issuer.rules import broken_rules
from pki.issuer.sign import compare, sign
from pki.profiles import ServiceKind, service_profile
from pki.revocation import Reason
from tests.list_clients import openssl_verify
from tests.pki.issuer.conftest import COMBINED_FILE, NOW, SUBJECT, Made

PARTS = 4
LIFE = timedelta(hours=48)


def cut(made: Made, parts: int = PARTS) -> Made:
    return replace(made, issuer=replace(made.issuer, partitions=parts))


def plan_for(made: Made, number: int, spki_der: bytes) -> Plan:
    return prepare(
        issuer=made.issuer,
        profile=COMBINED_FILE,
        subject_der=SUBJECT,
        spki_der=spki_der,
        serial=number.to_bytes(20),
        now=NOW,
    )


def issue(made: Made, number: int, spki_der: bytes) -> bytes:
    plan = plan_for(made, number, spki_der)
    lint(plan)
    der = sign(plan, made.keys)
    compare(plan, der)
    return der


def address_in(der: bytes) -> str:
    extensions = x509.load_der_x509_certificate(der).extensions
    found = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (point,) = found
    assert point.full_name is not None
    (name,) = point.full_name
    return str(name.value)


FIRST = 0x40 << 152


@pytest.mark.parametrize("number", range(FIRST, FIRST + 2 * PARTS))
def test_a_certificate_names_the_part_of_its_number(
    made: Made, spkis: dict[str, bytes], number: int
) -> None:
    base = f"{made.issuer.base_url}/{made.issuer.name}"
    der = issue(cut(made), number, spkis["P-256"])
    assert address_in(der) == f"{base}/{number % PARTS}.crl"
    assert address_in(issue(made, number, spkis["P-256"])) == f"{base}.crl"


def test_a_certificate_that_names_another_part_is_not_issued(
    ec_made: Made, spkis: dict[str, bytes]
) -> None:
    here = cut(ec_made)
    right, wrong = (plan_for(here, FIRST + at, spkis["P-256"]) for at in (1, 2))
    forged = replace(
        right,
        tbs_der=wrong.tbs_der.replace(
            bytes.fromhex(wrong.serial_hex), bytes.fromhex(right.serial_hex)
        ),
    )
    with pytest.raises(LintError) as refused:
        lint(forged)
    assert "does not name the list" in refused.value.facts["findings"]
    assert "2.5.29.31 differs" in refused.value.facts["findings"]


def test_whole_and_cut_lists_are_not_mistaken_for_each_other(
    ec_made: Made, spkis: dict[str, bytes]
) -> None:
    der = issue(ec_made, FIRST, spkis["P-256"])
    as_if_cut = replace(plan_for(ec_made, FIRST, spkis["P-256"]), issuer=cut(ec_made).issuer)
    assert any("does not name the list" in words for words in broken_rules(as_if_cut, der))


def test_who_answers_about_others_names_no_list(ec_made: Made, spkis: dict[str, bytes]) -> None:
    here = cut(ec_made)
    plan = prepare(
        issuer=here.issuer,
        profile=service_profile(ServiceKind.OCSP, longest=COMBINED_FILE.term),
        subject_der=SUBJECT,
        spki_der=spkis["P-256"],
        serial=FIRST.to_bytes(20),
        now=NOW,
    )
    lint(plan)
    extensions = x509.load_der_x509_certificate(sign(plan, here.keys)).extensions
    assert ExtensionOID.CRL_DISTRIBUTION_POINTS not in {one.oid for one in extensions}


def test_openssl_uses_a_part_for_its_own_certificates_alone(
    made: Made, spkis: dict[str, bytes], tmp_path: Path
) -> None:
    here = cut(made)
    revoked, good, elsewhere = (issue(here, FIRST + at, spkis["P-256"]) for at in (1, 1 + PARTS, 2))
    entry = encode_entry(f"{FIRST + 1:040x}", NOW, Reason.KEY_COMPROMISE)
    plan = ListPlan(here.issuer, number=1, this_update=NOW, next_update=NOW + LIFE, part=1)
    part = write_list(plan, [entry], here.keys)
    chain = [made.new.issuing_der, made.new.root_der]
    options = ("-attime", str(int(NOW.timestamp())), "-extended_crl")

    def said(der: bytes) -> str:
        return openssl_verify(der, chain, [part], tmp_path, options)

    assert "certificate revoked" in said(revoked)
    assert "OK" in said(good)
    assert "different CRL scope" in said(elsewhere)
