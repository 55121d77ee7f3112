"""The content of a certificate, before any signature."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from pki.certificate import Purpose, Storage
from pki.errors import AuthorityTermError, NotPlannedError
from pki.issuer.pattern import key_identifier, leaf_extensions, material_of
from pki.issuer.prepare import new_serial, prepare
from pki.profiles import leaf_profile
from tests.pki.issuer.conftest import (
    COMBINED_FILE,
    INDIVIDUAL,
    NOW,
    SUBJECT,
    Made,
    make_authority,
    spki_of,
)


def test_serials_are_positive_20_octets_and_never_repeat() -> None:
    serials = {new_serial() for _ in range(10_000)}
    assert len(serials) == 10_000
    assert all(len(serial) == 20 and 0 < serial[0] < 0x80 for serial in serials)


def test_bits_of_serials_are_as_often_set_as_not() -> None:
    count = 10_000
    ones = [0] * 158
    for _ in range(count):
        number = int.from_bytes(new_serial())
        for bit in range(158):
            ones[bit] += number >> bit & 1
    # Six standard deviations: 158 fair bits go wrong once in more than a million runs.
    assert all(abs(seen - count / 2) < 6 * (count / 4) ** 0.5 for seen in ones)


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
def test_the_content_is_what_cryptography_itself_would_build(
    made: Made, spkis: dict[str, bytes], kind: str
) -> None:
    plan = made.plan(spkis[kind])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "СЕЙТҚАЛИ АЙГҮЛ"),
            x509.NameAttribute(NameOID.SURNAME, "СЕЙТҚАЛИ"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "IIN010203300005"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
            x509.NameAttribute(NameOID.GIVEN_NAME, "МАРАТҚЫЗЫ"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .issuer_name(material_of(made.issuer).certificate.subject)
        .subject_name(subject)
        .public_key(serialization.load_der_public_key(spkis[kind]))  # type: ignore[arg-type]
        .serial_number(int(plan.serial_hex, 16))
        .not_valid_before(plan.not_before)
        .not_valid_after(plan.not_after)
    )
    for value, is_critical in leaf_extensions(
        made.issuer, plan.profile, plan.profile.key_use(kind), key_identifier(spkis[kind])
    ):
        builder = builder.add_extension(value, is_critical)
    # Any key of the issuer's kind will do: the content does not depend on it.
    key = made.keys._keys[made.issuer.key_name]
    assert builder.sign(key, hashes.SHA256()).tbs_certificate_bytes == plan.tbs_der


def test_a_strange_subject_is_kept_byte_for_byte(ec_made: Made, spkis: dict[str, bytes]) -> None:
    # Two attributes in one set, T61String and an unknown attribute: valid, rare, kept.
    subject = bytes.fromhex(
        "3031310b3009060355040613024b5a31223008060355040314014130160603550405130f49494e"
        "303130323033333030303035"
    )
    plan = ec_made.plan(spkis["P-256"], subject_der=subject)
    assert subject in plan.tbs_der


@pytest.mark.parametrize(
    ("storage", "days"), [(Storage.FILE, 365), (Storage.TOKEN, 1095), (Storage.ID_CARD, 1095)]
)
def test_a_file_lasts_one_year_and_a_device_three(
    ec_made: Made, spkis: dict[str, bytes], storage: Storage, days: int
) -> None:
    plan = ec_made.plan(spkis["P-256"], profile=leaf_profile(Purpose.COMBINED, storage, INDIVIDUAL))
    assert plan.not_before == NOW - timedelta(seconds=60)
    assert plan.not_after - plan.not_before + timedelta(seconds=1) == timedelta(days=days)


def test_it_refuses_a_term_beyond_the_authority(ec_made: Made, spkis: dict[str, bytes]) -> None:
    end = material_of(ec_made.issuer).not_after
    last_moment = end - timedelta(days=365) + timedelta(seconds=60)
    assert ec_made.plan(spkis["P-256"], now=last_moment).not_after <= end
    with pytest.raises(AuthorityTermError) as refused:
        ec_made.plan(spkis["P-256"], now=last_moment + timedelta(seconds=5))
    assert datetime.fromisoformat(refused.value.facts["not_after"]) == end


@pytest.mark.parametrize("days", [-31, 10 * 365])
def test_it_refuses_to_issue_before_and_after_the_authority(
    ec_made: Made, spkis: dict[str, bytes], days: int
) -> None:
    with pytest.raises(AuthorityTermError):
        ec_made.plan(spkis["P-256"], now=NOW + timedelta(days=days))


def test_a_certificate_does_not_begin_before_its_authority(
    tmp_path_factory: pytest.TempPathFactory, spkis: dict[str, bytes]
) -> None:
    young = make_authority("ec", tmp_path_factory.mktemp("young"), NOW)
    assert young.plan(spkis["P-256"]).not_before == NOW


@pytest.mark.parametrize("kind", ["P-384", "P-521", "Ed25519", "truncated", "empty"])
def test_it_refuses_keys_that_no_profile_certifies(ec_made: Made, kind: str) -> None:
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    if kind == "Ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = ec.generate_private_key(ec.SECP521R1() if kind == "P-521" else ec.SECP384R1())
    spki_der = spki_of(key)  # type: ignore[arg-type]
    spki_der = {"truncated": spki_der[:-1], "empty": b""}.get(kind, spki_der)
    with pytest.raises(NotPlannedError):
        ec_made.plan(spki_der)


@pytest.mark.parametrize("serial", [b"", b"\x01", bytes(20), b"\x80" + bytes(19), b"\x41" * 21])
def test_it_refuses_a_serial_that_is_not_20_positive_octets(
    ec_made: Made, spkis: dict[str, bytes], serial: bytes
) -> None:
    with pytest.raises(NotPlannedError):
        prepare(
            issuer=ec_made.issuer,
            profile=COMBINED_FILE,
            subject_der=SUBJECT,
            spki_der=spkis["P-256"],
            serial=serial,
            now=NOW,
        )


@pytest.mark.parametrize(
    "subject", [b"", b"\x30\x00", SUBJECT[:-1], SUBJECT + b"\x05\x00", b"\x31" + SUBJECT[1:]]
)
def test_it_refuses_a_subject_that_is_not_one_name(
    ec_made: Made, spkis: dict[str, bytes], subject: bytes
) -> None:
    with pytest.raises(NotPlannedError):
        ec_made.plan(spkis["P-256"], subject_der=subject)


def test_a_copy_of_a_plan_keeps_its_facts(ec_made: Made, spkis: dict[str, bytes]) -> None:
    plan = ec_made.plan(spkis["P-256"])
    assert replace(plan).tbs_der == plan.tbs_der
