"""Lists of revoked certificates: whole, of their issuer and of this moment, or not used."""

import random
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pki.certificate import serial_hex
from pki.crl import Crl, read_crl
from pki.errors import PKIError
from pki.revocation import Reason, RevocationFacts, Status
from tests.pki.factories import NOW, Authority, Digest, authority, issuing, usage

SECOND = timedelta(seconds=1)
THIS, NEXT = NOW - timedelta(days=1), NOW + timedelta(days=1)
REVOKED, GOOD = 0x0ABC, 0x0DEF


def entry(
    serial: int = REVOKED, *extensions: x509.ExtensionType, critical: bool = False
) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(THIS)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.build()


def crl(
    *extensions: x509.ExtensionType,
    by: Authority | None = None,
    signed_by: Authority | None = None,
    critical: bool = True,
    entries: list[x509.RevokedCertificate] | None = None,
    term: tuple[datetime, datetime] = (THIS, NEXT),
    digest: Digest | None = None,
) -> bytes:
    own = by or issuing()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(own.certificate.subject)
        .last_update(term[0])
        .next_update(term[1])
        .add_extension(x509.CRLNumber(7), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=critical)
    for row in [entry()] if entries is None else entries:
        builder = builder.add_revoked_certificate(row)
    made = builder.sign((signed_by or own).key, digest or hashes.SHA256())
    return made.public_bytes(Encoding.DER)


def read(data: bytes, *, by: Authority | None = None, moment: datetime = NOW) -> Crl:
    return read_crl(data, issuer_der=(by or issuing()).der, moment=moment)


def code_of(data: bytes, *, by: Authority | None = None, moment: datetime = NOW) -> str:
    with pytest.raises(PKIError) as refused:
        read(data, by=by, moment=moment)
    return refused.value.code


def point(
    *,
    uri: bool = False,
    users: bool = False,
    authorities: bool = False,
    attributes: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> x509.IssuingDistributionPoint:
    names = [x509.UniformResourceIdentifier("http://pki.example/a.crl")] if uri else None
    return x509.IssuingDistributionPoint(
        full_name=names,
        relative_name=None,
        only_contains_user_certs=users,
        only_contains_ca_certs=authorities,
        only_some_reasons=reasons,
        indirect_crl=indirect,
        only_contains_attribute_certs=attributes,
    )


def test_who_is_on_the_list_is_revoked_and_the_others_are_good() -> None:
    found = read(crl())
    assert found.status(serial_hex(REVOKED)) == RevocationFacts(
        Status.REVOKED, "crl", NOW, THIS, Reason.UNSPECIFIED
    )
    assert found.status(serial_hex(GOOD)) == RevocationFacts(Status.GOOD, "crl", NOW)


@pytest.mark.parametrize(
    "flag", [flag for flag in x509.ReasonFlags if flag is not x509.ReasonFlags.unspecified]
)
def test_the_reason_is_told(flag: x509.ReasonFlags) -> None:
    found = read(crl(entries=[entry(REVOKED, x509.CRLReason(flag))])).status("0abc")
    assert found.reason is Reason(flag.value)
    assert found.status is Status.REVOKED


def test_an_empty_list_revokes_nobody() -> None:
    assert read(crl(entries=[])).status("0abc").status is Status.GOOD


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_every_allowed_digest_may_sign_a_list(digest: Digest) -> None:
    assert read(crl(digest=digest)).moment == NOW


@pytest.mark.parametrize("moment", [THIS, NOW, NEXT])
def test_both_ends_of_its_term_belong_to_it(moment: datetime) -> None:
    assert read(crl(), moment=moment).moment == moment


@pytest.mark.parametrize("moment", [THIS - SECOND, NEXT + SECOND])
def test_a_list_of_another_moment_is_stale(moment: datetime) -> None:
    assert code_of(crl(), moment=moment) == "crl.stale"


def test_the_list_of_another_authority_is_refused() -> None:
    other = authority("OTHER", number=70)
    assert code_of(crl(by=other)) == "crl.issuer"
    assert code_of(crl(), by=other) == "crl.issuer"


def test_a_false_authority_of_the_same_name_signs_nothing() -> None:
    rogue = authority("ISSUING", number=71)
    assert code_of(crl(signed_by=rogue)) == "crl.signature"


@pytest.mark.parametrize("key_usage", [usage(key_cert_sign=True), usage(digital_signature=True)])
def test_an_authority_that_may_not_sign_lists_is_refused(key_usage: x509.KeyUsage) -> None:
    mute = authority("MUTE", number=72, key_usage=key_usage)
    assert code_of(crl(by=mute), by=mute) == "crl.issuer"


def test_an_authority_that_does_not_say_what_it_signs_is_refused() -> None:
    silent = authority("SILENT", number=73, says_usage=False)
    assert code_of(crl(by=silent), by=silent) == "crl.issuer"


def test_a_weak_hash_is_refused() -> None:
    assert code_of(crl(digest=hashes.SHA224())) == "crl.signature"


@pytest.mark.parametrize("is_critical", [True, False])
@pytest.mark.parametrize(
    "scope",
    [
        point(authorities=True),
        point(attributes=True),
        point(uri=True, indirect=True),
        point(uri=True, reasons=frozenset({x509.ReasonFlags.key_compromise})),
    ],
)
def test_a_list_that_covers_something_else_is_refused(
    scope: x509.IssuingDistributionPoint, is_critical: bool
) -> None:
    assert code_of(crl(scope, critical=is_critical)) == "crl.extension"


@pytest.mark.parametrize("scope", [point(uri=True), point(users=True), point(uri=True, users=True)])
def test_a_list_of_people_is_taken(scope: x509.IssuingDistributionPoint) -> None:
    assert read(crl(scope)).status("0abc").status is Status.REVOKED


def test_changes_only_are_not_a_list() -> None:
    assert code_of(crl(x509.DeltaCRLIndicator(6))) == "crl.extension"
    assert code_of(crl(x509.DeltaCRLIndicator(6), critical=False)) == "crl.extension"


def test_what_is_critical_and_not_read_is_refused() -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")
    assert code_of(crl(strange)) == "crl.extension"
    assert code_of(crl(entries=[entry(REVOKED, strange, critical=True)])) == "crl.extension"
    assert read(crl(strange, critical=False)).moment == NOW
    assert read(crl(entries=[entry(REVOKED, strange)])).status("0abc").status is Status.REVOKED


def test_an_entry_of_another_issuer_is_refused() -> None:
    issuer = x509.CertificateIssuer([x509.DirectoryName(x509.Name([]))])
    assert code_of(crl(entries=[entry(REVOKED, issuer, critical=True)])) == "crl.extension"


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", b"\0" * 50, b"-----BEGIN X509 CRL-----", issuing().der]
)
def test_what_is_no_list_is_malformed(data: bytes) -> None:
    assert code_of(data) == "crl.malformed"


def test_something_behind_the_end_is_malformed() -> None:
    assert code_of(crl() + b"\0") == "crl.malformed"


def test_a_removed_entry_breaks_the_signature() -> None:
    changed = crl().replace(b"\x02\x02\x0a\xbc", b"\x02\x02\x0a\xbd")
    assert code_of(changed) == "crl.signature"


def test_no_flipped_bit_makes_anybody_good() -> None:
    data = crl()
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        try:
            found = read(bytes(flipped))
        except PKIError:
            continue
        assert found.status("0abc").status is Status.REVOKED


def test_random_damage_raises_nothing_else() -> None:
    generator = random.Random(20261123)
    data = crl(
        point(uri=True), entries=[entry(), entry(5, x509.CRLReason(x509.ReasonFlags.superseded))]
    )
    for _round in range(2000):
        damaged = bytearray(data)
        for _change in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(data))] = generator.randrange(256)
        try:
            found = read(bytes(damaged))
        except PKIError:
            continue
        assert found.status("0abc").status is Status.REVOKED
