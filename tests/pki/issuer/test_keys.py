"""Keys stay in files that nobody else can read, and sign only for their own certificate."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from pki.errors import (
    KeyMismatchError,
    KeyMissingError,
    KeyRightsError,
    PassphraseError,
    PKIError,
)
from pki.issuer.file_keys import FileKeys, read_key, write_key
from pki.issuer.keys import NEW_KEYS
from pki.issuer.sealing import seal
from pki.issuer.sign import sign
from tests.pki.issuer.conftest import PASSPHRASE, Made


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """A key file's content; made once, because that is slow on purpose."""
    return seal(NEW_KEYS["P-256"](), PASSPHRASE)


@pytest.fixture
def directory(tmp_path: Path, sealed: bytes) -> Path:
    """One key that issues and one root's key, kept as they must be."""
    path = tmp_path / "keys"
    path.mkdir(mode=0o700)
    for name in ("ca.key", "ca.root.key"):
        (path / name).write_bytes(sealed)
        (path / name).chmod(0o600)
    return path


def test_keys_open_and_say_nothing_of_themselves(directory: Path) -> None:
    keys = FileKeys(directory, PASSPHRASE)
    assert "'ca'" in repr(keys)
    assert PASSPHRASE not in repr(keys)


def test_a_roots_key_is_not_held_until_it_is_asked_for(directory: Path) -> None:
    (directory / "ca.root.key").write_bytes(b"damaged")
    FileKeys(directory, PASSPHRASE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o700, 0o620])
def test_it_refuses_a_key_that_others_may_touch(directory: Path, mode: int) -> None:
    (directory / "ca.key").chmod(mode)
    with pytest.raises(KeyRightsError) as refused:
        FileKeys(directory, PASSPHRASE)
    assert refused.value.facts["wanted"] == "0600"


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777, 0o710])
def test_it_refuses_a_directory_that_others_may_enter(directory: Path, mode: int) -> None:
    directory.chmod(mode)
    with pytest.raises(KeyRightsError):
        FileKeys(directory, PASSPHRASE)


def test_it_refuses_links(directory: Path, tmp_path: Path) -> None:
    (directory / "ca.key").rename(directory / "real.pem")
    (directory / "ca.key").symlink_to("real.pem")
    with pytest.raises(KeyRightsError):
        FileKeys(directory, PASSPHRASE)
    (tmp_path / "link").symlink_to(directory)
    with pytest.raises(KeyRightsError):
        FileKeys(tmp_path / "link", PASSPHRASE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", ["", "ca.key"])
def test_it_refuses_what_somebody_else_owns(directory: Path, name: str) -> None:
    os.chown(directory / name, 65534, 65534)
    with pytest.raises(KeyRightsError):
        FileKeys(directory, PASSPHRASE)


@pytest.mark.parametrize("passphrase", ["another passphrase", "", PASSPHRASE.upper()])
def test_it_refuses_a_wrong_passphrase_at_start(directory: Path, passphrase: str) -> None:
    with pytest.raises(PassphraseError):
        FileKeys(directory, passphrase)


def test_it_refuses_a_key_that_is_not_encrypted(directory: Path) -> None:
    (directory / "ca.key").write_bytes(
        NEW_KEYS["P-256"]().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(PassphraseError):
        FileKeys(directory, PASSPHRASE)


def test_it_says_when_there_is_no_key(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o700)
    for path in (tmp_path / "absent", tmp_path / "empty"):
        with pytest.raises(KeyMissingError):
            FileKeys(path, PASSPHRASE)
    for name in ("other", "", "../keys/ca"):
        with pytest.raises(KeyMissingError):
            read_key(directory, name, PASSPHRASE)


def test_a_new_key_is_never_written_over_another(directory: Path, sealed: bytes) -> None:
    with pytest.raises(FileExistsError):
        write_key(directory, "ca", NEW_KEYS["P-256"](), PASSPHRASE)
    assert (directory / "ca.key").read_bytes() == sealed


def test_it_refuses_a_passphrase_that_is_easy_to_guess(tmp_path: Path) -> None:
    with pytest.raises(PassphraseError):
        write_key(tmp_path / "keys", "ca", NEW_KEYS["P-256"](), "secret")
    assert not (tmp_path / "keys").exists()


def test_new_files_are_the_owners_alone_and_openssl_opens_them(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    write_key(directory, "ca", NEW_KEYS["P-384"](), PASSPHRASE)
    path = directory / "ca.key"
    assert (directory.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    command = ["openssl", "pkey", "-in", str(path), "-passin", f"pass:{PASSPHRASE}", "-noout"]
    subprocess.run(command, check=True, capture_output=True)
    outline = subprocess.run(
        ["openssl", "asn1parse", "-in", str(path)], check=True, capture_output=True
    ).stdout
    assert b"scrypt" in outline
    assert b"aes-256-cbc" in outline


def test_it_refuses_to_sign_for_a_certificate_of_another_key(
    authorities: dict[str, Made], directory: Path
) -> None:
    issuer = replace(authorities["ec"].issuer, key_name="ca")
    with pytest.raises(KeyMismatchError):
        FileKeys(directory, PASSPHRASE).sign(issuer, b"content")


def test_a_key_file_exchanged_for_another_kind_is_noticed(
    authorities: dict[str, Made], spkis: dict[str, bytes]
) -> None:
    plan = authorities["ec"].plan(spkis["P-256"])
    swapped = replace(plan, issuer=replace(plan.issuer, key_name="rsa"))
    with pytest.raises(KeyMismatchError):
        sign(swapped, authorities["rsa"].keys)


def test_every_trouble_with_keys_has_its_own_code() -> None:
    kinds: tuple[type[PKIError], ...] = (
        KeyMissingError,
        KeyRightsError,
        KeyMismatchError,
        PassphraseError,
    )
    assert {kind.code for kind in kinds} == {
        "issuer.key_missing",
        "issuer.key_rights",
        "issuer.key_mismatch",
        "issuer.passphrase",
    }
