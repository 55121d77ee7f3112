"""Containers are made once for what is settled, whoever dies or is faster; kept and read whole."""

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from pki.authority import IssuerFacts
from pki.issuer.file_keys import FileKeys
from pki.models import Authority, Revocation, ServiceCertificate
from renewals.actor import Actor, ActorKind
from renewals.audit.chain import find_break
from renewals.documents import shelf
from renewals.models import Event, Evidence, Renewal, Signature, Verdict
from renewals.services import ending, evidencing, issuing, journal, sealing, straying
from renewals.tasks import forget_documents, sweep
from tests.processes import ROOT
from tests.renewals.evidence.containers import files, issue, judge, now
from tests.renewals.evidence.dying_sealer import POINTS
from tests.renewals.firm import Firm
from tests.renewals.people import NOW, Holder
from tests.renewals.workers import environment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.data,
    pytest.mark.usefixtures("papers"),
]


def assert_one(folder: Path, renewal: Renewal) -> None:
    """One row, one file, one event, and they belong together."""
    row = Evidence.objects.get(renewal=renewal)
    (path,) = files(folder)
    data = path.read_bytes()
    assert path == folder / row.storage_name
    assert (row.sha256, row.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert judge(data).number == renewal.number
    (event,) = Event.objects.filter(kind="evidence.made")
    assert event.facts == {"sha256": row.sha256, "size": row.size}
    assert find_break(Event.objects.order_by("sequence")) is None


# --- what is due --------------------------------------------------------------------------


def test_a_sweep_makes_what_is_settled(papers: Path, issued: Renewal) -> None:
    sweep()
    assert_one(papers, issued)
    before = files(papers)[0].read_bytes()
    sweep()
    assert files(papers)[0].read_bytes() == before


def test_every_way_out_of_a_signed_application_has_its_evidence(
    firm: Firm, head: Holder, papers: Path
) -> None:
    approved, refused, taken, lapsed, waiting = firm.applications(5)
    head.approve(approved)
    head.decide(
        head.state(refused, verdict=Verdict.REJECT, reason="not_ours"), verdict=Verdict.REJECT
    )
    holder = Actor(kind=ActorKind.HOLDER, iin=taken.holder_iin)
    ending.withdraw(actor=holder, renewal=taken, now=NOW)
    Renewal.objects.filter(pk=lapsed.pk).update(submitted_at=NOW - timedelta(days=31))
    ending.lapse_due(now=NOW)
    issue(approved)
    assert evidencing.make_due(now=now()) == 4
    made = set(Evidence.objects.values_list("renewal__number", flat=True))
    assert made == {row.number for row in (approved, refused, taken, lapsed)}
    found = {judge(path.read_bytes()).state for path in files(papers)}
    assert found == {"issued", "rejected", "withdrawn", "lapsed"}
    assert not Evidence.objects.filter(renewal=waiting).exists()


def test_what_nobody_signed_or_what_is_not_settled_has_none(
    holder: Holder, stranger: Holder, papers: Path
) -> None:
    draft = holder.open()
    ending.withdraw(actor=holder.actor, renewal=draft, now=NOW)
    stranger.submit()
    assert evidencing.make_due(now=now()) == 0
    assert files(papers) == []


def test_a_failed_application_waits_for_its_operator(issued: Renewal) -> None:
    Renewal.objects.filter(pk=issued.pk).update(state="failed", issued_at=None, reason="?")
    assert evidencing.make_due(now=now()) == 0


def test_a_batch_is_bounded_and_the_rest_is_not_forgotten(firm: Firm, papers: Path) -> None:
    renewals = firm.applications(5)
    firm.head.approve(*renewals)
    issuing.issue_due(now=now(), linted=False)
    counts = [evidencing.make_due(now=now(), most=2) for _sweep in range(4)]
    assert counts == [2, 2, 1, 0]
    assert len(files(papers)) == 5


def test_many_are_asked_for_with_few_questions(
    issued: Renewal, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        list(evidencing.due())


# --- waiting ------------------------------------------------------------------------------


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [row.getMessage() for row in caplog.records if row.levelno >= logging.CRITICAL]


def test_without_the_passphrase_a_process_makes_nothing(
    issued: Renewal, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CA_PASSPHRASE = ""
    assert evidencing.make_due(now=now()) == 0
    assert told(caplog) == []


def test_without_a_seal_it_waits_and_says_so_once(
    issued: Renewal, papers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    row = ServiceCertificate.objects.get(kind="seal")
    ServiceCertificate.objects.filter(kind="seal").delete()
    assert [evidencing.make_due(now=now()) for _sweep in range(3)] == [0, 0, 0]
    (line,) = told(caplog)
    assert "authority services" in line
    row.save(force_insert=True)
    assert evidencing.make_due(now=now()) == 1
    assert_one(papers, issued)


@pytest.mark.parametrize("how", ["ended", "revoked", "to come"])
def test_a_seal_that_is_not_in_force_seals_nothing(issued: Renewal, how: str) -> None:
    row = ServiceCertificate.objects.get(kind="seal")
    if how == "revoked":
        Revocation.objects.create(
            authority=row.authority,
            serial_hex=row.serial_hex,
            revoked_at=NOW,
            reason="keyCompromise",
        )
    else:
        shift = timedelta(days=-2000 if how == "ended" else 1)
        ServiceCertificate.objects.filter(pk=row.pk).update(
            not_before=row.not_before + shift, not_after=row.not_after + shift
        )
    assert evidencing.make_due(now=now()) == 0


def test_a_key_that_is_not_there_makes_it_wait(
    issued: Renewal, papers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceCertificate.objects.filter(kind="seal").update(key_name="elsewhere")
    assert [evidencing.make_due(now=now()) for _sweep in range(3)] == [0, 0, 0]
    assert [line for line in told(caplog) if line.startswith("evidence waits")] == [
        line for line in told(caplog) if "issuer.key_missing" in line and "evidence" in line
    ]
    assert files(papers) == []


def test_a_storage_that_is_away_makes_it_wait(
    issued: Renewal, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers.parent.mkdir(exist_ok=True)
    papers.write_bytes(b"a file where the folder should be")
    assert evidencing.make_due(now=now()) == 0
    assert not Evidence.objects.exists()
    papers.unlink()
    assert evidencing.make_due(now=now()) == 1


def test_what_would_not_be_believed_is_not_kept_and_holds_up_nobody(
    firm: Firm, papers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    renewals = firm.applications(3)
    firm.head.approve(*renewals)
    issuing.issue_due(now=now(), linted=False)
    # As if a row had been altered behind our back.
    broken = Signature.objects.get(statement__renewal=renewals[0])
    cms = bytes(broken.cms_der)
    Signature.objects.filter(pk=broken.pk).update(cms_der=bytes([*cms[:-1], cms[-1] ^ 1]))
    assert sum(evidencing.make_due(now=now(), most=2) for _sweep in range(20)) == 2
    assert len(files(papers)) == 2
    assert not Evidence.objects.filter(renewal=renewals[0]).exists()
    (line,) = told(caplog)
    assert "cms." in line


# --- two at once, and none left -----------------------------------------------------------


def test_two_workers_at_once_leave_one_row_and_no_stray_file(
    issued: Renewal, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=60)
    put = shelf.put
    stored: list[str] = []
    results: list[int] = []

    def put_together(name: str, data: bytes) -> None:
        put(name, data)
        stored.append(name)
        both.wait()

    def work() -> None:
        try:
            results.append(evidencing.make_due(now=now()))
        finally:
            connection.close()

    monkeypatch.setattr(shelf, "put", put_together)
    threads = [threading.Thread(target=work) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert (sorted(results), len(set(stored))) == ([0, 1], 2)
    assert_one(papers, issued)


@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_worker_killed_anywhere_leaves_nothing_wrong(
    issued: Renewal, papers: Path, point: str
) -> None:
    command = [sys.executable, "-m", "tests.renewals.evidence.dying_sealer", point]
    values = {**os.environ, **environment(), "DOCUMENTS_DIRECTORY": str(papers)}
    died = subprocess.run(command, cwd=ROOT, env=values, check=False)
    assert died.returncode == -signal.SIGKILL
    assert Evidence.objects.count() == (1 if point == "after-row" else 0)
    sweep()
    assert Evidence.objects.filter(renewal=issued).count() == 1
    # What a killed worker has stored and nobody knows of is cleaned away later.
    later = timezone.now() + timedelta(hours=2)
    straying.forget_strays(now=later)
    assert_one(papers, issued)


def test_a_row_that_cannot_be_written_leaves_no_file(
    issued: Renewal, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(journal, "record", fail)
    with pytest.raises(RuntimeError):
        evidencing.make_due(now=now())
    assert not Evidence.objects.exists()
    assert files(papers) == []


def test_no_transaction_is_open_while_a_key_or_the_storage_is_at_work(
    issued: Renewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_at: list[str] = []
    sign, put = FileKeys.sign, shelf.put

    def watched_sign(self: FileKeys, issuer: IssuerFacts, data: bytes) -> bytes:
        if connection.in_atomic_block:
            open_at.append("sign")
        return sign(self, issuer, data)

    def watched_put(name: str, data: bytes) -> None:
        if connection.in_atomic_block:
            open_at.append("put")
        put(name, data)

    monkeypatch.setattr(FileKeys, "sign", watched_sign)
    monkeypatch.setattr(shelf, "put", watched_put)
    assert evidencing.make_due(now=now()) == 1
    assert open_at == []


def test_only_old_files_without_a_row_are_cleaned_away(issued: Renewal, papers: Path) -> None:
    evidencing.make_due(now=now())
    today = straying.folder_of(now())
    storages["documents"].save(f"{today}/{'0' * 32}.asice", ContentFile(b"stray"))
    assert straying.forget_strays(now=timezone.now()) == 0
    assert straying.forget_strays(now=timezone.now() + timedelta(hours=2)) == 1
    assert_one(papers, issued)
    forget_documents()
    assert_one(papers, issued)


def test_cleaning_a_storage_that_has_nothing_is_no_trouble(papers: Path) -> None:
    assert straying.forget_strays(now=now()) == 0


# --- whose seal ---------------------------------------------------------------------------


def test_the_holders_own_authority_seals_where_it_can(issued: Renewal) -> None:
    row = ServiceCertificate.objects.get(kind="seal")
    other = Authority.objects.create(
        name="other", certificate_der=b"other", key_name="other", is_issuing=True
    )
    ServiceCertificate.objects.create(
        authority=other,
        kind=row.kind,
        serial_hex="5a" * 20,
        certificate_der=b"other",
        key_name="other.seal",
        not_before=row.not_before,
        not_after=row.not_after + timedelta(days=1),
    )
    found = sealing.find_sealer(issued.certificate.authority_id, now=now())
    assert found == row
    row.delete()
    found = sealing.find_sealer(issued.certificate.authority_id, now=now())
    assert found is not None
    assert found.authority == other
