"""What is told of holds, of troubles of the authority, and of what waits for a second operator."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils.translation import override

from cabinet.models import OPERATORS, User
from notifications.channels.registry import CHANNELS
from notifications.delivering.delivery import deliver_batch
from notifications.kinds import DeliveryState
from notifications.models import Delivery, Notice
from notifications.telling.events import tell_events
from notifications.words.oversight import OTHER_TROUBLE, PROPOSALS, TROUBLES
from notifications.words.reasons import NO_REASON, REVOCATIONS, revocation_words
from notifications.words.situation import gather
from notifications.words.writing import Letter, inbox_of, letter_of, short_of
from pki.certificate import Role
from pki.models import Authority, Certificate
from pki.revocation import Reason
from renewals.actor import WORKER, ActorKind
from renewals.grounds import GROUNDS, AskedBy, Door, Ground, Identified
from renewals.models import Proposal, ProposalKind, Trouble
from renewals.services import asking, holding, proposing, revoking, troubles
from renewals.services.asking import Asking
from renewals.services.proposals.release import terms_of
from renewals.services.proposals.table import PROPOSED_ACTS
from tests.notifications.conftest import reach
from tests.renewals.people import NOW, Holder, enrol_employee, enrol_holder, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def operators(authority: Authority) -> list[Holder]:
    """Two who serve the desk, each with a certificate of his own."""
    found = []
    for number, name in ((90, ("ОМАРОВ", "ДАУРЕН", "")), (91, ("ӘЛИЕВА", "САУЛЕ", ""))):
        person = enrol_holder(authority, iin=iin_of(number), name=name)
        user = User.objects.create(iin=person.iin, name="operator")
        user.groups.add(Group.objects.get_or_create(name=OPERATORS)[0])
        found.append(person)
    return found


def read_all() -> None:
    while tell_events(now=NOW):
        pass


def told(iin: str, kind: str) -> list[Notice]:
    return list(Notice.objects.for_iin(iin).filter(kind=kind).order_by("id"))


def only(iin: str, kind: str) -> Notice:
    (notice,) = told(iin, kind)
    return notice


def letter(notice: Notice, later: timedelta = timedelta()) -> Letter:
    now = NOW + later
    return letter_of(notice, gather([notice], now=now)[notice.pk], language="en", now=now)


def body(notice: Notice, later: timedelta = timedelta()) -> str:
    return " ".join(letter(notice, later).text.split())


def is_true(notice: Notice, later: timedelta = timedelta()) -> bool:
    return gather([notice], now=NOW + later)[notice.pk].is_true


def deliver(later: timedelta = timedelta()) -> None:
    """Letters, as a worker does."""
    deliver_batch(CHANNELS["email"], clock=lambda: NOW + later)


def hold(holder: Holder) -> list[Certificate]:
    rows = list(holder.certificates.values())
    revoking.revoke(rows, reason=Reason.CERTIFICATE_HOLD, actor=holder.actor, now=NOW)
    return rows


def release(row: Certificate) -> None:
    holding.release(row, actor=WORKER, now=NOW + HOUR, facts={})


# --- holds ------------------------------------------------------------------------------------


def test_a_hold_is_told_to_its_holder_on_every_channel_and_says_the_way_back(
    holder: Holder,
) -> None:
    mail, phone = reach(holder.iin), reach(holder.iin, channel="sms")
    hold(holder)
    read_all()
    notice = only(holder.iin, "certificate-held")
    assert set(notice.deliveries.values_list("address", flat=True)) == {mail.pk, phone.pk}
    assert letter(notice).subject == "Your certificate is suspended"
    text = body(notice)
    for words in ("identity card", "Two operators of the authority release it", "Call 1414"):
        assert words in text
    assert "revoked on" not in text
    assert not told(holder.iin, "certificate-revoked")


def test_a_pair_on_hold_is_one_message(pair: Holder) -> None:
    rows = hold(pair)
    read_all()
    notice = only(pair.iin, "certificate-held")
    assert notice.facts["certificates"] == sorted(row.pk for row in rows)
    release(rows[0])
    assert "How it becomes good again" in body(notice)


def test_a_release_is_told_and_the_hold_says_that_it_is_over(holder: Holder) -> None:
    (row,) = hold(holder)
    release(row)
    read_all()
    held, released = (
        only(holder.iin, "certificate-held"),
        only(holder.iin, "certificate-released"),
    )
    assert "Since then it was released" in body(held)
    assert letter(held).subject == "Your certificate was suspended"
    assert letter(released).subject == "Your certificate is good again"
    assert "You can sign with it as before" in body(released)
    revoking.revoke([row], reason=Reason.KEY_COMPROMISE, actor=WORKER, now=NOW + 2 * HOUR)
    for notice in (held, released):
        assert "Since then it was revoked" in body(notice)
        assert "as before" not in body(notice)


def test_what_is_suspended_again_is_not_called_good(holder: Holder) -> None:
    (row,) = hold(holder)
    release(row)
    revoking.revoke([row], reason=Reason.CERTIFICATE_HOLD, actor=WORKER, now=NOW + 2 * HOUR)
    read_all()
    released = only(holder.iin, "certificate-released")
    assert letter(released).subject == "Your certificate was released"
    assert "Since then it was suspended again" in body(released)


def test_what_has_ended_on_hold_is_not_released_any_more(holder: Holder) -> None:
    hold(holder)
    read_all()
    notice = only(holder.iin, "certificate-held")
    assert "Since then it has ended" in body(notice, 400 * DAY)
    assert "How it becomes good again" not in body(notice, 400 * DAY)


def test_the_head_hears_that_an_employees_certificate_is_on_hold(
    head: Holder, employee: Holder
) -> None:
    (row,) = hold(employee)
    read_all()
    notice = only(head.iin, "employee-held")
    assert "is suspended" in letter(notice).subject
    assert employee.iin not in letter(notice).text + letter(notice).html
    release(row)
    assert "Since then it was released" in body(notice)


def test_the_head_is_not_told_of_a_hold_that_he_asked_for(head: Holder, employee: Holder) -> None:
    rows = employee.certificates.values()
    revoking.revoke(rows, reason=Reason.CERTIFICATE_HOLD, actor=head.actor, now=NOW)
    read_all()
    assert not told(head.iin, "employee-held")
    assert told(employee.iin, "certificate-held")


def test_an_application_that_lapses_during_a_hold_was_not_revoked(
    employee: Holder, head: Holder
) -> None:
    renewal = employee.submit()
    hold(employee)
    notice = Notice(iin=employee.iin, kind="application-lapsed", number="8K3F22QM7TX4")
    notice.renewal, notice.topic, notice.created_at = renewal, "application", NOW
    assert "because its certificate was revoked" not in body(notice)
    revoking.revoke(employee.certificates.values(), reason=Reason.SUPERSEDED, actor=WORKER, now=NOW)
    assert "because its certificate was revoked" in body(notice)


# --- why something was revoked ----------------------------------------------------------------


@pytest.mark.parametrize("door", [Door.HOLDER, Door.HEAD])
def test_the_holder_reads_the_ground_and_the_head_its_reason_alone(
    authority: Authority, head: Holder, door: Door
) -> None:
    employee = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(5))
    who = employee if door is Door.HOLDER else head
    wanted = Asking(Ground.UNNEEDED, tuple(row.pk for row in employee.certificates.values()))
    text = asking.state_revocation(door, wanted, actor=who.actor, language="ru", now=NOW)
    asking.revoke_asked(door, actor=who.actor, statement_id=text.pk, cms=who.sign(text), now=NOW)
    read_all()
    assert "Reason: It is not needed any more" in body(only(employee.iin, "certificate-revoked"))
    heads = told(head.iin, "employee-revoked")
    assert len(heads) == (door is Door.HOLDER)
    for notice in heads:
        assert "ground" not in notice.facts
        assert "Reason: it is not used any more, or its application ended" in body(notice)


def test_every_reason_that_a_ground_gives_has_words() -> None:
    assert {words.reason.value for words in GROUNDS.values()} <= REVOCATIONS.keys()


def test_words_follow_the_ground_then_the_reason() -> None:
    superseded = Reason.SUPERSEDED.value
    assert revocation_words(superseded, "court") == str(GROUNDS[Ground.COURT].words)
    assert revocation_words(superseded, "of old") == str(REVOCATIONS[superseded])
    assert revocation_words("", "") == str(NO_REASON)


# --- troubles ---------------------------------------------------------------------------------


def test_a_trouble_is_told_to_every_operator_once(operators: list[Holder], holder: Holder) -> None:
    for _time in range(2):
        troubles.begin("keys", "keys.pin", {"backend": "pkcs11"}, NOW)
    read_all()
    notices = [only(person.iin, "operators-trouble") for person in operators]
    assert not told(holder.iin, "operators-trouble")
    for notice in notices:
        assert notice.facts == {"subject": "keys", "code": "keys.pin", "at": NOW.isoformat()}
        assert letter(notice).subject == "The authority cannot use its keys"
        assert "Code of the fault: keys.pin" in body(notice)
        assert "docs/operations.md" in body(notice)


def test_a_trouble_that_is_over_is_not_sent_and_says_so_in_the_inbox(
    operators: list[Holder],
) -> None:
    person = operators[0]
    reach(person.iin)
    troubles.begin("list:ec:full", "list.write", {}, NOW)
    read_all()
    notice = only(person.iin, "operators-trouble")
    assert is_true(notice)
    troubles.end("list:ec:full", NOW + HOUR)
    deliver(HOUR)
    delivery = Delivery.objects.get(notice=notice)
    assert delivery.state == DeliveryState.DROPPED.value
    situation = gather([notice], now=NOW + HOUR)[notice.pk]
    shown = inbox_of(notice, situation, language="en", now=NOW + HOUR)
    assert shown.subject == "It is over: A list of revoked certificates could not be made"
    assert "You do not have to do anything" in shown.html
    read_all()
    assert told(person.iin, "operators-trouble") == [notice]


def test_a_trouble_that_comes_again_is_told_again_and_the_first_stays_over(
    operators: list[Holder],
) -> None:
    person = operators[0]
    troubles.begin("trust:nca", "trust.away", {}, NOW)
    troubles.end("trust:nca", NOW + HOUR)
    troubles.begin("trust:nca", "trust.away", {}, NOW + 2 * HOUR)
    troubles.begin("trust:other", "trust.away", {}, NOW)
    read_all()
    states = {
        (row.facts["subject"], row.facts["at"]): is_true(row)
        for row in told(person.iin, "operators-trouble")
    }
    assert states == {
        ("trust:nca", NOW.isoformat()): False,
        ("trust:nca", (NOW + 2 * HOUR).isoformat()): True,
        ("trust:other", NOW.isoformat()): True,
    }


@pytest.mark.parametrize("subject", [*TROUBLES, "list:ec:part-7:delta", "something new"])
def test_every_subject_has_words(operators: list[Holder], subject: str) -> None:
    troubles.begin(subject, "some.code", {}, NOW)
    read_all()
    words = TROUBLES.get(subject.partition(":")[0], OTHER_TROUBLE)
    text = body(only(operators[0].iin, "operators-trouble"))
    with override("en"):  # in which the letter is read here
        for said in (words.title, words.follows, words.first):
            assert str(said) in text
    assert Trouble.objects.get().subject == subject


# --- what waits for a second operator ---------------------------------------------------------


def propose(operator: Holder, row: Certificate) -> Proposal:
    actor = replace(operator.actor, kind=ActorKind.OPERATOR)
    terms = terms_of(
        row,
        asked_by=AskedBy.HOLDER.value,
        identified=Identified.IDENTITY_CARD.value,
        note="удостоверение 012345678",
    )
    text = proposing.state_proposal(
        kind=ProposalKind.RELEASE, terms=terms, actor=actor, language="ru", now=NOW
    )
    return proposing.propose(actor=actor, statement_id=text.pk, cms=operator.sign(text), now=NOW)


def confirm(operator: Holder, proposal: Proposal) -> None:
    actor = replace(operator.actor, kind=ActorKind.OPERATOR)
    text = proposing.state_confirmation(proposal=proposal, actor=actor, language="ru", now=NOW)
    proposing.confirm(actor=actor, statement_id=text.pk, cms=operator.sign(text), now=NOW)


def test_a_proposal_is_told_to_the_other_operators_until_it_is_settled(
    operators: list[Holder], holder: Holder
) -> None:
    first, second = operators
    (row,) = hold(holder)
    proposal = propose(first, row)
    read_all()
    assert not told(first.iin, "operators-proposal")
    notice = only(second.iin, "operators-proposal")
    assert notice.facts == {"proposal": proposal.pk}
    assert is_true(notice)
    said = letter(notice)
    assert said.subject == "A second signature is wanted: Release of a certificate on hold"
    assert "Омаров Даурен has signed it and proposes it" in body(notice)
    # Of whom it is stands on the desk alone.
    assert "Сейтқали" not in said.text
    assert holder.iin not in said.text + said.html
    confirm(second, proposal)
    assert not is_true(notice)
    assert "Nothing more to do" in letter(notice).subject
    read_all()
    assert told(second.iin, "operators-proposal") == [notice]
    assert told(holder.iin, "certificate-released")


def test_a_proposal_that_was_refused_or_is_too_old_is_not_sent(
    operators: list[Holder], holder: Holder
) -> None:
    first, second = operators
    (row,) = hold(holder)
    proposal = propose(first, row)
    reach(second.iin)
    read_all()
    notice = only(second.iin, "operators-proposal")
    assert is_true(notice, proposing.LIFETIME - HOUR)
    assert not is_true(notice, proposing.LIFETIME)  # before the sweep, too
    actor = replace(second.actor, kind=ActorKind.OPERATOR)
    proposing.refuse(actor=actor, proposal=proposal, reason="Не он", now=NOW)
    assert not is_true(notice)
    deliver()
    assert Delivery.objects.get(notice=notice).state == DeliveryState.DROPPED.value
    assert "Не он" not in body(notice)


def test_every_kind_of_proposal_has_its_title() -> None:
    assert PROPOSALS.keys() == set(ProposalKind)
    for kind, act in PROPOSED_ACTS.items():
        assert PROPOSALS[kind] == act.title


def test_the_short_text_of_a_hold_has_neither_name_nor_number(holder: Holder) -> None:
    hold(holder)
    read_all()
    notice = only(holder.iin, "certificate-held")
    text = short_of(notice, gather([notice], now=NOW)[notice.pk], language="en", now=NOW)
    assert text.startswith("Your certificate was suspended on 2")
    assert "Call 1414" in text
    assert holder.iin not in text
