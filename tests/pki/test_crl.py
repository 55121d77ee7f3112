"""Lists of revoked certificates: whole, of their issuer and of this moment, or not used."""

import random
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pki import der
from pki.certificate import serial_hex
from pki.crl import Crl, read_crl
from pki.crl_scope import PERSON, Scope, scope_of
from pki.errors import PKIError
from pki.issuer.keys import sign_with
from pki.revocation import Reason, RevocationFacts, Status
from tests.pki.factories import NOW, Authority, Digest, authority, issuing, usage

SECOND = timedelta(seconds=1)
THIS, NEXT = NOW - timedelta(days=1), NOW + timedelta(days=1)
REVOKED, GOOD = 0x0ABC, 0x0DEF
ADDRESS = "http://pki.example/a.crl"
NAMED = Scope(addresses=frozenset({ADDRESS, "http://pki.example/b.crl"}))
AUTHORITY = Scope(is_authority=True)


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


def read(
    data: bytes, *, by: Authority | None = None, moment: datetime = NOW, scope: Scope = PERSON
) -> Crl:
    return read_crl(data, issuer_der=(by or issuing()).der, moment=moment, scope=scope)


def code_of(
    data: bytes, *, by: Authority | None = None, moment: datetime = NOW, scope: Scope = PERSON
) -> str:
    with pytest.raises(PKIError) as refused:
        read(data, by=by, moment=moment, scope=scope)
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
    names = [x509.UniformResourceIdentifier(ADDRESS)] if uri else None
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


def test_an_authority_that_does_not_say_what_it_signs_may_sign_lists() -> None:
    silent = authority("SILENT", number=73, says_usage=False)
    assert read(crl(by=silent), by=silent).status("0abc").status is Status.REVOKED


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


def test_a_list_of_people_is_taken_for_people_alone() -> None:
    data = crl(point(users=True))
    assert read(data).status("0abc").status is Status.REVOKED
    assert code_of(data, scope=AUTHORITY) == "crl.extension"
    assert code_of(data, scope=Scope(is_authority=None)) == "crl.extension"


def test_a_list_of_authorities_is_taken_for_authorities_alone() -> None:
    data = crl(point(authorities=True))
    assert read(data, scope=AUTHORITY).status("0abc").status is Status.REVOKED
    assert code_of(data) == "crl.extension"


@pytest.mark.parametrize("part", [point(uri=True), point(uri=True, users=True)])
@pytest.mark.parametrize("is_critical", [True, False])
def test_a_part_is_taken_only_for_a_certificate_that_names_it(
    part: x509.IssuingDistributionPoint, is_critical: bool
) -> None:
    data = crl(part, critical=is_critical)
    assert read(data, scope=NAMED).status("0abc").status is Status.REVOKED
    assert read(data, scope=NAMED).status("0def").status is Status.GOOD
    other = Scope(addresses=frozenset({"http://pki.example/b.crl", ADDRESS + "?"}))
    for scope in (PERSON, other):
        assert code_of(data, scope=scope) == "crl.extension"


def test_a_list_is_no_use_where_somebody_else_makes_it() -> None:
    assert code_of(crl(), scope=Scope(is_elsewhere=True)) == "crl.extension"


def test_what_a_certificate_says_of_lists_is_read() -> None:
    names = [x509.UniformResourceIdentifier(ADDRESS), x509.DNSName("pki.example")]
    elsewhere = [x509.DirectoryName(x509.Name([]))]
    own = x509.DistributionPoint(names, None, None, None)
    theirs = x509.DistributionPoint(names, None, None, elsewhere)
    assert scope_of(certificate(own)) == Scope(addresses=frozenset({ADDRESS}))
    assert scope_of(certificate(theirs)) == Scope(is_elsewhere=True)
    assert scope_of(certificate(own, theirs)) == Scope(addresses=frozenset({ADDRESS}))
    assert scope_of(certificate()) == PERSON
    assert scope_of(issuing().der).is_authority


def certificate(*points: x509.DistributionPoint) -> bytes:
    builder = x509.CertificateBuilder(
        issuer_name=issuing().certificate.subject,
        subject_name=issuing().certificate.subject,
        public_key=issuing().certificate.public_key(),
        serial_number=REVOKED,
        not_valid_before=THIS,
        not_valid_after=NEXT,
    )
    if points:
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    return builder.sign(issuing().key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_list_without_an_end_needs_a_limit_of_its_age() -> None:
    data = without_end(crl())
    own = issuing().der
    assert code_of(data) == "crl.stale"
    day = timedelta(days=1)
    assert read_crl(data, issuer_der=own, moment=NOW, longest=day).status("0abc").reason
    for later in (NOW + SECOND, THIS - SECOND):
        with pytest.raises(PKIError) as refused:
            read_crl(data, issuer_der=own, moment=later, longest=day)
        assert refused.value.code == "crl.stale"
    # A limit never makes a list last longer than it says.
    with pytest.raises(PKIError):
        read_crl(crl(), issuer_der=own, moment=NEXT + SECOND, longest=10 * day)


def without_end(data: bytes) -> bytes:
    """The same list, signed again without its `nextUpdate`."""
    content, algorithm, _bits = der.children(data)
    fields = der.children(content)
    del fields[4]
    return signed(fields, algorithm)


def signed(fields: list[bytes], algorithm: bytes) -> bytes:
    content = der.tlv(der.SEQUENCE, b"".join(fields))
    signature = sign_with(issuing().key, content)
    bits = der.tlv(der.BIT_STRING, b"\0" + signature)
    return der.tlv(der.SEQUENCE, content + algorithm + bits)


def test_entries_that_are_there_and_empty_are_malformed() -> None:
    content, algorithm, _bits = der.children(crl(entries=[]))
    fields = der.children(content)
    assert read(signed(fields, algorithm)).status("0abc").status is Status.GOOD
    fields.insert(5, der.tlv(der.SEQUENCE, b""))
    assert code_of(signed(fields, algorithm)) == "crl.malformed"


def test_a_name_written_otherwise_is_the_same_name() -> None:
    def renamed(name: bytes) -> bytes:
        content, algorithm, _bits = der.children(crl())
        fields = der.children(content)
        fields[2] = name
        return signed(fields, algorithm)

    own = issuing().certificate.subject
    louder = x509.Name(
        # The code of the country has two letters, not a space more.
        [
            x509.NameAttribute(part.oid, " " * (len(part.value) > 2) + str(part.value).swapcase())
            for part in own
        ]
    )
    assert read(renamed(louder.public_bytes())).status("0abc").status is Status.REVOKED
    first, *rest = own
    other = x509.Name([x509.NameAttribute(first.oid, f"{first.value!s}X"), *rest])
    assert code_of(renamed(other.public_bytes())) == "crl.issuer"


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
