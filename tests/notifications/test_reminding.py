"""Ends are told: every threshold once, the nearest after a gap, one message a day, the truth."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Countdown, Delivery, Notice
from notifications.telling.reminding import remind
from notifications.telling.turns import Budget
from pki.certificate import Purpose, Role
from pki.models import Certificate
from renewals.models import Renewal, Request
from tests.cabinet.payroll import NOW, Payroll
from tests.notifications.conftest import reach

pytestmark = [pytest.mark.django_db, pytest.mark.data]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENDS = 40 * DAY


def run(now: datetime) -> int:
    return remind(now=now, budget=Budget(60))


def told() -> list[tuple[str, int]]:
    rows = Notice.objects.order_by("id")
    return [(row.kind, row.facts["days"]) for row in rows]


def apply(certificate: Certificate, state: str) -> Renewal:
    """A row alone: what the rule sees of an application."""
    renewal = Renewal.objects.create(
        number=f"2026-{certificate.pk:08d}",
        state=state,
        state_since=NOW,
        holder_iin=certificate.iin,
        holder_name=certificate.common_name,
        bin=certificate.bin,
        certificate=certificate,
        opened_at=NOW,
        submitted_at=NOW,
        issued_at=NOW if state in {"issued", "installed"} else None,
        reason="x" if state in {"failed", "rejected"} else "",
        lease_token="x" if state == "issuing" else "",
        lease_until=NOW if state == "issuing" else None,
    )
    Request.objects.create(
        renewal=renewal, purpose=certificate.purpose, old_certificate=certificate
    )
    return renewal


def close(renewal: Renewal, state: str) -> None:
    Renewal.objects.filter(pk=renewal.pk).update(state=state, issued_at=None, reason="x")
    renewal.requests.update(is_open=False)


def test_every_threshold_is_told_once_however_often_one_looks(people: Payroll) -> None:
    people.add(1, ENDS)
    reach(people.iin(1))
    reach(people.iin(1), channel="sms")
    for hours in range(0, 60 * 24, 7):
        run(NOW + hours * HOUR)
        run(NOW + hours * HOUR)
    assert told() == [
        *[("expiry-soon", days) for days in (30, 14, 10, 7, 3, 1)],
        ("expiry-ended", 0),
    ]
    sent = Delivery.objects.order_by("id").values_list("notice__facts__days", "channel")
    letters = [days for days, channel in sent if channel == "email"]
    texts = [days for days, channel in sent if channel == "sms"]
    assert letters == [30, 14, 7, 3, 1, 0]
    assert texts == [10, 3, 1]


def test_a_threshold_of_texts_alone_says_nothing_to_who_has_no_phone(people: Payroll) -> None:
    people.add(1, 11 * DAY)
    run(NOW)
    run(NOW + 2 * DAY)
    assert told() == [("expiry-soon", 14)]


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [(20, 30), (12, 14), (9, 10), (5, 7), (2, 3), (0.5, 1), (-1, 0), (-29, 0)],
)
def test_after_a_gap_only_the_nearest_threshold_is_told(
    people: Payroll, days_left: float, expected: int
) -> None:
    people.add(1, days_left * DAY)
    reach(people.iin(1), channel="sms")
    run(NOW)
    run(NOW + HOUR)
    assert [days for _kind, days in told()] == [expected]


def test_after_a_gap_it_goes_out_in_every_form_that_was_missed(people: Payroll) -> None:
    people.add(1, 9 * DAY)
    people.add(2, 9 * DAY)
    for channel in ("email", "sms"):
        reach(people.iin(1), channel=channel)
    reach(people.iin(2))
    run(NOW)
    found = Delivery.objects.values_list("notice__iin", "channel")
    assert set(found) == {
        (people.iin(1), "email"),
        (people.iin(1), "sms"),
        (people.iin(2), "email"),
    }


@pytest.mark.parametrize("days_left", [31, -31])
def test_what_is_far_or_long_over_is_not_told(people: Payroll, days_left: int) -> None:
    people.add(1, days_left * DAY)
    assert run(NOW) == 0
    assert not Countdown.objects.exists()


def test_nobody_is_told_of_a_certificate_without_a_person(people: Payroll) -> None:
    people.add(1, 5 * DAY)
    Certificate.objects.update(iin="")
    assert run(NOW) == 0


def test_a_pair_is_one_message(people: Payroll) -> None:
    people.add(1, 5 * DAY, Purpose.AUTH, Purpose.SIGN)
    run(NOW)
    (notice,) = Notice.objects.all()
    assert len(notice.facts["certificates"]) == 2


def firms(people: Payroll, count: int) -> list[Payroll]:
    """Organisations: who works for several has a certificate of each, none replaces another."""
    return [Payroll(people.authority, bin=f"{number:012d}") for number in range(1, count + 1)]


def test_five_certificates_are_one_message_a_day(people: Payroll) -> None:
    people.add(1, 3 * DAY + HOUR)
    for hours, firm in enumerate(firms(people, 4)):
        firm.add(1, 7 * DAY + hours * HOUR)
    for hours in range(24):
        run(NOW.replace(hour=0) - 5 * HOUR + hours * HOUR)
    days = [row.created_at.date() for row in Notice.objects.filter(iin=people.iin(1))]
    assert len(days) == len(set(days)) == 1


def test_what_would_be_too_late_tomorrow_is_told_today_again(people: Payroll) -> None:
    people.add(1, 7 * DAY)
    firms(people, 1)[0].add(1, DAY + 2 * HOUR)
    run(NOW)
    assert told() == [("expiry-soon", 3)]
    # Its last threshold passes two hours later, on the same day, but it ends tomorrow: it waits.
    run(NOW + 3 * HOUR)
    assert len(told()) == 1
    run(NOW + 20 * HOUR)
    assert told()[1:] == [("expiry-soon", 1)]


def test_of_one_that_ends_today_one_hears_today(people: Payroll) -> None:
    people.add(1, 14 * DAY)
    run(NOW)
    firms(people, 1)[0].add(1, 4 * HOUR)
    run(NOW + HOUR)
    assert told() == [("expiry-soon", 14), ("expiry-soon", 1)]


@pytest.mark.parametrize("state", ["awaiting_approval", "approved", "issuing", "failed"])
def test_an_application_under_way_is_not_nagged_about(payroll: Payroll, state: str) -> None:
    (certificate,) = payroll.add(1, 5 * DAY)
    apply(certificate, state)
    for hours in range(5 * 24 - 1):
        run(NOW + hours * HOUR)
    assert not Notice.objects.exists()


def test_an_application_that_ends_without_a_certificate_brings_the_reminders_back(
    payroll: Payroll,
) -> None:
    (certificate,) = payroll.add(1, 5 * DAY)
    renewal = apply(certificate, "awaiting_approval")
    run(NOW)
    close(renewal, "rejected")
    run(NOW + 61 * timedelta(minutes=1))
    assert told() == [("expiry-soon", 7)]


@pytest.mark.parametrize("state", ["draft", "issued"])
def test_one_that_its_holder_has_not_finished_is_spoken_of_at_the_last(
    people: Payroll, state: str
) -> None:
    (certificate,) = people.add(1, 20 * DAY)
    apply(certificate, state)
    for hours in range(0, 20 * 24, 3):
        run(NOW + hours * HOUR)
    assert told() == [("expiry-soon", 3), ("expiry-soon", 1)]


def test_a_renewed_certificate_is_silent(people: Payroll) -> None:
    people.add(1, 5 * DAY)
    people.add(1, 300 * DAY)
    for day in range(10):
        run(NOW + day * DAY)
    assert not Notice.objects.exists()


def test_a_revoked_certificate_is_silent(people: Payroll) -> None:
    people.add(1, 5 * DAY, revoked=DAY)
    for day in range(10):
        run(NOW + day * DAY)
    assert not Notice.objects.exists()


def test_when_its_successor_is_revoked_the_rest_is_told(people: Payroll) -> None:
    people.add(1, 5 * DAY)
    (successor,) = people.add(1, 300 * DAY)
    run(NOW)
    people.revoke(successor)
    for day in range(1, 5):
        run(NOW + day * DAY)
    assert told() == [("expiry-soon", 3), ("expiry-soon", 1)]


def test_a_clock_that_jumps_ahead_and_back_tells_nothing_twice(people: Payroll) -> None:
    people.add(1, 8 * DAY)
    reach(people.iin(1))
    for moment in (NOW, NOW + DAY, NOW, NOW + DAY, NOW + 2 * DAY, NOW + DAY):
        run(moment)
    assert told() == [("expiry-soon", 10), ("expiry-soon", 7)]


def test_a_certificate_recorded_late_is_found(people: Payroll) -> None:
    people.add(1, 5 * DAY)
    run(NOW)
    people.add(2, 4 * DAY)
    run(NOW)
    assert {row.iin for row in Notice.objects.all()} == {people.iin(1), people.iin(2)}


def test_many_with_the_same_day_are_all_told(people: Payroll) -> None:
    for number in range(1200):
        people.add(number, 7 * DAY)
    assert run(NOW) == 1200
    assert run(NOW) == 0


def test_a_run_that_is_cut_short_is_finished_by_the_next(people: Payroll) -> None:
    for number in range(600):
        people.add(number, 7 * DAY)
    runs = [remind(now=NOW, budget=Budget(0.01)) for _ in range(12)]
    assert run(NOW) + sum(runs) == 600
    assert Notice.objects.count() == 600


def test_the_head_hears_by_name_at_three_days_and_once(payroll: Payroll) -> None:
    payroll.add(1, 200 * DAY, role=Role.HEAD)
    payroll.add(2, 4 * DAY)
    payroll.add(3, 4 * DAY + HOUR)
    for hours in range(5 * 24):
        run(NOW + hours * HOUR)
    rows = Notice.objects.filter(kind="expiry-people").order_by("id")
    assert {row.iin for row in rows} == {payroll.iin(1)}
    assert len([number for row in rows for number in row.facts["certificates"]]) == 2


def test_the_head_is_not_told_of_himself(payroll: Payroll) -> None:
    payroll.add(1, 2 * DAY, role=Role.HEAD)
    run(NOW)
    assert not Notice.objects.filter(kind="expiry-people").exists()


def test_a_text_waits_for_the_morning_but_not_beyond_the_end(people: Payroll) -> None:
    night = datetime(2026, 11, 16, 19, tzinfo=UTC)  # midnight in Almaty
    people.add(1, DAY, now=night)
    people.add(2, 5 * HOUR, now=night)
    for number in (1, 2):
        reach(people.iin(number), channel="sms", value=f"+7701000000{number}")
    run(night)
    due = dict(Delivery.objects.values_list("to", "due_at"))
    assert due["+77010000001"] == night + 9 * HOUR
    assert due["+77010000002"] == night
