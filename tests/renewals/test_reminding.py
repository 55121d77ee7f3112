"""What nobody decides about: told after 3 and after 10 days, each once, lapsed after 30."""

from datetime import datetime, timedelta

import pytest

from pki.certificate import Role
from pki.models import Authority
from renewals.models import Event, Renewal, Verdict
from renewals.services import ending, reminding
from renewals.tasks import sweep
from tests.renewals.firm import DAY, states
from tests.renewals.people import NOW, Holder, enrol_employee, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]
SECOND = timedelta(seconds=1)


@pytest.fixture
def waiting(authority: Authority) -> Renewal:
    """Submitted now, by somebody whose certificate lasts."""
    return enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4)).submit()


def told() -> list[int]:
    rows = Event.objects.filter(kind="renewal.undecided").order_by("sequence")
    return [int(str(row.facts["days"])) for row in rows]


def test_it_is_told_after_three_and_after_ten_days(waiting: Renewal) -> None:
    moments = {
        0 * DAY: [],
        3 * DAY - SECOND: [],
        3 * DAY: [3],
        3 * DAY + SECOND: [3],
        9 * DAY: [3],
        10 * DAY - SECOND: [3],
        10 * DAY: [3, 10],
        11 * DAY: [3, 10],
        29 * DAY: [3, 10],
    }
    for later, expected in moments.items():
        reminding.tell_undecided(now=NOW + later)
        assert told() == expected
    event = Event.objects.filter(kind="renewal.undecided").first()
    assert event is not None
    assert event.renewal == waiting
    assert event.facts["bin"] == waiting.bin


def test_after_a_gap_only_the_nearest_is_told(waiting: Renewal) -> None:
    assert reminding.tell_undecided(now=NOW + 12 * DAY) == 1
    assert reminding.tell_undecided(now=NOW + 12 * DAY) == 0
    assert told() == [10]


def test_it_counts_from_the_submission(authority: Authority) -> None:
    person = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4))
    person.open(NOW - 5 * DAY)
    person.submit(NOW)
    assert reminding.tell_undecided(now=NOW + 2 * DAY) == 0
    assert reminding.tell_undecided(now=NOW + 3 * DAY) == 1


def test_what_was_decided_meanwhile_is_silent(
    authority: Authority, head: Holder, employee: Holder
) -> None:
    renewal = employee.submit()
    other = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(5)).submit()
    withdrawing = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(6))
    withdrawn = withdrawing.submit()
    draft = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(7)).open()
    head.approve(renewal)
    head.decide(
        head.state(other, verdict=Verdict.REJECT, reason="not_ours"), verdict=Verdict.REJECT
    )
    ending.withdraw(actor=withdrawing.actor, renewal=withdrawn, now=NOW)
    assert reminding.tell_undecided(now=NOW + 20 * DAY) == 0
    assert states(draft) == ["draft"]


def test_what_is_decided_under_the_hands_of_the_teller_is_silent(
    head: Holder, waiting: Renewal
) -> None:
    """Looked up as waiting, decided before the event is written."""
    stale = Renewal.objects.get(pk=waiting.pk)
    head.approve(waiting)
    assert not reminding._tell(stale, 3, now=NOW + 3 * DAY)
    assert told() == []


def test_each_application_has_its_own_days(authority: Authority) -> None:
    first, second = (
        enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4 + number)) for number in range(2)
    )
    first.submit(NOW - 8 * DAY)
    second.submit(NOW)
    assert reminding.tell_undecided(now=NOW) == 1
    assert reminding.tell_undecided(now=NOW + 3 * DAY) == 2
    assert told() == [3, 10, 3]


# --- lapsing --------------------------------------------------------------------------------


def lapse(now: datetime) -> int:
    return ending.lapse_due(now=now)


def test_it_lapses_thirty_days_after_the_submission(authority: Authority) -> None:
    person = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4))
    person.open(NOW - 20 * DAY)
    renewal = person.submit(NOW)
    assert lapse(NOW + 30 * DAY - SECOND) == 0
    assert lapse(NOW + 30 * DAY) == 1
    assert states(renewal) == ["lapsed"]
    assert person.open(NOW + 30 * DAY).pk != renewal.pk


def test_a_draft_lapses_thirty_days_after_its_opening(authority: Authority) -> None:
    renewal = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4)).open(NOW)
    assert lapse(NOW + 30 * DAY - SECOND) == 0
    assert lapse(NOW + 30 * DAY) == 1
    assert states(renewal) == ["lapsed"]


def test_it_lapses_with_the_old_certificate(employee: Holder) -> None:
    renewal = employee.submit()
    assert lapse(NOW + 11 * DAY) == 0
    assert lapse(NOW + 12 * DAY) == 1
    assert states(renewal) == ["lapsed"]


def test_what_was_approved_does_not_lapse(head: Holder, waiting: Renewal) -> None:
    head.approve(waiting)
    assert lapse(NOW + 40 * DAY) == 0
    assert states(waiting) == ["approved"]


def test_the_sweep_tells_and_closes(authority: Authority) -> None:
    """As a worker does it, by the clock on the wall."""
    old = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(4))
    older = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(5))
    waits, lapses = old.submit(NOW - 4 * DAY), older.submit(NOW - 31 * DAY)
    sweep()
    assert states(waits, lapses) == ["awaiting_approval", "lapsed"]
    assert told() == [3]
