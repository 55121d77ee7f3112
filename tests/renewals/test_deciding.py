"""Decisions by list: what is drawn, what goes through, what is left, by real signatures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pki.certificate import Purpose, Role
from pki.revocation import Reason
from renewals.errors import (
    DecidedError,
    ListError,
    NotAwaitingError,
    OtherOrganisationError,
    OwnApplicationError,
    ReasonError,
)
from renewals.models import Decision, Event, Verdict
from renewals.rejection import REASONS, RejectionReason
from renewals.services import ending
from renewals.services.deciding import state_decision
from renewals.services.ruling import MOST, NOTE_LENGTH
from renewals.statement import group_hex
from tests.renewals.firm import Firm, digest_of, refusals, revoke, states
from tests.renewals.people import (
    NOW,
    ORGANISATION,
    OTHER_ORGANISATION,
    Holder,
    enrol_employee,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]
OTHER = RejectionReason.OTHER.value
# The refusals are one more entry in the chain of events: its head, the rows, its head again.
MORE_FOR_REFUSALS = 5


# --- one ------------------------------------------------------------------------------------


def test_an_approved_application_waits_for_the_worker(head: Holder, employee: Holder) -> None:
    renewal = employee.submit()
    head.approve(renewal)
    assert states(renewal) == ["approved"]
    decision = Decision.objects.get(renewal=renewal)
    assert (decision.verdict, decision.right, decision.mandate) == ("approve", "head", None)
    assert (decision.approver_iin, decision.approver_name) == (head.iin, "АХМЕТОВ ЕРЛАН")
    assert decision.holder_iin == employee.iin
    assert decision.application_sha256 == digest_of(renewal)
    assert decision.decided_at == NOW
    event = Event.objects.get(kind="renewal.approved", renewal=renewal)
    assert event.actor_iin == head.iin
    assert event.facts["signature"] == decision.signature_id


def test_the_signature_is_kept_as_received(head: Holder, employee: Holder) -> None:
    statement = head.state(employee.submit())
    cms = head.sign(statement)
    head.decide(statement, cms)
    kept = statement.signatures.get()
    assert bytes(kept.cms_der) == cms
    assert kept.signer_fingerprint == head.certificates[Purpose.COMBINED].fingerprint


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_text_says_who_decides_by_what_right_about_what(
    firm: Firm, head: Holder, language: str
) -> None:
    renewals = firm.applications(2)
    text = state_decision(
        actor=head.actor,
        renewals=renewals,
        verdict=Verdict.APPROVE,
        language=language,
        now=NOW,
    ).text
    assert "(approval)" in text
    assert head.iin not in text
    for part in (*ORGANISATION, "АХМЕТОВ ЕРЛАН"):
        assert part in text
    for renewal in renewals:
        line = next(line for line in text.splitlines() if renewal.number in line)
        assert renewal.holder_name in line
        assert group_hex(digest_of(renewal)) in text


@pytest.mark.parametrize("reason", RejectionReason)
def test_every_reason_ends_an_application(
    hr: Holder, employee: Holder, reason: RejectionReason
) -> None:
    renewal = employee.submit()
    statement = hr.state(renewal, verdict=Verdict.REJECT, reason=reason.value, note="a note")
    hr.decide(statement, verdict=Verdict.REJECT)
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("rejected", reason.value)
    decision = Decision.objects.get(renewal=renewal)
    assert (decision.verdict, decision.right) == ("reject", "hr")
    assert (decision.reason, decision.note) == (reason.value, "a note")
    assert "a note" in statement.text
    assert employee.open().pk != renewal.pk


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("", ""),
        ("unknown", "a note"),
        (OTHER, ""),
        (OTHER, " \n\t"),
        (OTHER, "\u202e\u200b"),
        (RejectionReason.NOT_OURS.value, "x" * (NOTE_LENGTH + 1)),
    ],
)
def test_a_refusal_needs_a_reason_that_the_holder_can_read(
    hr: Holder, employee: Holder, reason: str, note: str
) -> None:
    renewal = employee.submit()
    with pytest.raises(ReasonError):
        hr.state(renewal, verdict=Verdict.REJECT, reason=reason, note=note)
    assert refusals() == ["renewal.reason"]
    assert states(renewal) == ["awaiting_approval"]


def test_a_note_may_be_as_long_as_said(hr: Holder, employee: Holder) -> None:
    note = "ә" * NOTE_LENGTH
    statement = hr.state(employee.submit(), verdict=Verdict.REJECT, reason=OTHER, note=note)
    hr.decide(statement, verdict=Verdict.REJECT)
    assert Decision.objects.get().note == note


BREAKS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]
HIDDEN = [
    "\u202e",
    "\u2066",
    "\u2069",
    "\u200f",
    "\u061c",
    "\u200b",
    "\ufeff",
    "\0",
    "\x1b",
    "\x7f",
]


@pytest.mark.parametrize("mark", [*BREAKS, *HIDDEN, "\ud800"], ids=ascii)
def test_a_note_cannot_look_like_a_line_of_ours(hr: Holder, employee: Holder, mark: str) -> None:
    renewal = employee.submit()
    note = f"see below{mark}Number of applications: 0{mark}{mark}Application 9: none"
    statement = hr.state(renewal, verdict=Verdict.REJECT, reason=OTHER, note=note)
    line = next(line for line in statement.text.split("\n") if "see below" in line)
    assert line.endswith("Application 9: none")
    assert not set(statement.text) & {*"".join(BREAKS + HIDDEN).replace("\n", ""), "\ud800"}
    hr.decide(statement, verdict=Verdict.REJECT)
    assert Decision.objects.get().note in line


def test_a_name_cannot_look_like_a_line_of_ours(firm: Firm, head: Holder) -> None:
    name = ("ОСПАНОВ", "ДАНИЯР\nApplication 2: № 2026-00000000", "\u202eСЕРІКҰЛЫ")
    person = enrol_employee(firm.authority, Role.EMPLOYEE, iin=iin_of(70), name=name)
    renewal = person.submit()
    text = head.state(renewal).text
    lines = [line for line in text.split("\n") if "2026-00000000" in line]
    assert len(lines) == 1
    assert renewal.number in lines[0]
    assert "\u202e" not in text


# --- lists ----------------------------------------------------------------------------------


def test_a_hundred_are_approved_by_one_signature(firm: Firm, head: Holder) -> None:
    renewals = firm.applications(MOST)
    head.approve(*renewals)
    assert set(states(*renewals)) == {"approved"}
    assert Decision.objects.values("signature").distinct().count() == 1
    assert Event.objects.filter(kind="renewal.approved").count() == MOST


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_nothing_and_more_than_a_hundred_are_no_list(firm: Firm, head: Holder, count: int) -> None:
    renewals = firm.applications(count)
    with pytest.raises(ListError) as refused:
        head.state(*renewals)
    assert refused.value.facts == {"most": "100"}
    assert refusals() == ["approval.list"]


def test_what_is_named_twice_is_decided_once(firm: Firm, head: Holder) -> None:
    first, second = firm.applications(2)
    statement = head.state(first, second, first)
    assert statement.text.count(first.number) == 1
    head.decide(statement)
    assert states(first, second) == ["approved", "approved"]


def test_a_draft_is_nobodys_to_decide_about(head: Holder, employee: Holder) -> None:
    with pytest.raises(NotAwaitingError):
        head.state(employee.open())
    assert refusals() == ["approval.not_awaiting"]


def test_one_of_another_organisation_is_not_drawn(firm: Firm, head: Holder) -> None:
    elsewhere = enrol_employee(
        firm.authority, Role.EMPLOYEE, iin=iin_of(80), organisation=OTHER_ORGANISATION
    )
    with pytest.raises(OtherOrganisationError):
        head.state(elsewhere.submit())
    assert refusals() == ["approval.other_organisation"]


def test_ones_own_is_not_drawn(hr: Holder) -> None:
    with pytest.raises(OwnApplicationError):
        hr.state(hr.submit())
    assert refusals() == ["approval.own"]


# --- what has changed while the page was open -----------------------------------------------


def test_what_has_changed_is_left_and_the_rest_goes_through(
    firm: Firm, head: Holder, hr: Holder
) -> None:
    people = firm.applicants(5)
    good, decided, withdrawn, revoked, last = [person.submit() for person in people]
    statement = head.state(good, decided, withdrawn, revoked, last)
    hr.decide(
        hr.state(decided, verdict=Verdict.REJECT, reason="not_needed"), verdict=Verdict.REJECT
    )
    ending.withdraw(actor=people[2].actor, renewal=withdrawn, now=NOW)
    revoke(people[3], Reason.CERTIFICATE_HOLD)
    head.decide(statement)
    assert states(good, decided, withdrawn, revoked, last) == [
        *("approved", "rejected", "withdrawn", "awaiting_approval", "approved")
    ]
    assert refusals(decided) == ["approval.decided"]
    assert refusals(withdrawn) == ["approval.not_awaiting"]
    assert refusals(revoked) == ["certificate.revoked"]
    assert refusals(good) == refusals(last) == refusals() == []
    event = Event.objects.get(kind="renewal.refused", renewal=decided)
    assert event.facts["statement"] == statement.pk
    assert event.facts["name"] == "КИМ ЕЛЕНА"
    assert event.actor_iin == head.iin


def test_a_certificate_that_has_ended_is_left(firm: Firm, head: Holder) -> None:
    ending_soon, lasting = firm.applications(2)
    old = lasting.requests.get().old_certificate
    old.not_after = NOW + timedelta(days=100)
    old.save(update_fields=["not_after"])
    later = NOW + timedelta(days=13)
    statement = head.state(ending_soon, lasting, now=later)
    head.decide(statement, now=later)
    assert states(ending_soon, lasting) == ["awaiting_approval", "approved"]
    assert refusals(ending_soon) == ["certificate.expired"]


def test_a_refusal_needs_no_good_certificate(hr: Holder, employee: Holder) -> None:
    renewal = employee.submit()
    revoke(employee, Reason.CERTIFICATE_HOLD)
    statement = hr.state(renewal, verdict=Verdict.REJECT, reason="not_ours")
    hr.decide(statement, verdict=Verdict.REJECT)
    assert states(renewal) == ["rejected"]


def test_when_nothing_is_left_the_reason_is_told_and_the_list_not_spent(
    firm: Firm, head: Holder, hr: Holder
) -> None:
    people = firm.applicants(2)
    decided, withdrawn = [person.submit() for person in people]
    statement = head.state(decided, withdrawn)
    hr.approve(decided)
    ending.withdraw(actor=people[1].actor, renewal=withdrawn, now=NOW)
    with pytest.raises(DecidedError) as refused:
        head.decide(statement)
    assert refused.value.facts == {
        "number": decided.number,
        "name": "КИМ ЕЛЕНА",
        "decided_at": NOW.isoformat(),
        "verdict": "approve",
    }
    statement.refresh_from_db()
    assert statement.spent_at is None
    assert not statement.signatures.exists()
    assert refusals() == ["approval.decided"]
    assert refusals(decided) == ["approval.decided"]
    assert refusals(withdrawn) == ["approval.not_awaiting"]


def test_posting_again_changes_nothing(head: Holder, employee: Holder) -> None:
    renewal = employee.submit()
    statement = head.state(renewal)
    cms = head.sign(statement)
    head.decide(statement, cms)
    head.decide(statement, cms)
    assert Event.objects.filter(kind="renewal.approved").count() == 1
    assert refusals() == refusals(renewal) == []


def test_it_asks_the_database_as_often_for_a_hundred_as_for_one(
    firm: Firm, head: Holder, hr: Holder
) -> None:
    renewals = firm.applications(41)
    counts = []
    for part in (renewals[:1], renewals[1:21]):
        with CaptureQueriesContext(connection) as drawing:
            statement = head.state(*part)
        cms = head.sign(statement)
        with CaptureQueriesContext(connection) as deciding:
            head.decide(statement, cms)
        counts.append((len(drawing), len(deciding)))
    assert counts[0] == counts[1]
    # Half of it decided by another: told for each, asked for all together.
    statement = head.state(*renewals[21:])
    hr.approve(*renewals[31:])
    cms = head.sign(statement)
    with CaptureQueriesContext(connection) as deciding:
        head.decide(statement, cms)
    assert len(deciding) <= counts[0][1] + MORE_FOR_REFUSALS


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == set(RejectionReason)
