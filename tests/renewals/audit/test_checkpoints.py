"""Checkpoints: signed hourly, written once to a second place, and judged with it."""

import hashlib
import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from pytest_django.fixtures import Settings

from pki.asic import write_container
from pki.models import Authority, ServiceCertificate
from renewals.audit.chain import Fault
from renewals.audit.checkpoint import read_checkpoint
from renewals.audit.errors import AuditBrokenError, AuditError, CheckpointBadError
from renewals.evidence.files import write_pem
from renewals.evidence.pinned import read_pinned
from renewals.models import Checkpoint, Event, EventHead, Trouble
from renewals.services import auditing, checkpointing, second_place
from tests.renewals.audit.conftest import happen, now, sign, use_place
from tests.renewals.audit.superuser import alter, guards_lifted, set_head

pytestmark = pytest.mark.django_db


def files(place: Path) -> list[Path]:
    return sorted(place.iterdir())


def fault(place: Path) -> tuple[int, Fault, str] | None:
    found = auditing.verify(second_place.configured()).found
    return (found.sequence, found.fault, found.name) if found else None


def test_it_says_what_the_head_was_and_openssl_reads_it(
    chain: Checkpoint, place: Path, tmp_path: Path
) -> None:
    (path,) = files(place)
    pem = tmp_path / "authorities.pem"
    pem.write_bytes(write_pem([bytes(row.certificate_der) for row in Authority.objects.all()]))
    command = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", str(path)]
    command += ["-CAfile", str(pem), "-purpose", "any"]
    said = subprocess.run(command, capture_output=True, check=True)
    assert b"CAdES Verification successful" in said.stderr
    event = Event.objects.get(sequence=chain.sequence)
    assert json.loads(said.stdout) == {
        "version": 1,
        "portal": "testserver",
        "sequence": event.sequence,
        "count": event.sequence,
        "digest": event.digest,
        "previous": "",
        "at": chain.at.isoformat(),
    }


def test_it_is_written_once_and_for_reading_only(chain: Checkpoint, place: Path) -> None:
    (path,) = files(place)
    assert path.stat().st_mode & 0o777 == 0o444
    assert path.name == chain.name
    assert chain.written_at is not None
    assert checkpointing.write_due(now=now()) == 0


def test_every_hour_there_is_one_though_nothing_has_happened(
    chain: Checkpoint, place: Path
) -> None:
    later = now() + timedelta(hours=1)
    assert not checkpointing.make_due(now=now() + timedelta(minutes=20))
    assert checkpointing.make_due(now=later)
    assert checkpointing.make_due(now=later + timedelta(hours=1))
    assert not checkpointing.make_due(now=later + timedelta(hours=1))
    rows = list(Checkpoint.objects.order_by("at"))
    assert [row.sequence for row in rows] == [chain.sequence, rows[1].sequence, rows[1].sequence]
    assert [path.name for path in files(place)] == [row.name for row in rows]
    told = [
        read_checkpoint(path.read_bytes(), name="", trust=read_pinned().trust)
        for path in files(place)
    ]
    for one, other in zip(rows, told[1:], strict=False):
        assert other.previous == hashlib.sha256(bytes(one.cms_der)).hexdigest()
    assert fault(place) is None


def test_a_place_that_is_full_or_away_is_a_trouble_and_the_chain_goes_on(
    chain: Checkpoint, place: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    use_place(settings, tmp_path / "file" / "below")
    later = now() + timedelta(hours=1)
    assert checkpointing.make_due(now=later)
    assert checkpointing.write_due(now=later) == 0
    (trouble,) = Trouble.objects.all()
    assert (trouble.subject, trouble.code) == ("checkpoint:place", "audit.checkpoint_kept")
    happen(1)
    use_place(settings, place)
    assert checkpointing.write_due(now=later + timedelta(seconds=30)) == 1
    trouble.refresh_from_db()
    assert trouble.ended_at is not None
    assert len(files(place)) == 2
    assert fault(place) is None


def test_a_name_that_is_taken_is_never_written_over(
    chain: Checkpoint, place: Path, settings: Settings
) -> None:
    made = checkpointing.make(now=now() + timedelta(hours=1))
    assert made is not None
    taken = place / checkpointing.name_of_row(made)
    taken.write_bytes(b"something else")
    assert checkpointing.write_due(now=now()) == 0
    assert taken.read_bytes() == b"something else"
    assert Trouble.objects.get().code == "audit.checkpoint_kept"
    with pytest.raises(FileExistsError):
        second_place.configured().save(taken.name, ContentFile(b"another"))
    # Written, and killed before the row said so: it is there already, and that is well.
    taken.unlink()
    second_place.keep(taken.name, bytes(made.cms_der))
    assert checkpointing.write_due(now=now()) == 1
    assert not [path for path in files(place) if path.name.startswith(".")]


def test_a_broken_chain_is_never_signed(chain: Checkpoint) -> None:
    last = Event.objects.count()
    for break_it, sequence, what in (
        (lambda: alter(last, facts={"x": 1}), last, "changed"),
        (lambda: set_head(last - 1), last, "head"),
        (lambda: EventHead.objects.update(sequence=last + 5), last + 1, "cut"),
    ):
        with transaction.atomic():
            break_it()
            if what != "head":
                with pytest.raises(AuditBrokenError) as raised:
                    checkpointing.make(now=now() + timedelta(hours=1))
                assert raised.value.facts == {"sequence": str(sequence), "fault": what}
            transaction.set_rollback(True)
    alter(last, facts={"x": 1})
    assert not checkpointing.make_due(now=now() + timedelta(hours=1))
    assert Trouble.objects.get().code == "audit.broken"
    assert Checkpoint.objects.count() == 1


def test_a_head_that_was_moved_back_behind_the_checkpoint_is_never_signed(
    chain: Checkpoint,
) -> None:
    set_head(chain.sequence - 2)
    with pytest.raises(AuditBrokenError):
        checkpointing.make(now=now() + timedelta(hours=1))


def test_a_checkpoint_that_was_removed_is_missed(chain: Checkpoint, place: Path) -> None:
    happen(1)
    second = sign(hours=1)
    third = sign(hours=2)
    (place / second.name).unlink()
    assert fault(place) == (second.sequence, Fault.CHECKPOINT, second.name)
    # Also where the row is gone with it: the next one names it by its digest.
    with guards_lifted():
        Checkpoint.objects.filter(pk=second.pk).delete()
    assert fault(place) == (third.sequence, Fault.CHECKPOINT, third.name)


def test_no_byte_of_a_checkpoint_can_be_another(chain: Checkpoint) -> None:
    data, trust = bytes(chain.cms_der), read_pinned().trust
    assert read_checkpoint(data, name="", trust=trust).sequence == chain.sequence
    for position in range(len(data)):
        altered = bytearray(data)
        altered[position] ^= 1
        with pytest.raises(CheckpointBadError):
            read_checkpoint(bytes(altered), name="", trust=trust)


def test_a_file_that_is_none_is_named(chain: Checkpoint, place: Path) -> None:
    (place / "20260101T000000Z-000000000007.p7m").write_bytes(
        write_container({}, manifest=b"", seal=b"")
    )
    assert fault(place) == (7, Fault.CHECKPOINT, "20260101T000000Z-000000000007.p7m")


def test_an_authority_that_is_not_ours_signs_none(chain: Checkpoint, place: Path) -> None:
    Authority.objects.update(is_issuing=False, key_name="")
    assert fault(place) == (chain.sequence, Fault.CHECKPOINT, chain.name)


def test_without_keys_events_or_a_seal_nothing_is_signed(
    authority: Authority, place: Path, settings: Settings
) -> None:
    assert checkpointing.make(now=now()) is None
    happen(1)
    passphrase, settings.CA_PASSPHRASE = settings.CA_PASSPHRASE, ""
    assert checkpointing.make(now=now()) is None
    settings.CA_PASSPHRASE = passphrase
    ServiceCertificate.objects.filter(kind="seal").delete()
    assert not checkpointing.make_due(now=now())
    assert Trouble.objects.get().code == "issuer.key_missing"
    assert not place.exists()


def test_half_a_file_never_has_a_name(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full while it is written."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(AuditError):
            second_place.keep("x.p7m", b"data")
    assert files(place) == []
    second_place.keep("x.p7m", b"data")
    assert second_place.names(second_place.configured()) == ["x.p7m"]
