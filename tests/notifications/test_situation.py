"""What is true of a notice when it is sent or read: looked up for many at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.kinds import MessageKind
from notifications.models import Address, Notice
from notifications.telling.messages import MESSAGES
from notifications.words.lookup import Told
from notifications.words.numbers import new_number
from notifications.words.situation import NAMED, Situation, gather, is_spoken_of
from notifications.words.standings import Need
from notifications.words.writing import letter_of, short_of, subject_of
from pki.certificate import Role
from pki.models import Certificate
from pki.revocation import Reason
from renewals.machine import State
from renewals.models import Renewal, Verdict
from renewals.services import ending, issuing
from tests.cabinet.payroll import BIN, DAY, PAIR, Payroll
from tests.cabinet.payroll import NOW as MORNING
from tests.renewals.firm import Firm, revoke
from tests.renewals.people import DAYS_LEFT, NOW, Holder, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]

EXPIRY = (MessageKind.EXPIRY_SOON, MessageKind.EXPIRY_ENDED, MessageKind.EXPIRY_PEOPLE)
SPOKEN = {Need.NEEDED, Need.BEGUN}


def tell(kind: MessageKind, iin: str, renewal: Renewal | None = None, **facts: object) -> Notice:
    number = new_number()
    return Notice.objects.create(
        key=f"{kind.value}:{number}",
        number=number,
        iin=iin,
        kind=kind.value,
        topic=MESSAGES[kind].topic.value,
        renewal=renewal,
        facts=facts,
        created_at=NOW,
    )


def remind(holder: Holder, kind: MessageKind = MessageKind.EXPIRY_SOON, days: int = 3) -> Notice:
    ids = [row.pk for row in holder.certificates.values()]
    return tell(kind, holder.iin, certificates=ids, days=days)


def situation_of(notice: Notice, later: timedelta = timedelta()) -> Situation:
    return gather([notice], now=NOW + later)[notice.pk]


def subject(notice: Notice, later: timedelta = timedelta()) -> str:
    return subject_of(notice, situation_of(notice, later), language="en", now=NOW + later)


@pytest.mark.parametrize("days", [*settings.EXPIRY_THRESHOLDS])
@pytest.mark.parametrize("need", Need)
def test_who_has_done_something_is_not_told_and_who_has_begun_only_late(
    need: Need, days: int
) -> None:
    late = {*settings.EXPIRY_LAST_CALLS, 0}
    assert is_spoken_of(need, days) == (
        need is Need.NEEDED or (need is Need.BEGUN and days in late)
    )


def bring_to(need: Need, payroll: Payroll) -> Certificate:
    (row,) = payroll.add(1, 2 * DAY)
    match need:
        case Need.BEGUN:
            payroll.apply(row, State.DRAFT)
        case Need.UNDER_WAY:
            payroll.apply(row, State.AWAITING_APPROVAL)
        case Need.REPLACED:
            payroll.add(1, 300 * DAY)
        case Need.REVOKED:
            payroll.revoke(row)
    return row


@pytest.mark.parametrize("kind", EXPIRY)
@pytest.mark.parametrize("days", [14, 3, 0])
@pytest.mark.parametrize("need", Need)
def test_the_text_follows_the_true_state(
    payroll: Payroll, need: Need, days: int, kind: MessageKind
) -> None:
    row = bring_to(need, payroll)
    notice = tell(kind, payroll.iin(1), certificates=[row.pk], days=days)
    found = gather([notice], now=MORNING)[notice.pk]
    assert found.is_true == is_spoken_of(need, days)
    assert [one.need for one in found.told] == [need]
    letter = letter_of(notice, found, language="en", now=MORNING)
    assert ("nothing more to do" in letter.subject) == (not found.is_true)


def test_of_several_only_what_still_wants_something_is_spoken_of(payroll: Payroll) -> None:
    (own,) = payroll.add(1, 3 * DAY)
    (other,) = replace(payroll, bin="").add(1, 2 * DAY)
    payroll.revoke(other)
    ids = [own.pk, other.pk]
    notice = tell(MessageKind.EXPIRY_SOON, payroll.iin(1), certificates=ids, days=3)
    found = gather([notice], now=MORNING)[notice.pk]
    assert [one.certificate.pk for one in found.told] == [own.pk]


def test_a_pair_is_one_signature_whose_days_are_counted_when_it_is_sent(pair: Holder) -> None:
    notice = remind(pair, days=14)
    assert subject(notice) == "Your signature ends in 12 days"
    assert subject(notice, 5 * DAY) == "Your signature ends in 7 days"
    assert subject(notice, DAYS_LEFT + DAY) == "Your signature has ended"


def test_who_has_begun_is_told_to_finish_and_then_to_install(holder: Holder) -> None:
    notice = remind(holder)
    renewal = holder.open()
    letter = letter_of(notice, situation_of(notice), language="en", now=NOW)
    assert "You have begun an application and not finished it." in letter.text
    ending.withdraw(actor=holder.actor, renewal=renewal, now=NOW)
    holder.submit()
    assert not situation_of(notice).is_true
    assert issuing.issue_due(now=NOW) == 1
    short = short_of(notice, situation_of(notice), language="en", now=NOW)
    assert short.startswith("Your new signature waits to be installed")


def test_an_approver_hears_of_an_application_while_it_waits(
    renewal: Renewal, hr: Holder, employee: Holder
) -> None:
    notice = tell(MessageKind.APPROVAL_WAITING, hr.iin, renewal, days=0)
    found = situation_of(notice)
    assert found.is_true
    letter = letter_of(notice, found, language="en", now=NOW)
    assert letter.subject == "The application of Сейтқали Айгүл Маратқызы waits for you"
    assert letter.text.startswith("Hello, Елена!")
    assert employee.iin not in letter.text + letter.html
    hr.approve(renewal)
    assert not situation_of(notice).is_true


def test_a_refusal_is_told_with_its_reason_and_note(
    renewal: Renewal, hr: Holder, employee: Holder
) -> None:
    statement = hr.state(renewal, verdict=Verdict.REJECT, reason="documents", note="Где скан?")
    hr.decide(statement, verdict=Verdict.REJECT)
    notice = tell(MessageKind.APPLICATION_REJECTED, employee.iin, renewal)
    found = situation_of(notice)
    letter = letter_of(notice, found, language="en", now=NOW)
    assert "Ким Елена has refused it." in letter.text
    assert "The reason: Documents are missing or wrong. Где скан?" in letter.text
    assert "Где" not in short_of(notice, found, language="en", now=NOW)


def test_a_dismissal_says_why_the_application_has_ended(
    renewal: Renewal, head: Holder, employee: Holder
) -> None:
    head.dismiss(employee)
    lapsed = tell(MessageKind.APPLICATION_LAPSED, employee.iin, renewal)
    revoked = tell(
        MessageKind.CERTIFICATE_REVOKED,
        employee.iin,
        certificates=[renewal.certificate_id],
        reason=Reason.AFFILIATION_CHANGED.value,
    )
    found = gather([lapsed, revoked], now=NOW)
    letter = letter_of(lapsed, found[lapsed.pk], language="en", now=NOW)
    assert "It has ended because its certificate was revoked." in letter.text
    letter = letter_of(revoked, found[revoked.pk], language="en", now=NOW)
    assert "Reason: its holder does not belong to the organisation any more" in letter.text


def test_of_a_new_certificate_the_new_end_is_told(holder: Holder) -> None:
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    issued = tell(MessageKind.APPLICATION_ISSUED, holder.iin, renewal)
    letter = letter_of(issued, situation_of(issued), language="en", now=NOW)
    assert "Install it now" in letter.text
    assert letter.reminders == ()
    holder.install(renewal)
    letter = letter_of(issued, situation_of(issued), language="en", now=NOW)
    assert "Install it now" not in letter.text
    installed = tell(MessageKind.APPLICATION_INSTALLED, holder.iin, renewal)
    (reminder,) = letter_of(installed, situation_of(installed), language="en", now=NOW).reminders
    assert reminder.ends_at > NOW + 300 * DAY


def test_a_right_to_approve_says_when_it_has_ended(
    firm: Firm, head: Holder, deputy: Holder
) -> None:
    mandate = head.delegate(deputy)
    given = tell(MessageKind.DELEGATION_GIVEN, head.iin, mandate=mandate.pk)
    got = tell(MessageKind.APPROVAL_RIGHT, deputy.iin, mandate=mandate.pk)
    assert subject(given) == "Ибраев Алмас may approve applications in your place"
    letter = letter_of(got, situation_of(got), language="en", now=NOW)
    assert "Ахметов Ерлан has given you this right" in letter.text
    head.end(mandate)
    letter = letter_of(got, situation_of(got), language="en", now=NOW)
    assert "This right has ended since." in letter.text


def test_an_address_that_does_not_work_is_named_masked(holder: Holder) -> None:
    row = Address.objects.create(
        iin=holder.iin, channel="email", value="aigul@mail.example", verified_at=NOW
    )
    notice = tell(MessageKind.ADDRESS_FAILED, holder.iin, channel="email", address=row.pk)
    letter = letter_of(notice, situation_of(notice), language="en", now=NOW)
    assert "aigul" not in letter.text
    assert "mail.example" in letter.text


def test_a_digest_is_of_those_who_have_done_nothing_yet(payroll: Payroll) -> None:
    payroll.add(1, 5 * DAY, *PAIR, name="АХМЕТОВ ЕРЛАН", role=Role.HEAD)
    payroll.add(2, 20 * DAY, *PAIR, name="ОСПАНОВ ДАНИЯР")
    (sent,) = payroll.add(3, 10 * DAY)
    payroll.apply(sent)
    (begun,) = payroll.add(4, 12 * DAY, name="КИМ ЕЛЕНА")
    payroll.apply(begun, State.DRAFT)
    payroll.add(5, 10 * DAY, revoked=DAY)
    payroll.add(6, 10 * DAY)
    payroll.add(6, 300 * DAY)
    payroll.add(7, 40 * DAY)
    payroll.add(8, -DAY)
    notice = tell(MessageKind.EXPIRY_DIGEST, payroll.iin(1), bin=BIN, week="2026-W47")
    found = gather([notice], now=MORNING)[notice.pk]
    assert found.reader == "АХМЕТОВ ЕРЛАН"
    assert [one.certificate.common_name for one in found.told] == ["КИМ ЕЛЕНА", "ОСПАНОВ ДАНИЯР"]
    assert found.more == 0


def test_a_long_digest_names_the_first_and_counts_the_others(payroll: Payroll) -> None:
    for number in range(2, NAMED + 5):
        payroll.add(number, 10 * DAY, *PAIR, name=f"ОСПАНОВ{number} ДАНИЯР")
    notice = tell(MessageKind.EXPIRY_DIGEST, payroll.iin(1), bin=BIN, week="2026-W47")
    found = gather([notice], now=MORNING)[notice.pk]
    assert (len(found.told), found.more) == (NAMED, 3)
    letter = letter_of(notice, found, language="en", now=MORNING)
    assert letter.subject == "The signatures of 23 people in your organisation end within a month"
    assert "And of 3 more people" in letter.text


@pytest.mark.parametrize("number", ["", BIN])
def test_a_digest_of_nobody_is_not_sent(payroll: Payroll, number: str) -> None:
    notice = tell(MessageKind.EXPIRY_DIGEST, iin_of(1), bin=number)
    assert not gather([notice], now=MORNING)[notice.pk].is_true


def test_what_is_gone_leaves_nothing_to_tell(holder: Holder) -> None:
    gone = [tell(kind, holder.iin, certificates=[10**9], days=3) for kind in EXPIRY]
    for notice in gone:
        assert not situation_of(notice).is_true
        assert subject(notice)
    for kind in (MessageKind.APPROVAL_RIGHT, MessageKind.CERTIFICATE_REVOKED):
        assert subject(tell(kind, holder.iin, mandate=10**9))
    assert not situation_of(tell(MessageKind.APPROVAL_WAITING, holder.iin)).is_true
    for kind in MessageKind:
        if kind is not MessageKind.CONTACT_CODE:
            notice = tell(kind, holder.iin)
            letter = letter_of(notice, situation_of(notice), language="ru", now=NOW)
            assert "None" not in letter.text


def test_a_hundred_notices_are_looked_up_as_quickly_as_one(
    payroll: Payroll, renewal: Renewal, hr: Holder
) -> None:
    rows = [row for number in range(1, 41) for row in payroll.add(number, 3 * DAY)]
    notices = [
        notice
        for row in rows
        for notice in (
            tell(MessageKind.EXPIRY_SOON, row.iin, certificates=[row.pk], days=3),
            tell(MessageKind.EXPIRY_DIGEST, row.iin, bin=row.bin),
            tell(MessageKind.APPROVAL_WAITING, hr.iin, renewal, days=0),
            tell(MessageKind.CERTIFICATE_REVOKED, row.iin, certificates=[row.pk]),
            tell(MessageKind.APPROVAL_RIGHT, row.iin, mandate=1),
        )
    ]

    def questions(count: int) -> int:
        fresh = list(Notice.objects.filter(pk__in=[one.pk for one in notices[:count]]))
        with CaptureQueriesContext(connection) as asked:
            found = gather(fresh, now=MORNING)
            for notice in fresh:
                letter_of(notice, found[notice.pk], language="ru", now=MORNING)
        assert not any('"der"' in one["sql"] for one in asked.captured_queries)
        return len(asked)

    assert questions(5) == questions(len(notices)) <= 18


def test_revoked_outside_of_an_application_is_told_when_it_was(holder: Holder) -> None:
    revoke(holder, Reason.KEY_COMPROMISE)
    notice = tell(
        MessageKind.CERTIFICATE_REVOKED,
        holder.iin,
        certificates=[row.pk for row in holder.certificates.values()],
    )
    (one,) = situation_of(notice).told
    assert isinstance(one, Told)
    assert one.revocation is not None
    letter = letter_of(notice, situation_of(notice), language="en", now=NOW)
    assert "somebody else may have its key" in letter.text
