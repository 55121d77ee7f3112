"""No act without its event: each is done once, and what it leaves is counted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from pki.certificate import Role
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.audit.chain import find_break
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Event, Renewal, Verdict
from renewals.services import application, ending, evidencing, issuing
from renewals.services.event_rows import read_events
from renewals.services.moves import EVENT_OF
from renewals.services.revoking import revoke
from renewals.services.settings_watch import note_settings
from tests.processes import ROOT
from tests.renewals.audit.conftest import now
from tests.renewals.firm import Firm
from tests.renewals.people import NOW, Holder, enrol_employee, iin_of

pytestmark = pytest.mark.django_db


@contextmanager
def leaves(*kinds: EventKind) -> Iterator[None]:
    """Just these events, in this order, and the chain holds."""
    before = Event.objects.count()
    yield
    rows = list(read_events(before))
    assert [row.kind for row in rows] == [kind.value for kind in kinds]
    assert find_break(read_events()) is None


def test_the_journey_of_a_holder(authority: Authority, holder: Holder) -> None:
    with leaves(EventKind.RENEWAL_OPENED):
        renewal = holder.open()
    with leaves(EventKind.RENEWAL_PREPARED):
        statement = holder.prepare(renewal)
    with leaves(EventKind.RENEWAL_REFUSED), pytest.raises(Exception, match="cms"):
        submit(holder, renewal, statement.pk, b"no signature")
    with leaves(EventKind.RENEWAL_SUBMITTED):
        submit(holder, renewal, statement.pk, holder.sign(statement))
    with leaves(EventKind.RENEWAL_CLAIMED, EventKind.RENEWAL_ISSUED):
        issuing.issue_due(now=now(), linted=False)
    renewal.refresh_from_db()
    with leaves(EventKind.RENEWAL_INSTALLED):
        holder.install(renewal, now())
    with leaves(EventKind.EVIDENCE_MADE):
        assert evidencing.make_due(now=now()) == 1
    with leaves():
        evidencing.read(actor=holder.actor, renewal=renewal, now=now())
    certificates = list(holder.certificates.values())
    with leaves(EventKind.CERTIFICATE_HELD):
        revoke(certificates, reason=Reason.CERTIFICATE_HOLD, actor=WORKER, now=now())
    with leaves(EventKind.CERTIFICATE_REVOKED, EventKind.KEY_BLOCKED):
        revoke(certificates, reason=Reason.KEY_COMPROMISE, actor=WORKER, now=now())


def submit(holder: Holder, renewal: Renewal, statement: int, cms: bytes) -> None:
    application.submit(
        actor=holder.actor, renewal=renewal, statement_id=statement, cms=cms, now=NOW
    )


def test_what_heads_and_approvers_do(firm: Firm, deputy: Holder, head: Holder) -> None:
    first, second, third = firm.applications(3)
    with leaves(EventKind.MANDATE_GIVEN):
        mandate = head.delegate(deputy)
    with leaves(EventKind.RENEWAL_APPROVED, EventKind.RENEWAL_APPROVED):
        deputy.approve(first, second)
    with leaves(EventKind.RENEWAL_REJECTED):
        statement = head.state(third, verdict=Verdict.REJECT, reason="other", note="№ 1")
        head.decide(statement, verdict=Verdict.REJECT)
    with leaves():  # the same again does nothing, and is not an act
        head.decide(statement, verdict=Verdict.REJECT)
    with leaves(EventKind.MANDATE_ENDED):
        head.end(mandate)
    issuing.issue_due(now=now(), linted=False)
    while evidencing.make_due(now=now()):
        pass
    with leaves(EventKind.DOCUMENT_READ):
        evidencing.read(actor=head.actor, renewal=third, now=now())


def test_a_first_certificate(authority: Authority) -> None:
    with leaves(EventKind.CERTIFICATE_ENROLLED):
        enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(200))


def test_an_application_that_nobody_ends_lapses(holder: Holder) -> None:
    renewal = holder.open()
    with leaves(EventKind.RENEWAL_LAPSED):
        ending.lapse_due(now=NOW + timedelta(days=31))
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"


def test_an_application_that_its_holder_takes_back(holder: Holder) -> None:
    renewal = holder.open()
    with leaves(EventKind.RENEWAL_WITHDRAWN):
        ending.withdraw(actor=holder.actor, renewal=renewal, now=NOW)


def test_what_the_authority_does_for_itself(tmp_path: Path) -> None:
    with leaves(EventKind.SETTINGS_CHANGED):
        note_settings("worker", now=now())
    with leaves(EventKind.AUDIT_EXPORTED):
        call_command("audit", "export", to=str(tmp_path / "events.jsonl"))


def test_every_move_has_an_event_and_moves_have_no_other_way() -> None:
    assert set(EVENT_OF) == set(Action)
    written = re.compile(r"\.update\([^)]*\bstate=|\.state = ")
    for path in sorted((ROOT / "renewals").rglob("*.py")):
        lines = [line for line in path.read_text().splitlines() if written.search(line)]
        assert not [line for line in lines if "Renewal" in line], path


def test_every_kind_of_event_is_written_by_somebody_and_told_of_by_a_test() -> None:
    packages = ("cabinet", "notifications", "renewals", "pki")
    sources = "".join(text_of(package) for package in packages)
    tests = text_of("tests")
    for kind in EventKind:
        assert f"EventKind.{kind.name}" in sources, kind
        assert f"EventKind.{kind.name}" in tests or f'"{kind.value}"' in tests, kind


def text_of(package: str) -> str:
    return "".join(path.read_text() for path in sorted((ROOT / package).rglob("*.py")))
