"""`manage.py audit`, as an operator or a script runs it."""

import hashlib
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from renewals.models import Checkpoint, Event
from tests.processes import ROOT
from tests.renewals.audit.conftest import happen
from tests.renewals.audit.superuser import alter, rewrite_from
from tests.renewals.workers import environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]


def audit(*arguments: str) -> str:
    said = StringIO()
    call_command("audit", *arguments, stdout=said)
    return said.getvalue()


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own."""
    values = {**os.environ, **environment(), "CHECKPOINT_DIRECTORY": str(place)}
    command = [sys.executable, "manage.py", "audit", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=values, capture_output=True, text=True, check=False
    )


def test_a_whole_chain_is_told_with_its_length_and_digest(chain: Checkpoint) -> None:
    newest = Event.objects.order_by("-sequence")[0]
    assert audit("verify") == f"{newest.sequence} events, 1 checkpoints, {newest.digest}\n"


def test_the_process_ends_with_what_it_found(chain: Checkpoint, place: Path) -> None:
    assert run(place, "verify").returncode == 0
    alter(3, facts={})
    ended = run(place, "verify")
    assert ended.returncode == 1
    assert "record 3: changed: it is not what was written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_checkpoints_may_be_in_another_folder(
    chain: Checkpoint, place: Path, tmp_path: Path, settings: Settings
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    rewrite_from(chain.sequence, facts={})
    (copies / chain.name).write_bytes((place / chain.name).read_bytes())
    with pytest.raises(CommandError, match=rf"record 1: forged: .* \({chain.name}\)"):
        audit("verify", "--checkpoints", str(copies))
    with pytest.raises(CommandError, match="not a folder"):
        audit("verify", "--checkpoints", str(tmp_path / "nothing"))


def test_a_checkpoint_is_made_by_command(chain: Checkpoint, place: Path) -> None:
    Checkpoint.objects.filter(pk=chain.pk)
    happen(1)
    ended = run(place, "checkpoint")
    name = ended.stdout.strip()
    if ended.returncode:  # within the second of the one before
        ended = run(place, "checkpoint")
        name = ended.stdout.strip()
    assert (place / name).is_file(), ended.stderr
    assert audit("verify").split(", ")[1] == "2 checkpoints"


def verify_offline(lines: list[str], previous: str) -> None:
    """The rule of the documentation, in the words of another program."""
    for line in lines:
        row = json.loads(line)
        digest, named = row.pop("digest"), row.pop("previous_digest")
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert named == previous
        assert hashlib.sha256((named + text).encode()).hexdigest() == digest
        previous = digest


def test_what_is_given_out_is_verified_without_us(chain: Checkpoint, tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    audit("export", "--to", str(target))
    lines = target.read_text().splitlines()
    verify_offline(lines, "0" * 64)
    assert [json.loads(line)["sequence"] for line in lines] == [*range(1, len(lines) + 1)]
    # That it was given out is itself on record, and is the last line.
    assert json.loads(lines[-1])["kind"] == "audit.exported"
    assert Event.objects.count() == len(lines)
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_part_is_given_out_and_no_file_is_written_over(chain: Checkpoint, tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    audit("export", "--from", "8", "--to", str(target))
    lines = target.read_text().splitlines()
    assert json.loads(lines[0])["sequence"] == 8
    verify_offline(lines, Event.objects.get(sequence=7).digest)
    count = Event.objects.count()
    with pytest.raises(CommandError, match="File exists"):
        audit("export", "--to", str(target))
    assert Event.objects.count() == count


def test_it_goes_to_the_output_where_no_file_is_named(chain: Checkpoint, place: Path) -> None:
    ended = run(place, "export", "--from", "11")
    assert ended.returncode == 0, ended.stderr
    verify_offline(ended.stdout.splitlines(), Event.objects.get(sequence=10).digest)
    actor = Event.objects.get(kind="audit.exported").actor
    assert actor["name"].startswith("command, ")
