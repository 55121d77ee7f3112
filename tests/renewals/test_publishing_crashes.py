"""Who makes lists is killed at every point, or does it twice at once: files stay good and true."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from pki.models import Authority, HoldRelease, Revocation, RevocationList
from pki.revocation import Reason
from renewals.audit.chain import find_break
from renewals.models import Event
from renewals.services import publishing
from tests.processes import ROOT
from tests.renewals.dying_publisher import POINTS
from tests.renewals.lists import changes, path_of, whole
from tests.renewals.workers import environment, wait_until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]

OLD, NEW, HELD = "4a" * 20, "5a" * 20, "6a" * 20


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ours and that of the processes that we start."""
    settings.PUBLICATION_DIRECTORY = tmp_path / "published"
    monkeypatch.setenv("PUBLICATION_DIRECTORY", str(tmp_path / "published"))
    return tmp_path / "published"


def revoke(authority: Authority, serial_hex: str) -> None:
    Revocation.objects.create(
        authority=authority,
        serial_hex=serial_hex,
        revoked_at=timezone.now(),
        reason=Reason.SUPERSEDED.value,
    )


def die_at(point: str) -> int:
    command = [sys.executable, "-m", "tests.renewals.dying_publisher", point]
    values = {**os.environ, **environment()}
    return subprocess.run(command, cwd=ROOT, env=values, check=False).returncode


def assert_good(authority: Authority, *serials: set[str]) -> int:
    """Whole, of our key, with one of these contents; returns its number."""
    found = whole(authority)
    issuer = x509.load_der_x509_certificate(bytes(authority.certificate_der))
    assert found.loaded.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    assert set(found.reasons) in serials
    return found.number


@pytest.mark.parametrize("point", sorted(POINTS))
def test_killed_anywhere_it_leaves_good_lists_and_the_next_run_true_ones(
    authority: Authority, point: str
) -> None:
    revoke(authority, OLD)
    publishing.publish_due(now=timezone.now())
    first = assert_good(authority, {OLD})
    revoke(authority, NEW)
    HoldRelease.objects.create(
        authority=authority,
        serial_hex=HELD,
        held_at=timezone.now(),
        released_at=timezone.now(),
    )
    assert die_at(point) == -signal.SIGKILL
    is_out = point in {"after-rename", "within-record", "after-record"}
    between = assert_good(authority, {OLD, NEW} if is_out else {OLD})
    assert between == (first + 1 if is_out else first)
    publishing.publish_due(now=timezone.now())
    last = assert_good(authority, {OLD, NEW})
    assert last >= between
    row = RevocationList.objects.get(authority=authority, scope="full")
    assert row.number == last == changes(authority).number
    assert changes(authority).reasons == {
        NEW: Reason.SUPERSEDED,
        HELD: Reason.REMOVE_FROM_CRL,
    }
    assert not Revocation.objects.filter(listed_number=None).exists()
    assert not HoldRelease.objects.filter(listed_number=None).exists()
    assert find_break(Event.objects.order_by("sequence")) is None
    assert list(path_of(authority).parent.glob(".*.new")) == []


def test_many_publishers_at_once_never_go_back(authority: Authority) -> None:
    publishing.publish_due(now=timezone.now())
    numbers: list[int] = []
    stopping = threading.Event()
    failures: list[BaseException] = []

    def work(step: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                while not stopping.is_set():
                    step()
            except BaseException as error:  # noqa: BLE001  # told to the test
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def look() -> None:
        numbers.append(whole(authority).number)

    def publish() -> None:
        publishing.publish_due(now=timezone.now())

    threads = [work(step) for step in (look, publish, publish, publish)]
    serials = {f"{0x40 + at:02x}" + "00" * 19 for at in range(12)}
    for serial in serials:
        revoke(authority, serial)
        publishing.publish_due(now=timezone.now())
    done = wait_until(lambda: not Revocation.objects.filter(listed_number=None).exists())
    stopping.set()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert done
    assert numbers == sorted(numbers)
    assert set(whole(authority).reasons) == serials
    used = [
        event.facts["number"]
        for event in Event.objects.filter(
            kind="list.published", facts__authority=authority.name
        ).order_by("sequence")
    ]
    assert used == sorted(set(used))
    assert used[-1] == whole(authority).number


@pytest.mark.worker
def test_a_revocation_is_listed_within_a_minute_by_the_workers(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert django_settings.PUBLISH_SECONDS <= 10
    monkeypatch.setenv("PUBLISH_SECONDS", "1")
    with workers(tmp_path / "log"):
        assert wait_until(lambda: path_of(authority).exists()), (tmp_path / "log").read_text()
        started = timezone.now()
        revoke(authority, NEW)
        assert wait_until(lambda: NEW in whole(authority).reasons)
    assert timezone.now() - started < timedelta(minutes=1)
