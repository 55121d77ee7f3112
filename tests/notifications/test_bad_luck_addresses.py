"""Addresses that no form lets through, put straight into the rows: they harm nobody, not even
those who are next in the same batch.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.models import Address, Delivery
from tests.cabinet.payroll import Payroll
from tests.notifications.conftest import reach
from tests.notifications.runs import (
    LETTER_DAYS,
    SHORT_DAYS,
    in_the_end,
    people_with_letters,
    states,
    tail,
    told,
    wait_until,
    workers,
)
from tests.notifications.smtp_server import ScriptedServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]

EVIL = "evil@other.example"
# What is written to such an address never leaves.
HOPELESS = [
    f"ann@mail.example\r\nBcc: {EVIL}",
    f"ann@mail.example\nBcc: {EVIL}",
    f"ann@mail.example\rBcc: {EVIL}",
    f"ann@mail.example>\r\nRCPT TO:<{EVIL}",
    "ann@mail.example\r\nDATA\r\nSubject: evil\r\n\r\nevil\r\n.\r\n",
    "ann@mail.example\r\n",
    f"ann@mail.example\u2028Bcc: {EVIL}",
    f"ann@mail.example\x0bBcc: {EVIL}",
    f"ann@mail.example, {EVIL}",
    f"ann@mail.example,{EVIL}",
    f"<ann@mail.example> <{EVIL}>",
    f'"ann@mail.example\r\n <{EVIL}>"@mail.example',
    "\u202enna@mail.example",
    "ann @mail.example",
    " ann@mail.example",
    "анна@mail.example",
    "ann@mail..example",
    "ann@-mail.example",
    "ann@mail.example.",
    "ann@",
    "@mail.example",
    "@",
    " ",
    "ann",
    "a" * 65 + "@mail.example",
    "a" * 64 + "@" + ".".join(["b" * 63] * 4)[:255],
    "a" * 318 + "@b",
    "ж" * 320,
    "=?utf-8?q?" + "=0D=0A" * 50 + "?=@",
]
# A domain that looks like another is still a domain: its own, and no other's.
STRANGE = {
    "ann@m\u0430il.example": "ann@xn--mil-6cd.example",
    "ann@почта.example": "ann@xn--80a1acny.example",
    "a" * 64 + "@" + "b" * 63 + ".kz": "a" * 64 + "@" + "b" * 63 + ".kz",
}
HOPELESS_PHONES = [
    "+7701\r\n1234567",
    "+7\nERROR all is lost",
    "+77011234\nWAR",
    "7" * 320,
    "\u202e+7701",
    "x",
]


def test_addresses_that_no_form_lets_through_harm_nobody(people: Payroll, tmp_path: Path) -> None:
    strange = [*HOPELESS, *STRANGE]
    _add(people, strange, LETTER_DAYS, channel="email", first=0)
    addresses = people_with_letters(people, 5, first=len(strange))
    numbers = [*HOPELESS_PHONES, "+77011234567"]
    _add(people, numbers, SHORT_DAYS, channel="sms", first=len(strange) + 5)
    good, bad, log = 5 + len(STRANGE), len(HOPELESS), tmp_path / "log"
    with ScriptedServer() as mail, workers(log, mail, LOG_LEVEL="INFO"):
        assert wait_until(lambda: states() == {"sent": good, "failed": bad}), tail(log)
        assert wait_until(lambda: states("sms").total() == len(numbers)), tail(log)
        assert in_the_end("sms", sent=len(numbers)), tail(log)
    recipients = [letter.recipients for letter in mail.received]
    assert sorted(recipients) == sorted((one,) for one in [*addresses, *STRANGE.values()])
    for letter in mail.received:
        assert letter.message["To"] == letter.recipients[0]
        assert letter.message["Bcc"] is None
        assert EVIL.encode() not in letter.data
    assert Address.objects.filter(failed_at__isnull=False).count() == bad
    assert set(Delivery.objects.filter(state="failed").values_list("attempts", flat=True)) == {1}
    assert told("address-failed").total() == bad
    _judge(log.read_text(), texts=len(numbers))


@transaction.atomic
def _add(
    people: Payroll, values: Sequence[str], ends_in: timedelta, *, channel: str, first: int
) -> None:
    now = timezone.now()
    for number, value in enumerate(values, start=first):
        people.add(number, ends_in, now=now)
        reach(people.iin(number), channel=channel, value=value, now=now)


def _judge(log: str, *, texts: int) -> None:
    """Nothing breaks a line of the log, and none of them has an address in it."""
    lines = log.splitlines()
    assert sum("text to " in line for line in lines) == texts
    assert not any(line.startswith(("ER", "12", "WAR", "Bcc")) for line in lines)
    assert "Traceback" not in log
    assert EVIL not in log
