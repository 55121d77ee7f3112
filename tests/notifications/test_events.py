"""What happened is told to whom it concerns: each event once, several of one act as one."""

from datetime import timedelta

import pytest

from notifications.models import Address, Delivery, FanOut, Notice
from notifications.telling.events import notices_of, tell_events
from notifications.telling.messages import SILENT, TELLINGS
from pki.models import Certificate, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER, Actor, ActorKind
from renewals.events import EventKind
from renewals.machine import Action
from renewals.models import Event, Verdict
from renewals.rejection import RejectionReason
from renewals.services import ending, issuing, journal, reminding, revoking
from renewals.services.moves import move
from tests.notifications.conftest import reach
from tests.renewals.firm import Firm
from tests.renewals.people import NOW, Holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]

DAY = timedelta(days=1)


def read_all() -> None:
    while tell_events(now=NOW):
        pass


def kinds(iin: str) -> list[str]:
    """What a person was told, in order, without what made the test's people."""
    rows = Notice.objects.for_iin(iin).exclude(kind="certificate-issued").order_by("id")
    return [row.kind for row in rows]


def test_every_event_has_a_message_or_is_silent() -> None:
    assert set(EventKind) == SILENT | TELLINGS.keys()
    assert not SILENT & TELLINGS.keys()


def test_an_individual_is_told_from_the_application_to_the_installation(holder: Holder) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=NOW)
    holder.install(renewal)
    read_all()
    assert kinds(holder.iin) == [
        "application-submitted",
        "application-issued",
        "application-installed",
    ]
    assert {row.renewal_id for row in Notice.objects.exclude(renewal=None)} == {renewal.pk}


def test_what_waits_is_told_to_everybody_who_may_decide(
    head: Holder, hr: Holder, employee: Holder, stranger: Holder
) -> None:
    employee.submit()
    read_all()
    assert kinds(head.iin) == kinds(hr.iin) == ["approval-waiting"]
    assert kinds(employee.iin) == ["application-submitted"]
    assert kinds(stranger.iin) == []


def test_an_approver_is_not_asked_about_himself(head: Holder, hr: Holder) -> None:
    hr.submit()
    read_all()
    assert kinds(head.iin) == ["approval-waiting"]
    assert kinds(hr.iin) == ["application-submitted"]


def test_what_was_decided_meanwhile_waits_for_nobody(head: Holder, employee: Holder) -> None:
    renewal = employee.submit()
    head.approve(renewal)
    read_all()
    assert kinds(head.iin) == []
    assert kinds(employee.iin) == ["application-submitted", "application-approved"]


def test_a_refusal_is_told_with_its_application(head: Holder, employee: Holder) -> None:
    renewal = employee.submit()
    statement = head.state(
        renewal, verdict=Verdict.REJECT, reason=RejectionReason.DOCUMENTS.value, note="Приказ"
    )
    head.decide(statement, verdict=Verdict.REJECT)
    read_all()
    assert kinds(employee.iin) == ["application-submitted", "application-rejected"]


def test_approvers_hear_again_after_three_and_ten_days(head: Holder, employee: Holder) -> None:
    employee.submit()
    for days in (1, 3, 4, 10, 11):
        reminding.tell_undecided(now=NOW + days * DAY)
        read_all()
    waiting = Notice.objects.for_iin(head.iin).filter(kind="approval-waiting").order_by("id")
    assert [row.facts["days"] for row in waiting] == [0, 3, 10]


def test_after_a_gap_approvers_hear_once_of_what_waits(head: Holder, employee: Holder) -> None:
    employee.submit()
    for days in (3, 10):
        reminding.tell_undecided(now=NOW + days * DAY)
    read_all()
    notice = Notice.objects.get(iin=head.iin, kind="approval-waiting")
    assert notice.facts["days"] == 10


def test_a_failure_is_told_to_the_holder_and_to_operators(holder: Holder, operator: str) -> None:
    renewal = holder.submit()
    move(
        renewal,
        Action.CLAIM,
        actor=WORKER,
        now=NOW,
        lease_token="x",
        lease_until=NOW,
    )
    move(renewal, Action.FAIL, actor=WORKER, now=NOW, reason="issuer.lint")
    read_all()
    assert kinds(holder.iin)[-1] == "application-failed"
    assert kinds(operator) == ["operators-failed"]


def test_what_lapses_is_told(holder: Holder) -> None:
    holder.open()
    ending.lapse_due(now=NOW + 31 * DAY)
    read_all()
    assert kinds(holder.iin) == ["application-lapsed"]


def test_a_pair_that_is_revoked_is_one_message(pair: Holder) -> None:
    rows = list(Certificate.objects.for_iin(pair.iin))
    revoking.revoke(rows, reason=Reason.SUPERSEDED, actor=WORKER, now=NOW)
    read_all()
    assert kinds(pair.iin) == ["certificate-revoked"]
    notice = Notice.objects.get(kind="certificate-revoked")
    assert notice.facts["certificates"] == sorted(row.pk for row in rows)
    assert Revocation.objects.count() == 2


def test_the_head_hears_that_an_employees_certificate_was_revoked(
    head: Holder, employee: Holder
) -> None:
    rows = Certificate.objects.for_iin(employee.iin)
    revoking.revoke(rows, reason=Reason.SUPERSEDED, actor=employee.actor, now=NOW)
    read_all()
    assert kinds(head.iin) == ["employee-revoked"]
    assert kinds(employee.iin) == ["certificate-revoked"]


def test_the_head_is_not_told_what_he_has_done_himself(head: Holder, employee: Holder) -> None:
    employee.submit()
    head.dismiss(employee)
    read_all()
    assert "employee-revoked" not in kinds(head.iin)
    assert set(kinds(employee.iin)) >= {"certificate-revoked", "application-lapsed"}


def test_a_delegation_is_told_to_both(firm: Firm, head: Holder, deputy: Holder) -> None:
    head.delegate(deputy)
    read_all()
    assert kinds(head.iin) == ["delegation-given"]
    assert kinds(deputy.iin) == ["approval-right"]


@pytest.mark.parametrize(("is_new", "expected"), [(True, ["sign-in-new-device"]), (False, [])])
def test_only_a_new_device_is_told(holder: Holder, is_new: bool, expected: list[str]) -> None:
    journal.record(
        EventKind.SIGN_IN_SUCCEEDED,
        actor=holder.actor,
        now=NOW,
        facts={"is_new_device": is_new, "device": "Firefox, Ubuntu", "address": "192.0.2.7"},
    )
    read_all()
    assert kinds(holder.iin) == expected


def test_a_former_address_hears_that_it_was_replaced(holder: Holder) -> None:
    old = reach(holder.iin, value="old@mail.example")
    Address.objects.filter(pk=old.pk).update(ended_at=NOW)
    new = reach(holder.iin, value="new@mail.example")
    facts = {"change": "changed", "channel": "email", "old": "o•••", "new": "n•••"}
    journal.record(
        EventKind.CONTACT_CHANGED,
        actor=holder.actor,
        now=NOW,
        facts={**facts, "old_address": old.pk, "new_address": new.pk},
    )
    read_all()
    sent = Delivery.objects.filter(notice__kind="contact-changed").values_list("to", flat=True)
    assert set(sent) == {"old@mail.example", "new@mail.example"}


def test_a_stranger_to_the_portal_is_told_by_nobody() -> None:
    journal.record(
        EventKind.SIGN_IN_SUCCEEDED,
        actor=Actor(kind=ActorKind.UNKNOWN),
        now=NOW,
        facts={"is_new_device": True},
    )
    read_all()
    assert not Notice.objects.exists()


def test_reading_again_tells_nothing_again(holder: Holder) -> None:
    holder.submit()
    read_all()
    FanOut.objects.filter(source="events").update(position="0")
    read_all()
    assert kinds(holder.iin) == ["application-submitted"]


def test_reading_in_small_pieces_is_the_same(holder: Holder) -> None:
    holder.submit()
    while tell_events(now=NOW, limit=1):
        pass
    assert kinds(holder.iin) == ["application-submitted"]


def test_no_fact_of_a_notice_is_an_identifier_of_a_person(head: Holder, employee: Holder) -> None:
    head.approve(employee.submit())
    events = Event.objects.order_by("sequence").select_related("renewal")
    for notice in notices_of(list(events), now=NOW):
        assert employee.iin not in str(notice.facts)
        assert head.iin not in str(notice.facts)
