"""A broken plan is found before the authority's key is used."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pkilint.validation import ValidationFindingSeverity

from pki import der
from pki.certificate import Purpose, Storage
from pki.errors import LintError
from pki.issuer.lint import WORST_ALLOWED, lint
from pki.issuer.pattern import oid_der
from pki.issuer.prepare import Plan
from pki.profiles import leaf_profile
from tests.pki.issuer.conftest import INDIVIDUAL, NOW, Made

VERSION, SERIAL, ALGORITHM, ISSUER, TERM, SUBJECT, KEY, EXTENSIONS = range(8)
BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED, AUTHORITY_ID, KEY_ID, POLICIES = range(6)
SHA1_WITH_ECDSA = der.tlv(der.SEQUENCE, oid_der(x509.ObjectIdentifier("1.2.840.10045.4.1")))
SHA384_WITH_ECDSA = der.tlv(der.SEQUENCE, oid_der(x509.ObjectIdentifier("1.2.840.10045.4.3.3")))


def with_field(plan: Plan, field: int, value: bytes) -> Plan:
    """The plan with another field in its content."""
    fields = der.children(plan.tbs_der)
    fields[field] = value
    return replace(plan, tbs_der=der.tlv(der.SEQUENCE, b"".join(fields)))


def with_extensions(plan: Plan, change: Callable[[list[bytes]], object]) -> Plan:
    """The plan with its list of extensions changed in place."""
    extensions = der.children(der.content(der.children(plan.tbs_der)[EXTENSIONS]))
    change(extensions)
    changed = der.tlv(der.EXTENSIONS, der.tlv(der.SEQUENCE, b"".join(extensions)))
    return with_field(plan, EXTENSIONS, changed)


def extension(value: x509.ExtensionType, *, is_critical: bool) -> bytes:
    """One extension as DER."""
    critical = bytes.fromhex("0101ff") if is_critical else b""
    inside = der.tlv(der.OCTET_STRING, value.public_bytes())
    return der.tlv(der.SEQUENCE, oid_der(value.oid) + critical + inside)


def serial(octets: bytes) -> Callable[[Plan], Plan]:
    """A breaker of serial numbers."""
    return lambda plan: with_field(plan, SERIAL, der.tlv(der.INTEGER, octets))


def term(days_before: int, days_after: int) -> Callable[[Plan], Plan]:
    """A breaker of terms."""
    content = der.time(NOW - timedelta(days=days_before)) + der.time(
        NOW + timedelta(days=days_after)
    )
    return lambda plan: with_field(plan, TERM, der.tlv(der.SEQUENCE, content))


def in_place_of(position: int, value: bytes) -> Callable[[Plan], Plan]:
    """A breaker of one extension."""
    return lambda plan: with_extensions(plan, lambda all_: all_.__setitem__(position, value))


def key_usage(*, is_critical: bool = True, ca: bool = False) -> bytes:
    """The profile's key usage, or one that makes an authority."""
    usage = x509.KeyUsage(True, True, False, False, True, ca, ca, False, False)
    return extension(usage, is_critical=is_critical)


ANY_USAGE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)
HOST = x509.SubjectAlternativeName([x509.DNSName("bank.example")])

BROKEN: dict[str, Callable[[Plan], Plan]] = {
    "version 1": lambda plan: with_field(plan, VERSION, bytes.fromhex("a003020100")),
    "negative serial": serial(b"\x80" + bytes(19)),
    "short serial": serial(b"\x01"),
    "long serial": serial(b"\x41" * 21),
    "another serial": serial(b"\x41" * 20),
    "SHA-1": lambda plan: with_field(plan, ALGORITHM, SHA1_WITH_ECDSA),
    "SHA-384 with P-256": lambda plan: with_field(plan, ALGORITHM, SHA384_WITH_ECDSA),
    "another issuer": lambda plan: with_field(plan, ISSUER, plan.subject_der),
    "another subject": lambda plan: with_field(plan, SUBJECT, der.children(plan.tbs_der)[ISSUER]),
    "empty subject": lambda plan: with_field(plan, SUBJECT, b"\x30\x00"),
    "another term": term(0, 364),
    "before the authority": term(40, 325),
    "beyond the authority": term(0, 20 * 365),
    "ends before it begins": term(0, -1),
    "unknown extension": lambda plan: with_extensions(
        plan, lambda all_: all_.append(extension(HOST, is_critical=False))
    ),
    "no key usage": lambda plan: with_extensions(plan, lambda all_: all_.pop(KEY_USAGE)),
    "no key identifier": lambda plan: with_extensions(plan, lambda all_: all_.pop(KEY_ID)),
    "no authority identifier": lambda plan: with_extensions(
        plan, lambda all_: all_.pop(AUTHORITY_ID)
    ),
    "no extension at all": lambda plan: with_extensions(plan, lambda all_: all_.clear()),
    "an extension twice": lambda plan: with_extensions(
        plan, lambda all_: all_.append(all_[POLICIES])
    ),
    "key usage not critical": in_place_of(KEY_USAGE, key_usage(is_critical=False)),
    "key usage of an authority": in_place_of(KEY_USAGE, key_usage(ca=True)),
    "any usage": in_place_of(EXTENDED, extension(ANY_USAGE, is_critical=False)),
    "an authority": in_place_of(BASIC_CONSTRAINTS, extension(AUTHORITY, is_critical=True)),
    "another key identifier": in_place_of(
        KEY_ID, extension(x509.SubjectKeyIdentifier(bytes(20)), is_critical=False)
    ),
    "a field left out": lambda plan: with_field(plan, KEY, b""),
    "not DER": lambda plan: replace(plan, tbs_der=plan.tbs_der[:-3]),
    "another profile": lambda plan: replace(
        plan, profile=leaf_profile(Purpose.AUTH, Storage.FILE, INDIVIDUAL)
    ),
    "another storage": lambda plan: replace(
        plan, profile=leaf_profile(Purpose.COMBINED, Storage.TOKEN, INDIVIDUAL)
    ),
    "an address nobody asked for": lambda plan: replace(plan, email="a@example.kz"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_a_broken_plan(ec_made: Made, spkis: dict[str, bytes], name: str) -> None:
    plan = ec_made.plan(spkis["P-256"])
    with pytest.raises(LintError) as refused:
        lint(BROKEN[name](plan))
    assert refused.value.facts["findings"]


def test_it_refuses_another_key_than_the_given_one(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    with pytest.raises(LintError, match="key"):
        lint(with_field(plan, KEY, spkis["RSA-2048"]))


def test_it_refuses_the_issuers_own_key(ec_made: Made) -> None:
    issuer_key = der.children(der.children(ec_made.new.issuing_der)[0])[KEY]
    with pytest.raises(LintError, match="own"):
        lint(ec_made.plan(issuer_key))


def test_a_good_plan_passes_and_can_still_be_signed(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    lint(plan)
    lint(plan)
    plan.spend()


def test_pkilint_counts_the_other_way_round() -> None:
    severity = ValidationFindingSeverity
    assert severity.FATAL < severity.ERROR < severity.WARNING < WORST_ALLOWED < severity.INFO
