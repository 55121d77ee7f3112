"""Submitted applications of one organisation, for measuring how fast they are approved."""

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection

from pki.certificate import Role
from pki.cms import verify_cms
from pki.models import Authority
from renewals.models import Decision, Renewal, Request, Statement
from tests.benchmarks.bench_approval import APPLICATIONS
from tests.benchmarks.bench_service import timed
from tests.renewals.people import NOW, Holder, enrol_employee, iin_of


class Load:
    """An authority, a head, and twice as many people as a list names."""

    def __init__(self) -> None:
        self.vendor = connection.vendor
        call_command("migrate", verbosity=0)
        valid_from = (NOW - timedelta(days=900)).isoformat()
        call_command(
            "authority", "create", profile="ec", name="ec", valid_from=valid_from, stdout=StringIO()
        )
        authority = Authority.objects.get(name="ec")
        self.head = enrol_employee(authority, Role.HEAD, iin=iin_of(0))
        self.people = [
            enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(number))
            for number in range(1, 2 * APPLICATIONS + 1)
        ]

    def measure(self) -> tuple[float, float, float, float]:
        """Seconds: drawing a list, deciding it, deciding as many alone, one verification."""
        together = _submit(self.people[:APPLICATIONS])
        single = _submit(self.people[APPLICATIONS:])
        drawn: list[Statement] = []
        draw = timed(lambda: drawn.append(self.head.state(*together)))
        (statement,) = drawn
        cms = self.head.sign(statement)
        listed = timed(lambda: self.head.decide(statement, cms))
        texts = [self.head.state(renewal) for renewal in single]
        signed = [(text, self.head.sign(text)) for text in texts]
        alone = timed(lambda: self._decide_each(signed))
        verify = timed(lambda: verify_cms(cms, content=statement.text.encode()))
        decided = Decision.objects.filter(renewal__in=[*together, *single])
        if decided.count() != 2 * APPLICATIONS:
            raise RuntimeError("not everything was decided")
        _make_room()
        return draw, listed, alone, verify

    def _decide_each(self, signed: list[tuple[Statement, bytes]]) -> None:
        for statement, cms in signed:
            self.head.decide(statement, cms)


def _submit(people: list[Holder]) -> list[Renewal]:
    return [person.submit() for person in people]


def _make_room() -> None:
    """The same people apply again in the next round."""
    Renewal.objects.update(state="lapsed")
    Request.objects.update(is_open=False)
