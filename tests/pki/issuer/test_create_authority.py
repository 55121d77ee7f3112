"""`manage.py create_authority`: one command, safe to repeat."""

import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from pytest_django import Settings

from pki.issuer.keys import NEW_KEYS, FileKeys, write_key
from pki.issuer.lint import lint
from pki.issuer.prepare import new_serial, prepare
from pki.issuer.sign import compare, sign
from pki.models import Authority
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
    assert [path.name for path in files] == ["ec.key", "ec.root.key"]
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
