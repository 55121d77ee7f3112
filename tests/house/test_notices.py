"""Every event is told or silent, every message has all its templates and facts."""

from pathlib import Path

import pytest
from django.conf import settings

from notifications.channels.registry import CHANNELS
from notifications.kinds import TOPIC_WORDS, Form, MessageKind, Topic
from notifications.telling.messages import MESSAGES, SILENT, TELLINGS
from notifications.words.contexts import BUILDERS
from renewals.events import EventKind

TEMPLATES = Path(__file__).parents[2] / "templates" / "notifications"
# What a letter is made of.
PARTS = ("subject.txt", "body.txt", "body.html")


def test_every_event_is_told_or_silent_and_never_both() -> None:
    assert TELLINGS.keys() | SILENT == set(EventKind)
    assert not TELLINGS.keys() & SILENT
    assert all(TELLINGS.values())


def test_every_message_has_its_line_and_its_facts() -> None:
    assert MESSAGES.keys() == set(MessageKind)
    assert BUILDERS.keys() == set(MessageKind) - {MessageKind.CONTACT_CODE}
    assert TOPIC_WORDS.keys() == set(Topic)


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_has_all_its_templates(kind: MessageKind) -> None:
    wanted = set(PARTS)
    if Form.SHORT in MESSAGES[kind].forms:
        wanted |= {one.template for one in CHANNELS.values() if one.form is Form.SHORT}
    assert wanted <= {path.name for path in (TEMPLATES / kind.value).iterdir()}


def test_no_folder_is_left_from_a_message_that_is_no_more() -> None:
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert folders == {kind.value for kind in MessageKind}


def test_every_threshold_goes_out_in_a_form_that_there_is() -> None:
    forms = {name for names in settings.EXPIRY_THRESHOLDS.values() for name in names}
    assert forms == {form.value for form in Form}
    assert set(settings.EXPIRY_LAST_CALLS) <= settings.EXPIRY_THRESHOLDS.keys()
