"""`manage.py authority create`: one command, safe to repeat."""

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
from pki.cms import verify_cms
from pki.issuer.cms_writer import letter_address, seal_content, sign_letter
from pki.issuer.file_keys import FileKeys, write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.lint import lint, pkilint_findings
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import Authority, PlannedCertificate, Revocation, ServiceCertificate
from pki.records import revocation_of
from pki.revocation import Reason, Status
from tests.pki.issuer.conftest import BASE_URL, COMBINED_FILE, PASSPHRASE, SUBJECT, spki_of

pytestmark = pytest.mark.django_db


def create(name: str = "ec", profile: str = "ec", **options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("authority", "create", profile=profile, name=name, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("profile", ["ec", "rsa"])
def test_it_makes_a_root_and_an_authority_that_can_issue(directory: Path, profile: str) -> None:
    assert "made" in create(profile, profile)
    authority = Authority.objects.issuing().get()
    assert Authority.objects.anchors().get() == authority.parent
    assert (authority.name, authority.issuer_facts.base_url) == (profile, BASE_URL)

    now = datetime.now(UTC)
    plan = prepare(
        issuer=authority.issuer_facts,
        profile=COMBINED_FILE,
        subject_der=SUBJECT,
        spki_der=spki_of(NEW_KEYS["P-256"]()),
        serial=new_serial(),
        now=now,
    )
    lint(plan)
    compare(plan, sign(plan, FileKeys(directory, PASSPHRASE)))


def test_keys_are_the_owners_alone_and_encrypted(directory: Path) -> None:
    create()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = sorted(directory.iterdir())
    assert [path.name for path in files] == [
        *("ec.key", "ec.mail.key", "ec.root.key", "ec.seal.key"),
    ]
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


@pytest.mark.parametrize(
    "name", ["", "EC", "../ec", "ec-root", "ec-delta", "ec-7", "a-by-b", "1", "a" * 17, "ЕС"]
)
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


# --- what the authority seals and writes by -------------------------------------------------

NAMES = {
    "seal": "ДӘЛЕЛ МӨРІ ({}) TEST",
    "mail": "ХАТ МӨРІ ({}) TEST",
    "ocsp": "OCSP ({}) TEST",
    "timestamp": "УАҚЫТ БЕЛГІСІ ({}) TEST",
}
kinds = pytest.mark.parametrize("kind", sorted(NAMES))


def service(kind: str) -> ServiceCertificate:
    """The only one of its kind."""
    return ServiceCertificate.objects.get(kind=kind)


def end_early(days: int) -> None:
    """Those of three years end so soon."""
    ServiceCertificate.objects.exclude(kind="ocsp").update(
        not_after=datetime.now(UTC) + timedelta(days=days)
    )


@kinds
@pytest.mark.parametrize("profile", ["ec", "rsa"])
def test_an_authority_has_services_by_the_road_of_all_certificates(
    directory: Path, profile: str, kind: str
) -> None:
    create(profile, profile)
    row = service(kind)
    facts = parse_certificate(bytes(row.certificate_der))
    planned = PlannedCertificate.objects.get(serial_hex=row.serial_hex)
    assert planned.state == "signed"
    assert PlannedCertificate.objects.count() == len(NAMES)
    assert (row.authority.name, row.key_name) == (profile, f"{profile}.{kind}")
    assert (facts.serial_hex, facts.not_before, facts.not_after) == (
        *(row.serial_hex, row.not_before, row.not_after),
    )
    assert facts.issuer_common_name == f"ҰКО ({profile.upper()}) TEST"
    assert facts.subject.common_name == NAMES[kind].format(profile.upper())
    assert pkilint_findings(facts.der) == []


@pytest.mark.parametrize("profile", ["ec", "rsa"])
def test_each_service_signs_its_own(directory: Path, profile: str) -> None:
    create(profile, profile)
    keys, now = FileKeys(directory, PASSPHRASE), datetime.now(UTC)
    seal, mail = service("seal"), service("mail")
    made = seal_content(b"list", sealer=seal.signer_facts, keys=keys, now=now)
    assert verify_seal(made, content=b"list").signer.der == bytes(seal.certificate_der)
    letter = sign_letter(
        b"words",
        signer=mail.signer_facts,
        authority_der=bytes(mail.authority.certificate_der),
        keys=keys,
        now=now,
    )
    assert verify_cms(letter, content=b"words").signer.der == bytes(mail.certificate_der)


@kinds
def test_our_records_know_what_became_of_a_service(directory: Path, kind: str) -> None:
    create()
    row, now = service(kind), datetime.now(UTC)
    assert revocation_of(row.authority, row.serial_hex, now=now).status is Status.GOOD
    Revocation.objects.create(
        authority=row.authority,
        serial_hex=row.serial_hex,
        revoked_at=now,
        reason=Reason.KEY_COMPROMISE.value,
    )
    assert revocation_of(row.authority, row.serial_hex, now=now).status is Status.REVOKED


@kinds
def test_an_authority_of_before_gets_the_service_that_it_lacks(directory: Path, kind: str) -> None:
    create()
    others = set(ServiceCertificate.objects.exclude(kind=kind))
    service(kind).delete()
    said = create()
    assert said.count(" until ") == 1
    assert f"{kind} until" in said
    assert service(kind).key_name == f"ec.{kind}"
    assert set(ServiceCertificate.objects.exclude(kind=kind)) == others
    assert "nothing done" in create()


@pytest.mark.parametrize(("days", "count"), [(91, 1), (89, 2)])
def test_a_service_that_is_about_to_end_is_followed_by_another(
    directory: Path, days: int, count: int
) -> None:
    create()
    end_early(days)
    create()
    names = {row.key_name for row in ServiceCertificate.objects.all()}
    later = {"ec.seal2", "ec.mail2", "ec.timestamp2"} if count > 1 else set()
    assert names == {f"ec.{kind}" for kind in NAMES} | later
    assert "nothing done" in create()


def test_who_writes_letters_under_another_address_gets_another_certificate(
    directory: Path, settings: Settings
) -> None:
    create()
    settings.MAIL_FROM = "Cabinet <post@cabinet.example>"
    said = create()
    assert "mail until" in said
    assert "seal until" not in said
    newest = ServiceCertificate.objects.filter(kind="mail").latest("id")
    assert letter_address(bytes(newest.certificate_der)) == "post@cabinet.example"
    assert "nothing done" in create()


def test_a_sender_that_is_no_address_is_told(directory: Path, settings: Settings) -> None:
    settings.MAIL_FROM = "пошта@мысал.қаз"
    with pytest.raises(CommandError, match=r"issuer\.not_planned"):
        create()


@pytest.mark.parametrize(("days", "count"), [(11, 1), (9, 2)])
def test_who_answers_gets_a_new_certificate_ten_days_before_the_end(
    directory: Path, days: int, count: int
) -> None:
    create()
    first = service("ocsp")
    assert timedelta(days=29) < first.not_after - datetime.now(UTC) < timedelta(days=30)
    ServiceCertificate.objects.update(not_after=datetime.now(UTC) + timedelta(days=days))
    ServiceCertificate.objects.exclude(kind="ocsp").delete()
    create()
    assert ServiceCertificate.objects.filter(kind="ocsp").count() == count


@kinds
def test_a_service_never_outlives_its_authority(directory: Path, kind: str) -> None:
    # It began so long ago that less than a month is left of it.
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3650 - 20)
    create(valid_from=start.isoformat())
    row = service(kind)
    authority = parse_certificate(bytes(row.authority.certificate_der))
    assert row.not_after == authority.not_after
    assert "nothing done" in create()


def test_the_last_services_of_an_authority_are_not_made_again_and_again(directory: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3650 - 40)
    create(valid_from=start.isoformat())
    assert "nothing done" in create()
    assert ServiceCertificate.objects.count() == len(NAMES)


def test_an_authority_that_has_ended_gets_no_services(directory: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3651)
    assert "made" in create(valid_from=start.isoformat())
    assert not ServiceCertificate.objects.exists()


@kinds
def test_what_an_interrupted_run_may_have_signed_is_never_trusted(
    directory: Path, kind: str
) -> None:
    create()
    row = service(kind)
    # As if it had died before the row was written.
    row.delete()
    PlannedCertificate.objects.filter(serial_hex=row.serial_hex).update(state="planned")
    create()
    voided = PlannedCertificate.objects.get(serial_hex=row.serial_hex)
    assert voided.state == "void"
    now = datetime.now(UTC)
    assert revocation_of(row.authority, row.serial_hex, now=now).status is Status.REVOKED
    # The key that was left is used: there is no other copy of it.
    old, new = (parse_certificate(bytes(one.certificate_der)) for one in (row, service(kind)))
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


@kinds
def test_without_a_passphrase_a_missing_service_is_told(
    directory: Path, settings: Settings, kind: str
) -> None:
    create()
    settings.CA_PASSPHRASE = ""
    assert "nothing done" in create()
    service(kind).delete()
    with pytest.raises(CommandError, match="CA_PASSPHRASE"):
        create()
