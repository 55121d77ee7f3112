"""Whether something is still to be done about a certificate, by what really happened to it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.words.standings import Need, standings
from pki.certificate import Purpose
from pki.models import Authority, Certificate, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Renewal
from renewals.services import ending, issuing, revoking
from tests.cabinet.payroll import NOW as MORNING
from tests.cabinet.payroll import PAIR, Payroll
from tests.renewals.people import DAYS_LEFT, NOW, Holder, enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def needs(holder: Holder, later: timedelta = timedelta()) -> set[Need]:
    found = standings(holder.certificates.values(), now=NOW + later)
    assert found.keys() == {row.pk for row in holder.certificates.values()}
    return set(found.values())


def issue(holder: Holder) -> Renewal:
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    return renewal


def test_an_application_from_its_beginning_to_its_end(pair: Holder) -> None:
    assert needs(pair) == {Need.NEEDED}
    pair.open()
    assert needs(pair) == {Need.BEGUN}
    renewal = pair.submit()
    assert needs(pair) == {Need.UNDER_WAY}
    assert issuing.issue_due(now=NOW) == 1
    assert needs(pair) == {Need.BEGUN}
    renewal.refresh_from_db()
    pair.install(renewal)
    assert needs(pair) == {Need.REPLACED}


def test_what_was_issued_and_given_up_replaces_nothing(holder: Holder) -> None:
    renewal = issue(holder)
    ending.withdraw(actor=holder.actor, renewal=renewal, now=NOW)
    assert needs(holder) == {Need.NEEDED}


def test_a_new_certificate_that_was_revoked_replaces_nothing(holder: Holder) -> None:
    renewal = issue(holder)
    holder.install(renewal)
    new = Certificate.objects.filter(renewal_request__renewal=renewal)
    revoking.revoke(new, reason=Reason.KEY_COMPROMISE, actor=WORKER, now=NOW)
    assert needs(holder) == {Need.NEEDED}


def test_revoked_outweighs_all_else(holder: Holder) -> None:
    holder.install(issue(holder))
    revoking.revoke(holder.certificates.values(), reason=Reason.SUPERSEDED, actor=WORKER, now=NOW)
    assert needs(holder) == {Need.REVOKED}


def test_one_from_a_service_centre_replaces_it(authority: Authority, holder: Holder) -> None:
    enrol_holder(authority, days_left=YEAR)
    assert needs(holder) == {Need.REPLACED}


@pytest.mark.parametrize("purpose", [Purpose.AUTH, Purpose.SIGN])
def test_one_for_another_purpose_does_not(
    authority: Authority, holder: Holder, purpose: Purpose
) -> None:
    enrol_holder(authority, purposes=(purpose,), days_left=YEAR)
    assert needs(holder) == {Need.NEEDED}


def test_one_for_an_organisation_does_not_replace_a_personal_one(
    authority: Authority, holder: Holder, employee: Holder
) -> None:
    enrol_holder(authority, iin=employee.iin, days_left=YEAR)
    assert needs(employee) == {Need.NEEDED}


def test_one_that_ends_sooner_replaces_nothing(authority: Authority, holder: Holder) -> None:
    enrol_holder(authority, days_left=DAYS_LEFT - DAY)
    assert needs(holder) == {Need.NEEDED}


def test_an_organisations_application_waits_for_somebody_else(renewal: Renewal) -> None:
    found = standings([renewal.certificate], now=NOW)
    assert found == {renewal.certificate_id: Need.UNDER_WAY}


def test_what_would_lapse_with_its_certificate_is_no_application(
    renewal: Renewal, holder: Holder
) -> None:
    holder.open()
    assert needs(holder, DAYS_LEFT + DAY) == {Need.NEEDED}
    found = standings([renewal.certificate], now=NOW + DAYS_LEFT + DAY)
    assert found == {renewal.certificate_id: Need.NEEDED}


def test_a_new_certificate_can_be_installed_after_the_old_one_has_ended(holder: Holder) -> None:
    issue(holder)
    assert needs(holder, DAYS_LEFT + DAY) == {Need.BEGUN}


def test_the_serial_of_another_authority_is_somebody_elses(payroll: Payroll) -> None:
    (row,) = payroll.add(1, 10 * DAY)
    other = Authority.objects.exclude(pk=row.authority_id).first()
    assert other
    Revocation.objects.create(
        authority=other, serial_hex=row.serial_hex, revoked_at=MORNING, reason="superseded"
    )
    assert standings([row], now=MORNING) == {row.pk: Need.NEEDED}


def test_nobodys_certificates_follow_one_another(payroll: Payroll) -> None:
    rows = [*payroll.add(1, 10 * DAY), *payroll.add(1, 20 * DAY)]
    Certificate.objects.update(iin="")
    for row in rows:
        row.refresh_from_db()
    assert set(standings(rows, now=MORNING).values()) == {Need.NEEDED}


def test_ids_do_as_well_as_rows_and_unknown_ones_are_left_out(holder: Holder) -> None:
    ids = [row.pk for row in holder.certificates.values()]
    assert standings([*ids, 10**9], now=NOW) == dict.fromkeys(ids, Need.NEEDED)
    assert standings([], now=NOW) == {}


def test_a_thousand_are_asked_about_as_quickly_as_one(payroll: Payroll) -> None:
    rows = [row for number in range(50) for row in payroll.add(number, 10 * DAY, *PAIR)]
    payroll.revoke(rows[0])
    payroll.apply(rows[2])

    def questions(count: int) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            standings([row.pk for row in rows[:count]], now=MORNING)
        return [question["sql"] for question in asked.captured_queries]

    assert len(questions(1)) == len(questions(100)) == 5
    assert not any('"der"' in sql for sql in questions(100))
