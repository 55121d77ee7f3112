"""A back-up brings an authority back, and is believed only as it was made."""

import io
import json
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from pytest_django import Settings

from pki.models import Authority, CrossCertificate, PlannedCertificate, ServiceCertificate
from renewals.models import Event
from renewals.services import keyring
from renewals.services.authority.restoring import NUMBERS_AHEAD
from tests.pki.issuer.conftest import PASSPHRASE
from tests.renewals.authority.ceremonies import create, run

pytestmark = pytest.mark.django_db
Files = dict[str, bytes]


def read(path: Path) -> Files:
    with tarfile.open(path) as archive:
        members = [(entry.name, archive.extractfile(entry)) for entry in archive]
        return {name: member.read() for name, member in members if member}


def write(path: Path, files: Files) -> None:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


@pytest.fixture
def backup(directory: Path, tmp_path: Path) -> Path:
    """Of an authority with everything."""
    create()
    run("lists")
    said = run("back-up", "ec", "--to", str(tmp_path / "ec.tar"))
    assert "without keys" not in said
    return tmp_path / "ec.tar"


def lose_everything() -> None:
    """Keys stay; rows are gone."""
    for row in Authority.objects.all():
        row.lists.all().delete()
    for model in (CrossCertificate, ServiceCertificate, PlannedCertificate):
        model._default_manager.all().delete()
    Authority.objects.filter(parent__isnull=False).delete()
    Authority.objects.all().delete()


def test_it_holds_keys_only_encrypted_and_is_the_owners_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    files = read(backup)
    assert set(files) == {
        *("manifest.json", "rows.json", "certificates/ec.cer", "certificates/ec-root.cer"),
        *(f"keys/authority/ec{part}.key" for part in ("", ".root", ".seal", ".mail")),
        *(f"keys/status/ec.{kind}.key" for kind in ("ocsp", "timestamp")),
    }
    for name, data in files.items():
        if name.startswith("keys/"):
            assert data.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        assert PASSPHRASE.encode() not in data
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}
    event = Event.objects.filter(kind="authority.changed").latest("sequence")
    assert (event.facts["authority"], event.facts["what"]) == ("ec", "backed up")


def test_it_is_never_written_over_another_file(backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(CommandError, match=r"authority\.backup"):
        run("back-up", "ec", "--to", str(backup))
    assert backup.read_bytes() == before


def test_where_nothing_is_missing_nothing_is_done(backup: Path) -> None:
    assert "nothing was missing" in run("restore", str(backup))


def test_lost_key_files_come_back(backup: Path, directory: Path, settings: Settings) -> None:
    kept = {}
    for folder in (directory, settings.STATUS_KEY_DIRECTORY):
        for path in folder.iterdir():
            kept[path] = path.read_bytes()
            path.unlink()
    keyring.forget()
    assert "key ec.key" in run("restore", str(backup))
    for path, data in kept.items():
        assert path.read_bytes() == data
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "good" in run("check")


def test_a_lost_database_gets_the_authority_back_with_higher_numbers(backup: Path) -> None:
    rows = {row["name"]: row for row in Authority.objects.values()}
    lose_everything()
    said = run("restore", str(backup))
    assert "authority ec" in said
    for row in Authority.objects.values():
        old = rows[row["name"]]
        assert bytes(row["certificate_der"]) == bytes(old["certificate_der"])
        assert row["crl_number"] == old["crl_number"] + NUMBERS_AHEAD
        for name in ("key_name", "is_issuing", "issues_from", "crl_partitions"):
            assert row[name] == old[name]
    assert Authority.objects.get(name="ec").parent == Authority.objects.get(name="ec-root")
    assert ServiceCertificate.objects.count() == 4
    assert "good" in run("check")
    assert "nothing is lacking" in run("services")


def test_a_roll_over_comes_back_with_its_cross_certificates(
    directory: Path, tmp_path: Path
) -> None:
    create("old")
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    run("roll-over", "old", "--new", "new", "--at", at, "--new-root")
    run("back-up", "new", "--to", str(tmp_path / "new.tar"))
    files = read(tmp_path / "new.tar")
    assert "certificates/new-root-by-old-root.cer" in files
    assert "nothing was missing" in run("restore", str(tmp_path / "new.tar"))


def drop(files: Files) -> None:
    del files["certificates/ec.cer"]


def add(files: Files) -> None:
    files["keys/authority/other.key"] = files["keys/authority/ec.key"]


def change(files: Files) -> None:
    files["rows.json"] = files["rows.json"].replace(b'"crl_number"', b'"crl_numbeR"')


def swap(files: Files) -> None:
    first, second = "keys/authority/ec.key", "keys/authority/ec.root.key"
    files[first], files[second] = files[second], files[first]


def no_manifest(files: Files) -> None:
    del files["manifest.json"]


@pytest.mark.parametrize("damage", [drop, add, change, swap, no_manifest])
def test_one_that_was_changed_is_refused_whole(
    backup: Path, directory: Path, damage: Callable[[Files], None]
) -> None:
    files = read(backup)
    damage(files)
    write(backup, files)
    (directory / "ec.key").unlink()
    with pytest.raises(CommandError, match=r"authority\.backup"):
        run("restore", str(backup))
    assert not (directory / "ec.key").exists()


@pytest.mark.parametrize("data", [b"", b"no archive", b"\0" * 4096])
def test_what_is_no_back_up_is_refused(directory: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(CommandError, match=r"authority\.backup"):
        run("restore", str(tmp_path / "file"))


def test_a_file_that_is_there_and_differs_is_not_written_over(
    backup: Path, directory: Path
) -> None:
    (directory / "ec.key").write_bytes(b"something else")
    with pytest.raises(CommandError, match="differs"):
        run("restore", str(backup))
    assert (directory / "ec.key").read_bytes() == b"something else"


def test_without_its_passphrase_nothing_is_put_back(
    backup: Path, directory: Path, settings: Settings
) -> None:
    (directory / "ec.key").unlink()
    settings.CA_PASSPHRASE = "another passphrase"
    with pytest.raises(CommandError, match=r"issuer\.passphrase"):
        run("restore", str(backup))
    assert not (directory / "ec.key").exists()


def test_what_is_there_is_shown(backup: Path) -> None:
    said = run("show")
    for words in (
        "ec: ҰКО (EC) TEST",
        "P-256",
        "under ec-root",
        "a root",
        "ocsp until",
        "full list",
    ):
        assert words in said
