"""Paths to a pinned authority: who is let through, and what the others are told."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from pki.chain import PathFacts, Usage, validate_path
from pki.errors import PKIError
from tests.pki.factories import (
    AUTH,
    BOTH,
    ECDSA_SHA256,
    NOW,
    SIGN,
    UNHEARD_OF,
    Authority,
    Digest,
    altered,
    authority,
    der,
    issuing,
    leaf,
    openssl,
    root,
    usage,
    with_sha1,
)

SECOND = timedelta(seconds=1)
START, END = NOW - timedelta(days=30), NOW + timedelta(days=30)


def judge(
    certificate: bytes,
    *,
    intermediates: list[Authority] | None = None,
    anchors: list[Authority] | None = None,
    moment: datetime = NOW,
    usage: Usage = Usage.ANY,
) -> PathFacts:
    return validate_path(
        certificate,
        intermediates=[
            row.der for row in ([issuing()] if intermediates is None else intermediates)
        ],
        anchors=[row.der for row in ([root()] if anchors is None else anchors)],
        moment=moment,
        usage=usage,
    )


def code_of(
    certificate: bytes,
    *,
    intermediates: list[Authority] | None = None,
    anchors: list[Authority] | None = None,
    moment: datetime = NOW,
    usage: Usage = Usage.ANY,
) -> str:
    with pytest.raises(PKIError) as refused:
        judge(certificate, intermediates=intermediates, anchors=anchors, moment=moment, usage=usage)
    return refused.value.code


def rogue(number: int = 50) -> Authority:
    """The name of the issuing authority, another key."""
    false_root = authority("ROOT", number=number)
    return authority("ISSUING", false_root, number=number + 1)


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_a_path_runs_from_the_person_to_the_anchor(kind: str) -> None:
    certificate = der(leaf(kind))
    facts = judge(certificate)
    assert facts == PathFacts(chain=(certificate, issuing().der, root().der), moment=NOW)


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_every_allowed_digest_may_sign_a_certificate(digest: Digest) -> None:
    assert judge(der(leaf(digest=digest))).chain


def test_the_issuing_authority_may_itself_be_pinned() -> None:
    assert judge(der(leaf()), intermediates=[], anchors=[issuing()]).chain[-1] == issuing().der


# --- the issuer -----------------------------------------------------------------------------


def test_a_rogue_authority_of_the_same_name_is_unknown() -> None:
    assert code_of(der(leaf(issuer=rogue()))) == "certificate.unknown_issuer"


def test_a_rogue_authority_that_brings_its_own_chain_finds_no_path() -> None:
    false = rogue()
    certificate = der(leaf(issuer=false))
    assert code_of(certificate, intermediates=[false]) == "certificate.path"
    assert code_of(certificate, intermediates=[false, issuing()]) == "certificate.path"
    assert code_of(certificate, intermediates=[issuing(), false]) == "certificate.path"


def test_a_rogue_authority_beside_the_right_one_harms_nobody() -> None:
    for order in ([rogue(), issuing()], [issuing(), rogue()]):
        assert judge(der(leaf()), intermediates=order).chain


def test_without_anchors_nobody_is_known() -> None:
    assert code_of(der(leaf()), anchors=[]) == "certificate.unknown_issuer"
    assert code_of(der(leaf()), anchors=[], intermediates=[]) == "certificate.unknown_issuer"


def test_a_missing_intermediate_is_an_unknown_issuer() -> None:
    assert code_of(der(leaf()), intermediates=[]) == "certificate.unknown_issuer"


def test_somebody_who_vouches_for_himself_is_told_so() -> None:
    person = authority("ISSUING", number=61, ca=False)
    assert code_of(person.der) == "certificate.self_signed"
    assert code_of(person.der, anchors=[person], intermediates=[]) == "certificate.self_signed"


def test_a_certificate_whose_subject_is_its_issuer_is_self_signed() -> None:
    certificate = leaf(subject=issuing().certificate.subject)
    assert code_of(der(certificate)) == "certificate.self_signed"


def test_a_signature_altered_by_a_bit_is_an_unknown_issuer() -> None:
    damaged = bytearray(der(leaf()))
    damaged[-1] ^= 1
    assert code_of(bytes(damaged)) == "certificate.unknown_issuer"


def test_a_changed_name_is_an_unknown_issuer() -> None:
    changed = der(leaf()).replace(b"IIN010203300005", b"IIN050607650004")
    assert code_of(changed) == "certificate.unknown_issuer"


# --- authorities that are none ----------------------------------------------------------------


def test_a_person_cannot_issue_to_another() -> None:
    person = authority("PERSON", issuing(), number=62, ca=False)
    found = code_of(der(leaf(issuer=person)), intermediates=[issuing(), person])
    assert found == "certificate.path"


def test_an_authority_below_one_that_may_have_none_is_refused() -> None:
    limited = authority("LIMITED", root(), number=63, path_length=0)
    below = authority("BELOW", limited, number=64)
    assert judge(der(leaf(issuer=limited)), intermediates=[limited]).chain
    found = code_of(der(leaf(issuer=below)), intermediates=[limited, below])
    assert found == "certificate.path"


def test_an_authority_that_may_not_sign_certificates_is_refused() -> None:
    mute = authority("MUTE", root(), number=65, key_usage=usage(crl_sign=True))
    assert code_of(der(leaf(issuer=mute)), intermediates=[mute]) == "certificate.path"


def test_an_expired_authority_carries_nobody() -> None:
    old = authority("OLD", root(), number=66, days=-1)
    assert code_of(der(leaf(issuer=old)), intermediates=[old]) == "certificate.path"


# --- the term -------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [START, START + SECOND, NOW, END, END + SECOND * 0.999])
def test_both_ends_of_the_term_belong_to_it(moment: datetime) -> None:
    assert judge(der(leaf()), moment=moment).moment == moment


@pytest.mark.parametrize(
    ("moment", "code", "fact"),
    [
        (START - SECOND, "certificate.not_yet_valid", {"not_before": START.isoformat()}),
        (START - timedelta(microseconds=1), "certificate.not_yet_valid", None),
        (END + SECOND, "certificate.expired", {"not_after": END.isoformat()}),
        (END + timedelta(days=900), "certificate.expired", None),
    ],
)
def test_a_second_outside_the_term_is_outside(
    moment: datetime, code: str, fact: dict[str, str] | None
) -> None:
    with pytest.raises(PKIError) as refused:
        judge(der(leaf()), moment=moment)
    assert refused.value.code == code
    assert fact is None or refused.value.facts == fact


def test_the_zone_of_the_moment_does_not_matter() -> None:
    almaty = timezone(timedelta(hours=5))
    assert judge(der(leaf()), moment=END.astimezone(almaty)).chain
    assert code_of(der(leaf()), moment=(END + SECOND).astimezone(almaty)) == "certificate.expired"


def test_expired_is_said_of_people_who_are_known() -> None:
    ends = NOW - timedelta(days=1)
    assert code_of(der(leaf(ends=ends))) == "certificate.expired"
    forged = der(leaf(ends=ends, issuer=rogue()))
    assert code_of(forged) == "certificate.unknown_issuer"
    assert code_of(forged, intermediates=[rogue(), issuing()]) != "certificate.expired"


def test_it_is_expired_even_after_the_authority_ended_too() -> None:
    brief = authority("BRIEF", root(), number=67, days=40)
    after = NOW + timedelta(days=60)
    assert code_of(der(leaf(issuer=brief)), intermediates=[brief], moment=after) == (
        "certificate.expired"
    )


def test_a_term_that_ends_before_it_begins_is_never_valid() -> None:
    data = altered(leaf(), b"261223120000Z", b"261001120000Z")
    for moment in (NOW, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)):
        assert code_of(data, moment=moment) in {
            "certificate.expired",
            "certificate.not_yet_valid",
            "certificate.path",
        }


# --- what it is for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usages", "wanted", "fits"),
    [
        (AUTH, Usage.SIGN_IN, True),
        (AUTH, Usage.SIGN, False),
        (AUTH, Usage.ANY, True),
        (SIGN, Usage.SIGN_IN, False),
        (SIGN, Usage.SIGN, True),
        (SIGN, Usage.ANY, True),
        (BOTH, Usage.SIGN_IN, True),
        (BOTH, Usage.SIGN, True),
        (BOTH, Usage.ANY, True),
        ((ExtendedKeyUsageOID.SERVER_AUTH,), Usage.SIGN_IN, False),
        ((ExtendedKeyUsageOID.SERVER_AUTH,), Usage.ANY, False),
    ],
)
def test_a_certificate_serves_what_it_was_made_for(
    usages: tuple[x509.ObjectIdentifier, ...], wanted: Usage, fits: bool
) -> None:
    certificate = der(leaf(usages=usages))
    if fits:
        assert judge(certificate, usage=wanted).chain
    else:
        assert code_of(certificate, usage=wanted) == "certificate.key_usage"


def test_the_facts_say_what_was_wanted_and_what_was_found() -> None:
    with pytest.raises(PKIError) as refused:
        judge(der(leaf(usages=SIGN)), usage=Usage.SIGN_IN)
    assert refused.value.facts == {"wanted": "sign_in", "found": "SIGN"}


@pytest.mark.parametrize("wanted", [*Usage])
def test_an_authority_signs_in_nowhere(wanted: Usage) -> None:
    certificate = der(leaf(ca=True, key_usage=usage(digital_signature=True, key_cert_sign=True)))
    assert code_of(certificate, usage=wanted) in {"certificate.key_usage", "certificate.path"}
    assert code_of(issuing().der, usage=wanted) in {"certificate.key_usage", "certificate.path"}


# --- algorithms -----------------------------------------------------------------------------


def test_sha1_is_named_before_anything_else() -> None:
    assert code_of(with_sha1(leaf())) == "certificate.weak_hash"
    assert code_of(with_sha1(leaf(ends=NOW - SECOND))) == "certificate.weak_hash"


def test_an_algorithm_that_nobody_reads_is_unsupported() -> None:
    data = altered(leaf(), ECDSA_SHA256, UNHEARD_OF, algorithm=UNHEARD_OF)
    assert code_of(data) == "certificate.unsupported_algorithm"


def test_two_different_names_of_the_algorithm_are_refused() -> None:
    sha384 = bytes.fromhex("300a06082a8648ce3d040303")
    assert code_of(altered(leaf(), ECDSA_SHA256, sha384)) in {
        "certificate.unknown_issuer",
        "certificate.malformed",
        "certificate.path",
    }


def test_garbage_is_malformed_wherever_it_stands() -> None:
    assert code_of(b"\x30\x00") == "certificate.malformed"
    with pytest.raises(PKIError) as refused:
        validate_path(
            der(leaf()),
            intermediates=[b"garbage"],
            anchors=[root().der],
            moment=NOW,
            usage=Usage.ANY,
        )
    assert refused.value.code == "certificate.malformed"


def test_a_critical_extension_that_nobody_reads_is_refused() -> None:
    secret = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")
    assert judge(der(leaf(more=[secret]))).chain
    assert code_of(der(leaf(critical=[secret]))) == "certificate.path"


def test_openssl_agrees_on_right_and_rogue() -> None:
    pem = [row.certificate.public_bytes(Encoding.PEM) for row in (root(), issuing())]
    for certificate, expected in ((leaf(), 0), (leaf(issuer=rogue()), 2)):
        arguments = "verify -no_check_time -purpose any -CAfile {root} -untrusted {issuing} {leaf}"
        done = openssl(
            *arguments.split(),
            root=pem[0],
            issuing=pem[1],
            leaf=certificate.public_bytes(Encoding.PEM),
        )
        assert done.returncode == expected, done.stderr
