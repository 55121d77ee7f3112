"""Where the documents of one test are kept, and what of it is left on disk."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from tests.renewals.sent_files import plain_pdf


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Of documents; beside it the one for temporary files of uploads."""
    storage = settings.STORAGES["documents"]
    options = {**storage["OPTIONS"], "location": str(tmp_path / "documents")}
    settings.STORAGES = {**settings.STORAGES, "documents": {**storage, "OPTIONS": options}}
    (tmp_path / "temporary").mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temporary")
    return tmp_path


def files(folder: Path) -> list[Path]:
    """Everything that lies there."""
    return [path for path in folder.rglob("*") if path.is_file()]


def sent(
    data: bytes | None = None, name: str = "scan.pdf", kind: str = "application/pdf"
) -> SimpleUploadedFile:
    """What a browser sends: bytes, a name, and what it takes them for."""
    return SimpleUploadedFile(name, plain_pdf() if data is None else data, kind)
