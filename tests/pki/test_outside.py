"""Which certificates of authorities of others may be pinned."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from pki.errors import PKIError
from pki.outside import judge_authority, read_one
from tests.cabinet.people import Person
from tests.pki.factories import usage
from tests.renewals.outside import Outside

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def root(
    key: Key,
    *,
    digest: hashes.SHA224 | None = None,
    ca: bool = True,
    critical: bool = True,
    signs: bool = True,
    says: bool = True,
    starts: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
    other: Key | None = None,
) -> bytes:
    """Self-signed, and wrong where a test says so."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "root")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca, None), critical=critical)
    )
    if says:
        builder = builder.add_extension(usage(key_cert_sign=signs), critical=True)
    own = other or key
    hashed = None if isinstance(own, ed25519.Ed25519PrivateKey) else digest or hashes.SHA256()
    return builder.sign(own, hashed).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def code(der: bytes, anchors: list[bytes] | None = None) -> str:
    try:
        judge_authority(der, moment=NOW, anchors=anchors or [])
    except PKIError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "make",
    [
        lambda: rsa.generate_private_key(65537, 2048),
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["RSA-2048", "P-256", "P-384", "P-521"],
)
def test_sound_roots_are_taken(make: Callable[[], Key]) -> None:
    assert code(root(make())) == ""


def test_weak_and_strange_keys_are_refused() -> None:
    for made in (
        rsa.generate_private_key(65537, 1024),
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.SECP192R1()),
        ed25519.Ed25519PrivateKey.generate(),
    ):
        assert code(root(made)) == "outside.key"


def test_who_may_not_issue_is_refused(key: Key) -> None:
    for der in (
        root(key, ca=False),
        root(key, critical=False),
        root(key, signs=False),
        root(key, says=False),
    ):
        assert code(der) == "outside.rights"
    assert code(Outside().issue().der) == "outside.rights"


def test_old_digests_are_refused(key: Key) -> None:
    assert code(root(key, digest=hashes.SHA224())) == "outside.digest"
    weak = Outside()
    sha1 = weak.sign_again_with_sha1(Person(weak.key, weak.certificate))
    assert code(sha1.der) == "outside.digest"


def test_only_what_is_in_force_is_taken(key: Key) -> None:
    assert code(root(key, ends=NOW - timedelta(minutes=1))) == "outside.term"
    assert code(root(key, starts=NOW + timedelta(minutes=1))) == "outside.term"


def test_whoever_vouches_for_it_is_known_by_the_key(key: Key) -> None:
    # By its own name, and another key.
    assert code(root(key, other=ec.generate_private_key(ec.SECP256R1()))) == "outside.parent"
    above, false, below = Outside("above"), Outside("above"), Outside("below")
    der = above.certify(below).public_bytes(Encoding.DER)
    assert code(der) == "outside.parent"
    assert code(der, [false.der]) == "outside.parent"
    assert judge_authority(der, moment=NOW, anchors=[false.der, above.der]) == above.der
    assert judge_authority(above.der, moment=NOW, anchors=[]) == b""


def test_one_certificate_is_read_as_der_or_as_text() -> None:
    outside = Outside()
    around = b"subject=/CN=x\r\n" + outside.pem.replace(b"\n", b"\r\n") + b"\n"
    for data in (outside.der, outside.pem, around):
        assert read_one(data) == outside.der
    key_block = b"-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"
    for data in (
        *(b"", b"x", outside.der[:-1], outside.der + b"x", outside.pem * 2),
        *(outside.pem + key_block, outside.pem.replace(b"M", b"*"), b"\xff" * 100),
    ):
        with pytest.raises(PKIError) as raised:
            read_one(data)
        assert raised.value.code == "outside.malformed"
