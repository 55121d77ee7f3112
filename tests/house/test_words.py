"""Words: every code has a sentence, every sentence stands in three languages."""

import re
import subprocess
import sys
from pathlib import Path

import notifications.errors
import pki.errors
import renewals.errors
from cabinet.sentence_table import SENTENCES
from renewals.events import EventKind
from renewals.machine import Action
from renewals.services.moves import EVENT_OF
from renewals.states_page import write_states

ROOT = Path(__file__).parents[2]


def test_every_error_code_has_a_sentence() -> None:
    trees = (pki.errors, renewals.errors, notifications.errors)
    codes = {code for tree in trees for code in tree.all_codes()}
    assert codes <= SENTENCES.keys()


def test_every_code_of_the_browser_has_a_sentence() -> None:
    found: set[str] = set()
    for path in (ROOT / "cabinet" / "frontend" / "src").rglob("*.ts"):
        found |= set(re.findall(r'"((?:keystore|ui)\.[a-z_]+)"', path.read_text()))
    assert len(found) > 8
    assert found <= SENTENCES.keys()


def test_every_move_is_told_by_an_event() -> None:
    assert EVENT_OF.keys() == set(Action)
    assert set(EVENT_OF.values()) <= set(EventKind)


def test_the_catalogues_are_complete() -> None:
    command = [sys.executable, "-m", "cabinet.translations", "check"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:]


def test_the_page_of_states_equals_the_table() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert write_states() in page
