"""Keys of each test are in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from pki.issuer import sealing
from renewals.services import keyring
from tests.pki.issuer.conftest import BASE_URL, PASSPHRASE


@pytest.fixture
def directory(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Where keys go, which does not exist yet."""
    settings.CA_KEY_DIRECTORY = tmp_path / "var" / "ca"
    settings.STATUS_KEY_DIRECTORY = tmp_path / "var" / "status"
    settings.PUBLICATION_DIRECTORY = tmp_path / "var" / "published"
    settings.CA_PASSPHRASE = PASSPHRASE
    settings.PKI_BASE_URL = f"{BASE_URL}/"
    # So many keys are written here: the passphrase is good for nothing, and quick to stretch.
    monkeypatch.setattr(sealing, "COST", 2)
    keyring.forget()
    yield tmp_path / "var" / "ca"
    keyring.forget()
