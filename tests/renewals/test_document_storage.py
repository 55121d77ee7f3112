"""Documents in a real service that speaks S3, over HTTP, and in a folder: the same rules hold."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pytest_django.fixtures import Settings

from cabinet.document_storage import document_storage
from renewals.documents import shelf
from renewals.errors import DocumentGoneError, DocumentStorageError
from renewals.models import Document
from renewals.services.attaching import attach, read, remove
from tests.processes import running
from tests.renewals.people import NOW, Holder
from tests.renewals.sent_files import pdf
from tests.servers import free_port

BUCKET = "papers"
NAME = "documents/2026/0123456789abcdef0123456789abcdef.pdf"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of S3 on this computer, in a process of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("s3") / "log"
    with running(["moto_server", "-H", "127.0.0.1", "-p", str(port)], {}, log):
        until = time.monotonic() + 60
        while True:
            try:
                urlopen(f"{address}/moto-api/", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
        yield address


@pytest.fixture(autouse=True)
def access_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where boto3 looks first; nothing of whoever runs the tests is used."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")


@pytest.fixture(params=["folder", "S3"])
def kept(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> str:
    """Documents are stored there."""
    url = ""
    if request.param == "S3":
        endpoint = request.getfixturevalue("endpoint")
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
        url = f"s3://{BUCKET}?endpoint={endpoint}&region=us-east-1"
    settings.STORAGES = {**settings.STORAGES, "documents": document_storage(tmp_path, url)}
    shelf.remove(NAME)
    return str(request.param)


@pytest.mark.usefixtures("kept")
def test_what_is_put_is_fetched_and_then_removed() -> None:
    data = pdf()
    shelf.put(NAME, data)
    assert shelf.fetch(NAME) == data
    assert shelf.remove(NAME)
    with pytest.raises(DocumentGoneError):
        shelf.fetch(NAME)


@pytest.mark.usefixtures("kept")
def test_ten_megabytes_come_back_as_they_were() -> None:
    data = bytes(range(256)) * (40 * 1024)
    shelf.put(NAME, data)
    assert shelf.fetch(NAME) == data


@pytest.mark.usefixtures("kept")
def test_a_name_that_is_taken_is_never_overwritten() -> None:
    shelf.put(NAME, b"first")
    with pytest.raises(DocumentStorageError):
        shelf.put(NAME, b"second")
    assert shelf.fetch(NAME) == b"first"
    folders, files = storages["documents"].listdir("documents/2026")
    assert (folders, files) == ([], [NAME.rpartition("/")[2]])


@pytest.mark.usefixtures("kept")
def test_what_is_not_there_is_removed_without_a_word() -> None:
    assert shelf.remove("documents/2026/never.pdf")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", ["../outside.pdf", "documents/../../outside.pdf"])
def test_no_name_leads_out_of_the_storage(name: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentStorageError):
        shelf.put(name, b"x")
    assert not list(tmp_path.parent.glob("outside*"))


def test_a_folder_keeps_documents_to_itself(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {**settings.STORAGES, "documents": document_storage(tmp_path, "")}
    shelf.put(NAME, b"x")
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / NAME).parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(SuspiciousFileOperation):
        storages["documents"].save("../out", ContentFile(b"x"))


def test_documents_have_no_address_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {**settings.STORAGES, "documents": document_storage(tmp_path, "")}
    shelf.put(NAME, b"x")
    static = Path(settings.STATIC_ROOT).resolve()
    assert static not in settings.DOCUMENTS_DIRECTORY.resolve().parents


def test_a_service_that_is_away_is_told_in_time(settings: Settings, tmp_path: Path) -> None:
    away = f"s3://{BUCKET}?endpoint=http://127.0.0.1:{free_port()}&region=us-east-1"
    settings.STORAGES = {**settings.STORAGES, "documents": document_storage(tmp_path, away)}
    began = time.monotonic()
    with pytest.raises(DocumentStorageError):
        shelf.put(NAME, b"x")
    with pytest.raises(DocumentStorageError):
        shelf.fetch(NAME)
    assert not shelf.remove(NAME)
    assert time.monotonic() - began < 20


def test_a_bucket_that_is_not_there_is_a_fault_of_the_storage(
    settings: Settings, tmp_path: Path, endpoint: str
) -> None:
    wrong = f"s3://nowhere?endpoint={endpoint}&region=us-east-1"
    settings.STORAGES = {**settings.STORAGES, "documents": document_storage(tmp_path, wrong)}
    with pytest.raises(DocumentStorageError):
        shelf.put(NAME, b"x")


def test_nobody_reads_the_bucket_without_keys(kept: str, request: pytest.FixtureRequest) -> None:
    if kept != "S3":
        pytest.skip("a folder has no address")
    shelf.put(NAME, b"x")
    access = boto3.client("s3", endpoint_url=request.getfixturevalue("endpoint"))
    grants = access.get_object_acl(Bucket=BUCKET, Key=NAME)["Grants"]
    assert all("URI" not in grant["Grantee"] for grant in grants)
    kind = access.head_object(Bucket=BUCKET, Key=NAME)["ContentType"]
    assert kind == "application/octet-stream"


@pytest.mark.parametrize("url", ["http://bucket", "s3://", "bucket", "s3:///bucket"])
def test_a_wrong_address_is_told_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an address of S3"):
        document_storage(tmp_path, url)


@pytest.mark.usefixtures("kept")
def test_a_document_lives_and_goes_in_either(employee: Holder) -> None:
    renewal = employee.open()
    row = attach(
        actor=employee.actor,
        target=renewal,
        kind="identity_card",
        name="card.pdf",
        data=pdf(),
        now=NOW,
    )
    assert read(actor=employee.actor, document=row, now=NOW) == pdf()
    remove(actor=employee.actor, document=row, now=NOW)
    assert not Document.objects.exists()
    with pytest.raises(DocumentGoneError):
        shelf.fetch(row.storage_name)


def test_the_server_is_a_real_one(endpoint: str) -> None:
    connection = HTTPConnection(endpoint.removeprefix("http://"), timeout=5)
    connection.request("GET", f"/{BUCKET}/{NAME}")
    assert connection.getresponse().status in {403, 404}
    connection.close()
