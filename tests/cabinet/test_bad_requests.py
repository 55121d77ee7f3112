"""Whatever is sent as a request or as a signed statement: a sentence, and nothing kept of it."""

import base64
import logging
import time
from pathlib import Path

import pytest

from renewals.models import Event, Renewal, Signature
from tests.cabinet.holder import Holder, single
from tests.cabinet.people import Issuer

pytestmark = pytest.mark.django_db

NOT_SAMPLES = {".md", ".tsv"}


@pytest.fixture
def holder(db: None) -> Holder:
    return single(Issuer("main"))


@pytest.fixture
def renewal(holder: Holder) -> Renewal:
    found = holder.open()
    holder.confirm(found)
    return found


def files(samples: Path, *folders: str) -> list[Path]:
    found = [path for folder in folders for path in (samples / folder).rglob("*")]
    return [path for path in found if path.is_file() and path.suffix not in NOT_SAMPLES]


def test_no_sample_passes_for_a_request(
    holder: Holder, renewal: Renewal, samples: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = files(samples, "csr", "p12", "cms")
    assert len(paths) > 300
    with caplog.at_level(logging.DEBUG):
        for path in paths:
            encoded = base64.b64encode(path.read_bytes()).decode()
            began = time.process_time()
            reply = holder.ask("key", renewal.number, request_COMBINED=encoded)
            assert time.process_time() - began < 1, path
            assert 400 <= reply.status_code < 500, path
            assert reply.json()["message"], path  # type: ignore[attr-defined]
            assert len(encoded) < 64 or encoded[:64] not in caplog.text, path
    assert not renewal.requests.exclude(spki_sha256="").exists()


def test_a_key_store_is_answered_with_advice_and_kept_nowhere(
    holder: Holder, renewal: Renewal, samples: Path
) -> None:
    for path in files(samples, "p12"):
        encoded = base64.b64encode(path.read_bytes()).decode()
        reply = holder.ask("key", renewal.number, request_COMBINED=encoded)
        data = reply.json()  # type: ignore[attr-defined]
        assert data["code"] in {"request.key_store", "request.private_key", "ui.too_large"}, path
    kept = "".join(str(event.facts) for event in Event.objects.all())
    assert base64.b64encode(b"PKCS12").decode() not in kept
    assert all(len(str(event.facts)) < 500 for event in Event.objects.all())


def test_no_sample_passes_for_a_signed_statement(
    holder: Holder, renewal: Renewal, samples: Path
) -> None:
    holder.make_keys(renewal)
    statement = holder.read_statement(renewal)
    for path in files(samples, "cms", "csr", "p12"):
        encoded = base64.b64encode(path.read_bytes()).decode()
        began = time.process_time()
        reply = holder.ask("statement", renewal.number, statement=statement.pk, cms=encoded)
        assert time.process_time() - began < 1, path
        assert 400 <= reply.status_code < 500, path
    renewal.refresh_from_db()
    assert renewal.state == "draft"
    assert not Signature.objects.filter(statement=statement).exists()
