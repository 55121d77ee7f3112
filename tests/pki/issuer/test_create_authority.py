"""`manage.py create_authority`: one command, safe to repeat."""

import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from pytest_django import Settings

from pki.cades import verify_seal
from pki.certificate import parse_certificate
from pki.issuer.cms_writer import seal_content
from pki.issuer.keys import NEW_KEYS, FileKeys, write_key
from pki.issuer.lint import lint, pkilint_findings
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import Authority, PlannedCertificate, Revocation, ServiceCertificate
from pki.records import revocation_of
from pki.revocation import Reason, Status
from tests.pki.issuer.conftest import BASE_URL, COMBINED_FILE, PASSPHRASE, SUBJECT

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(settings: Settings, tmp_path: Path) -> Path:
    """Where keys go, which does not exist yet."""
    settings.CA_KEY_DIRECTORY = tmp_path / "var" / "ca"
    settings.CA_PASSPHRASE = PASSPHRASE
    settings.PKI_BASE_URL = f"{BASE_URL}/"
    return tmp_path / "var" / "ca"


def create(name: str = "ec", profile: str = "ec", **options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("create_authority", profile=profile, name=name, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("profile", ["ec", "rsa"])
def test_it_makes_a_root_and_an_authority_that_can_issue(
    directory: Path, spkis: dict[str, bytes], profile: str
) -> None:
    assert "made" in create(profile, profile)
    authority = Authority.objects.issuing().get()
    assert Authority.objects.anchors().get() == authority.parent
    assert (authority.name, authority.issuer_facts.base_url) == (profile, BASE_URL)

    now = datetime.now(UTC)
    plan = prepare(
        issuer=authority.issuer_facts,
        profile=COMBINED_FILE,
        subject_der=SUBJECT,
        spki_der=spkis["P-256"],
        serial=new_serial(),
        now=now,
    )
    lint(plan)
    compare(plan, sign(plan, FileKeys(directory, PASSPHRASE)))


def test_keys_are_the_owners_alone_and_encrypted(directory: Path) -> None:
    create()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = sorted(directory.iterdir())
    assert [path.name for path in files] == ["ec.key", "ec.root.key", "ec.seal.key"]
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")


def test_a_second_run_does_nothing(directory: Path) -> None:
    create()
    before = {path: path.read_bytes() for path in directory.iterdir()}
    rows = list(Authority.objects.values())
    assert "nothing done" in create()
    assert {path: path.read_bytes() for path in directory.iterdir()} == before
    assert list(Authority.objects.values()) == rows


def test_two_authorities_live_side_by_side(directory: Path) -> None:
    create("first")
    create("second")
    names = {
        x509.load_der_x509_certificate(bytes(row.certificate_der)).subject
        for row in Authority.objects.all()
    }
    assert len(names) == 4


def test_a_key_that_an_interrupted_run_left_is_used_not_overwritten(directory: Path) -> None:
    key = NEW_KEYS["P-256"]()
    write_key(directory, "ec", key, PASSPHRASE)
    create()
    certificate = Authority.objects.get(name="ec").certificate_der
    assert x509.load_der_x509_certificate(bytes(certificate)).public_key() == key.public_key()


def test_a_left_key_of_another_kind_stops_it(directory: Path) -> None:
    write_key(directory, "ec", NEW_KEYS["P-384"](), PASSPHRASE)
    with pytest.raises(CommandError, match=r"issuer\.key_mismatch"):
        create()
    assert not Authority.objects.exists()


def test_it_begins_when_it_is_told_to(directory: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1000)
    create(valid_from=start.isoformat())
    for row in Authority.objects.all():
        certificate = x509.load_der_x509_certificate(bytes(row.certificate_der))
        assert certificate.not_valid_before_utc == start


@pytest.mark.parametrize("name", ["", "EC", "../ec", "ec-root", "1", "a" * 17, "ЕС"])
def test_it_refuses_strange_names(directory: Path, name: str) -> None:
    with pytest.raises(CommandError):
        create(name)
    assert not directory.exists()


@pytest.mark.parametrize("moment", ["yesterday", "2026-01-01T00:00:00"])
def test_it_refuses_a_moment_without_a_time_zone(directory: Path, moment: str) -> None:
    with pytest.raises(CommandError):
        create(valid_from=moment)


@pytest.mark.parametrize("passphrase", ["", "short"])
def test_it_makes_nothing_without_a_passphrase(
    directory: Path, settings: Settings, passphrase: str
) -> None:
    settings.CA_PASSPHRASE = passphrase
    with pytest.raises(CommandError):
        create()
    assert not directory.exists()
    assert not Authority.objects.exists()


def test_it_refuses_a_directory_that_others_may_enter(directory: Path) -> None:
    directory.mkdir(parents=True, mode=0o755)
    with pytest.raises(CommandError, match=r"issuer\.key_rights"):
        create()
    assert not list(directory.iterdir())


# --- what the authority seals by ----------------------------------------------------------


def end_early(days: int) -> None:
    """The present seal ends so soon."""
    ServiceCertificate.objects.update(not_after=datetime.now(UTC) + timedelta(days=days))


@pytest.mark.parametrize("profile", ["ec", "rsa"])
def test_an_authority_has_a_seal_by_the_road_of_all_certificates(
    directory: Path, profile: str
) -> None:
    create(profile, profile)
    seal = ServiceCertificate.objects.get()
    facts = parse_certificate(bytes(seal.certificate_der))
    planned = PlannedCertificate.objects.get()
    assert (planned.serial_hex, planned.state) == (seal.serial_hex, "signed")
    assert (seal.authority.name, seal.kind, seal.key_name) == (profile, "seal", f"{profile}.seal")
    assert (facts.serial_hex, facts.not_before, facts.not_after) == (
        *(seal.serial_hex, seal.not_before, seal.not_after),
    )
    assert facts.issuer_common_name == f"ҰКО ({profile.upper()}) TEST"
    assert facts.subject.common_name == f"ДӘЛЕЛ МӨРІ ({profile.upper()}) TEST"
    assert pkilint_findings(facts.der) == []
    keys = FileKeys(directory, PASSPHRASE)
    made = seal_content(b"list", sealer=seal.signer_facts, keys=keys, now=datetime.now(UTC))
    assert verify_seal(made, content=b"list").signer.der == facts.der


def test_our_records_know_what_became_of_a_seal(directory: Path) -> None:
    create()
    seal, now = ServiceCertificate.objects.get(), datetime.now(UTC)
    assert revocation_of(seal.authority, seal.serial_hex, now=now).status is Status.GOOD
    Revocation.objects.create(
        authority=seal.authority,
        serial_hex=seal.serial_hex,
        revoked_at=now,
        reason=Reason.KEY_COMPROMISE.value,
    )
    assert revocation_of(seal.authority, seal.serial_hex, now=now).status is Status.REVOKED


def test_an_authority_of_before_gets_the_seal_that_it_lacks(directory: Path) -> None:
    create()
    ServiceCertificate.objects.all().delete()
    assert "seal until" in create()
    assert ServiceCertificate.objects.count() == 1
    assert "nothing done" in create()


@pytest.mark.parametrize(("days", "count"), [(91, 1), (89, 2)])
def test_a_seal_that_is_about_to_end_is_followed_by_another(
    directory: Path, days: int, count: int
) -> None:
    create()
    end_early(days)
    create()
    assert ServiceCertificate.objects.count() == count
    names = {row.key_name for row in ServiceCertificate.objects.all()}
    assert names == {"ec.seal", "ec.seal2"} if count > 1 else {"ec.seal"}
    assert "nothing done" in create()


def test_a_seal_never_outlives_its_authority(directory: Path) -> None:
    # It began so long ago that less than three years are left of it.
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3650 - 200)
    create(valid_from=start.isoformat())
    seal = ServiceCertificate.objects.get()
    authority = parse_certificate(bytes(seal.authority.certificate_der))
    assert seal.not_after == authority.not_after
    assert "nothing done" in create()


def test_the_last_seal_of_an_authority_is_not_made_again_and_again(directory: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3650 - 40)
    create(valid_from=start.isoformat())
    assert "nothing done" in create()
    assert ServiceCertificate.objects.count() == 1


def test_an_authority_that_has_ended_gets_no_seal(directory: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3651)
    assert "made" in create(valid_from=start.isoformat())
    assert not ServiceCertificate.objects.exists()


def test_what_an_interrupted_run_may_have_signed_is_never_trusted(directory: Path) -> None:
    create()
    seal = ServiceCertificate.objects.get()
    # As if it had died before the row was written.
    ServiceCertificate.objects.all().delete()
    PlannedCertificate.objects.update(state="planned")
    create()
    voided = PlannedCertificate.objects.get(serial_hex=seal.serial_hex)
    assert voided.state == "void"
    now = datetime.now(UTC)
    assert revocation_of(seal.authority, seal.serial_hex, now=now).status is Status.REVOKED
    again = ServiceCertificate.objects.get()
    # The key that was left is used: there is no other copy of it.
    old, new = (parse_certificate(bytes(row.certificate_der)) for row in (seal, again))
    assert old.spki_sha256 == new.spki_sha256
    assert old.serial_hex != new.serial_hex


def test_a_plan_for_a_person_is_left_alone(directory: Path) -> None:
    create()
    authority = Authority.objects.get(name="ec")
    PlannedCertificate.objects.create(
        authority=authority, serial_hex="5a" * 20, tbs_der=b"content", created_at=datetime.now(UTC)
    )
    ServiceCertificate.objects.all().delete()
    create()
    assert PlannedCertificate.objects.get(serial_hex="5a" * 20).state == "planned"


def test_without_a_passphrase_a_missing_seal_is_told(directory: Path, settings: Settings) -> None:
    create()
    settings.CA_PASSPHRASE = ""
    assert "nothing done" in create()
    ServiceCertificate.objects.all().delete()
    with pytest.raises(CommandError, match="CA_PASSPHRASE"):
        create()
