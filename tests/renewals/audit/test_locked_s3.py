"""Checkpoints in a service that speaks S3 with object lock, over HTTP."""

import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError
from pytest_django.fixtures import Settings

from cabinet.checkpoint_storage import checkpoint_storage
from pki.models import Authority
from renewals.audit.errors import CheckpointKeptError
from renewals.models import Trouble
from renewals.services import auditing, checkpointing, second_place
from tests.processes import running
from tests.renewals.audit.conftest import happen, now, sign, use_place
from tests.servers import free_port

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def bucket(
    endpoint: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A bucket with object lock; the second place."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    client = boto3.client("s3", endpoint_url=endpoint)
    name = f"checkpoints-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    use_place(settings, tmp_path, f"s3://{name}?endpoint={endpoint}&region=us-east-1")
    return client, name


def test_a_checkpoint_is_locked_and_the_chain_is_verified_with_it(
    authority: Authority, bucket: Any
) -> None:
    client, name = bucket
    happen(5)
    made = sign()
    lock = client.head_object(Bucket=name, Key=made.name)
    assert lock["ObjectLockMode"] == "COMPLIANCE"
    left = lock["ObjectLockRetainUntilDate"] - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(days=1)
    with pytest.raises(ClientError) as raised:
        client.delete_object(Bucket=name, Key=made.name, VersionId=lock["VersionId"])
    assert raised.value.response["Error"]["Code"] == "AccessDenied"
    seen = auditing.verify(second_place.configured())
    assert (seen.found, seen.checkpoints) == (None, 1)
    # A name that is taken stays what it is.
    second_place.keep(made.name, bytes(made.cms_der))
    with pytest.raises(CheckpointKeptError):
        second_place.keep(made.name, b"something else")
    assert second_place.fetch(second_place.configured(), made.name) == bytes(made.cms_der)


@pytest.mark.usefixtures("bucket")
def test_a_service_that_is_away_is_a_trouble_and_is_tried_again(
    authority: Authority, settings: Settings, tmp_path: Path
) -> None:
    happen(1)
    there = settings.STORAGES
    use_place(settings, tmp_path, f"s3://away?endpoint=http://127.0.0.1:{free_port()}")
    assert checkpointing.make_due(now=now())
    assert Trouble.objects.get().code == "audit.checkpoint_kept"
    with pytest.raises(CheckpointKeptError):
        auditing.verify(second_place.configured())
    settings.STORAGES = there
    assert checkpointing.write_due(now=now()) == 1
    assert Trouble.objects.get().ended_at is not None


def test_a_wrong_address_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an address of S3"):
        checkpoint_storage(tmp_path, "http://bucket", timedelta(days=1))
