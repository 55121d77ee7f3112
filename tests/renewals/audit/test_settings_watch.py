"""A setting that changed between two starts is on record, and no value of it is."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from renewals.models import Event
from renewals.services.settings_watch import note_settings
from tests.renewals.audit.conftest import now
from tests.renewals.parallel import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]


def changed() -> list[str]:
    return list(Event.objects.order_by("-sequence")[0].facts["changed"])


def test_what_changed_between_two_starts_is_named(settings: Settings) -> None:
    assert note_settings("worker", now=now())
    assert {"PORTAL_URL", "ISSUE_LEASE", "CA_PASSPHRASE"} <= set(changed())
    assert not note_settings("worker", now=now())
    settings.ISSUE_LEASE = timedelta(seconds=61)
    settings.CA_PASSPHRASE = "another passphrase"
    assert note_settings("worker", now=now())
    assert changed() == ["CA_PASSPHRASE", "ISSUE_LEASE"]
    assert not note_settings("worker", now=now())
    # Each process has settings of its own.
    assert note_settings("web", now=now())


def test_no_value_is_on_record(settings: Settings) -> None:
    settings.SMS_TOKEN = "a-token-that-nobody-may-read"
    note_settings("web", now=now())
    (event,) = Event.objects.all()
    text = str(event.facts)
    for value in (settings.SMS_TOKEN, settings.SECRET_KEY, settings.CA_PASSPHRASE):
        assert value not in text
    assert all(len(digest) == 16 for digest in event.facts["digests"].values())


def test_equal_values_of_two_settings_have_different_digests(settings: Settings) -> None:
    settings.SMS_TOKEN = settings.SMS_RECEIPT_SECRET = "the same"
    note_settings("web", now=now())
    digests = Event.objects.get().facts["digests"]
    assert digests["SMS_TOKEN"] != digests["SMS_RECEIPT_SECRET"]


def test_a_change_of_the_key_hides_no_other_change(settings: Settings) -> None:
    note_settings("web", now=now())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 5
    settings.PORTAL_NAME = "other"
    assert note_settings("web", now=now())
    assert changed() == ["PORTAL_NAME", "SECRET_KEY", "SECRET_KEY_FALLBACKS"]
    settings.SECRET_KEY_FALLBACKS = []
    assert note_settings("web", now=now())
    assert changed() == ["SECRET_KEY_FALLBACKS"]


def test_of_several_that_start_at_once_one_tells() -> None:
    count = 8 if connection.vendor == "postgresql" else 3
    race(*[lambda: note_settings("web", now=now())] * count)
    assert Event.objects.filter(kind="settings.changed").count() == 1
