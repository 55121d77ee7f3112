"""A real mail server that refuses, hangs and cuts the line, and real workers that write to it."""

from pathlib import Path

import pytest
from django.utils import timezone

from notifications.models import Address, Delivery, LoggedText, Notice, Provider
from tests.cabinet.payroll import Payroll
from tests.notifications.conftest import reach
from tests.notifications.runs import (
    SHORT_DAYS,
    ids,
    in_the_end,
    people_with_letters,
    states,
    tail,
    the_pause_is_over,
    told,
    wait_until,
    workers,
)
from tests.notifications.smtp_server import DROP, HANG, ScriptedServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


def test_one_of_five_is_refused_and_hears_by_sms_and_in_the_inbox(
    people: Payroll, tmp_path: Path
) -> None:
    addresses = people_with_letters(people, 5)
    refused, iin = addresses[2], people.iin(2)
    reach(iin, channel="sms", now=timezone.now())
    with ScriptedServer() as mail, workers(tmp_path / "log", mail):
        mail.refuse(refused, "550 5.1.1 nobody of that name")
        assert wait_until(lambda: states() == {"sent": 4, "failed": 1}), tail(tmp_path / "log")
        # Whether or not it is night now.
        assert in_the_end("sms", sent=2), tail(tmp_path / "log")
    assert mail.letters_to(refused) == []
    assert set(ids(mail.received).values()) == {1}
    marked = Address.objects.get(failed_at__isnull=False)
    assert (marked.value, marked.failure) == (refused, "550 5.1.1")
    assert Address.objects.working().count() == 5
    kinds = Notice.objects.for_iin(iin).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["expiry-soon", "address-failed"]
    assert LoggedText.objects.count() == 2


def test_a_server_that_refuses_everything_is_left_alone_and_nothing_is_lost(
    people: Payroll, tmp_path: Path
) -> None:
    addresses = people_with_letters(people, 30)
    with ScriptedServer() as mail, workers(tmp_path / "log", mail):
        mail.always("RCPT", "451 4.7.1 try again later")
        assert wait_until(lambda: Provider.objects.filter(failures=20).exists())
        assert wait_until(lambda: states() == {"waiting": 30}), tail(tmp_path / "log")
        tried = Delivery.objects.filter(attempts=1, error="451 4.7.1")
        assert tried.count() == 20
        provider = Provider.objects.get(channel="email")
        assert provider.waits_until is not None
        assert provider.waits_until > timezone.now()
        # Each is put off for a minute at least, by what stands in its row.
        assert not tried.filter(due_at__lte=timezone.now()).exists()
        mail.always("RCPT", None)
        assert in_the_end(sent=30), tail(tmp_path / "log")
    assert sorted(letter.recipients[0] for letter in mail.received) == sorted(addresses)
    assert Provider.objects.get(channel="email").failures == 0
    assert Address.objects.working().count() == 30


def test_a_server_that_hangs_holds_up_nothing_else(people: Payroll, tmp_path: Path) -> None:
    addresses = people_with_letters(people, 5)
    for number in range(5, 8):
        people.add(number, SHORT_DAYS, now=timezone.now())
        reach(people.iin(number), channel="sms", now=timezone.now())
    with ScriptedServer() as mail, workers(tmp_path / "log", mail):
        mail.always("RCPT", HANG)
        assert wait_until(lambda: states("sms").total() == 3), tail(tmp_path / "log")
        # The e-mails, too: there are texts while the server hangs again.
        the_pause_is_over()
        assert wait_until(lambda: LoggedText.objects.count() == 3), tail(tmp_path / "log")
        assert wait_until(lambda: states() == {"waiting": 5}), tail(tmp_path / "log")
        assert mail.received == []
        mail.always("RCPT", None)
        assert in_the_end(sent=5), tail(tmp_path / "log")
    assert sorted(letter.recipients[0] for letter in mail.received) == sorted(addresses)


def test_a_line_that_is_cut_sends_twice_at_worst_and_under_one_number(
    people: Payroll, tmp_path: Path
) -> None:
    people_with_letters(people, 5)
    with ScriptedServer() as mail:
        # One was received to its last byte when the line was cut, another had not begun.
        mail.script("CONTENT", None, DROP)
        mail.script("DATA", None, None, None, DROP)
        with workers(tmp_path / "log", mail):
            assert wait_until(lambda: states() == {"sent": 1, "waiting": 4}), tail(tmp_path / "log")
            assert len(mail.received) == 2
            assert in_the_end(sent=5), tail(tmp_path / "log")
    assert sorted(ids(mail.received).values()) == [1, 1, 1, 1, 2]
    assert mail.connections == 3
    assert Notice.objects.count() == 5


def test_a_server_that_is_not_there_is_waited_for(people: Payroll, tmp_path: Path) -> None:
    people_with_letters(people, 5)
    mail = ScriptedServer()
    with workers(tmp_path / "log", mail):
        refused = Delivery.objects.filter(error="ConnectionRefusedError", state="waiting")
        assert wait_until(lambda: refused.count() == 5), tail(tmp_path / "log")
        with mail:
            assert in_the_end(sent=5), tail(tmp_path / "log")
    assert sorted(ids(mail.received).values()) == [1] * 5
    assert set(told("expiry-soon").values()) == {1}
