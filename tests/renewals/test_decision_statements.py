"""What is posted to decide: another text, or another row beside it. All refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pki.certificate import Purpose, Role
from pki.errors import (
    CMSContentError,
)
from pki.models import Authority
from renewals.errors import (
    OtherOrganisationError,
    StatementError,
    StatementExpiredError,
)
from renewals.models import Event, Renewal, Statement, Verdict
from renewals.services import deciding, delegating, statements
from renewals.statement import StatementPurpose
from tests.renewals.firm import DAY, assert_waiting, refusals
from tests.renewals.people import (
    DAYS_LEFT,
    NOW,
    OTHER_ORGANISATION,
    TODAY,
    Holder,
    enrol_employee,
    iin_of,
    sign,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def colleague(authority: Authority) -> Holder:
    """Another applicant."""
    return enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(40), days_left=DAYS_LEFT)


# --- another text ---------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0, 0.25, 0.5, 0.75, 0.99])
def test_a_list_altered_by_one_byte_is_refused(head: Holder, renewal: Renewal, part: float) -> None:
    statement = head.state(renewal)
    text = statement.text
    at = next(at for at in range(int(part * len(text)), len(text)) if text[at].isascii())
    altered = f"{text[:at]}{chr(ord(text[at]) ^ 1)}{text[at + 1 :]}"
    key, certificate = head.keys[Purpose.COMBINED], head.certificates[Purpose.COMBINED]
    with pytest.raises(CMSContentError):
        head.decide(statement, sign(altered, key, certificate))
    assert refusals() == ["cms.content"]
    assert_waiting(renewal)


def test_an_approval_signed_for_another_application_is_refused(
    head: Holder, renewal: Renewal, colleague: Holder
) -> None:
    other = colleague.submit()
    first, second = head.state(renewal), head.state(other)
    with pytest.raises(CMSContentError):
        head.decide(second, head.sign(first))
    assert_waiting(renewal, other)


def test_a_refusal_does_not_approve_nor_the_reverse(head: Holder, renewal: Renewal) -> None:
    approval = head.state(renewal)
    refusal = head.state(renewal, verdict=Verdict.REJECT, reason="not_ours")
    with pytest.raises(StatementError):
        head.decide(refusal)
    with pytest.raises(StatementError):
        head.decide(approval, verdict=Verdict.REJECT)
    with pytest.raises(CMSContentError):
        head.decide(approval, head.sign(refusal))
    assert refusals() == ["statement.unknown", "statement.unknown", "cms.content"]
    assert_waiting(renewal)


def sign_in(head: Holder, renewal: Renewal) -> Statement:
    return statements.create(
        StatementPurpose.SIGN_IN, lines=[], language="ru", now=NOW, lifetime=DAY
    )


def application(head: Holder, renewal: Renewal) -> Statement:
    return renewal.statements.get()


def own_application(head: Holder, renewal: Renewal) -> Statement:
    return head.prepare(head.open())


def delegation(head: Holder, renewal: Renewal) -> Statement:
    deputy = enrol_employee(renewal.certificate.authority, Role.SIGNING_RIGHT, iin=iin_of(41))
    return delegating.state_delegation(
        actor=head.actor,
        delegate_iin=deputy.iin,
        starts_on=TODAY,
        ends_on=TODAY,
        language="ru",
        now=NOW,
    )


@pytest.mark.parametrize("draw", [sign_in, application, own_application, delegation])
def test_a_statement_for_something_else_does_not_approve(
    head: Holder, renewal: Renewal, draw: Callable[[Holder, Renewal], Statement]
) -> None:
    other = draw(head, renewal)
    with pytest.raises(StatementError):
        head.decide(other)
    # Nor does its signature, under the number of a list.
    with pytest.raises(CMSContentError):
        head.decide(head.state(renewal), head.sign(other))
    assert_waiting(renewal)


@pytest.mark.parametrize("number", [0, -1, 10**6, 2**63, 2**200])
def test_a_statement_that_was_never_given_out_is_refused(
    head: Holder, renewal: Renewal, number: int
) -> None:
    cms = head.sign(head.state(renewal))
    with pytest.raises(StatementError):
        deciding.decide(
            actor=head.actor, verdict=Verdict.APPROVE, statement_id=number, cms=cms, now=NOW
        )
    assert_waiting(renewal)


@pytest.mark.parametrize("purpose", [StatementPurpose.APPROVAL, StatementPurpose.REJECTION])
def test_what_is_drawn_for_one_is_not_another_approvers(
    head: Holder, hr: Holder, renewal: Renewal, purpose: StatementPurpose
) -> None:
    verdict = Verdict.APPROVE if purpose is StatementPurpose.APPROVAL else Verdict.REJECT
    statement = head.state(renewal, verdict=verdict, reason="not_ours")
    for cms in (head.sign(statement), hr.sign(statement)):
        with pytest.raises(StatementError):
            hr.decide(statement, cms, verdict=verdict)
    assert_waiting(renewal)


def test_a_list_is_signed_within_the_hour(head: Holder, renewal: Renewal) -> None:
    statement = head.state(renewal, now=NOW - timedelta(hours=1))
    with pytest.raises(StatementExpiredError):
        head.decide(statement)
    assert_waiting(renewal)
    last = head.state(renewal, now=NOW - timedelta(minutes=59, seconds=59))
    head.decide(last)


# --- another row ----------------------------------------------------------------------------

Alter = Callable[[Statement, Renewal], None]
ALTERATIONS: list[Alter] = []


def alteration(alter: Alter) -> Alter:
    """What somebody with the database in his hands might do."""
    ALTERATIONS.append(alter)
    return alter


@alteration
def another_application_is_added(statement: Statement, other: Renewal) -> None:
    digest = other.statements.get().signatures.get().content_sha256
    statement.terms["entries"].append([other.pk, other.number, other.holder_name, digest])


@alteration
def another_application_in_its_place(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"][0][0] = other.pk


@alteration
def another_digest(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"][0][3] = other.statements.get().signatures.get().content_sha256


@alteration
def another_name(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"][0][2] = "ДРУГОЙ"


@alteration
def another_number(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"][0][1] = other.number


@alteration
def the_same_twice(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"].append(statement.terms["entries"][0])


@alteration
def nothing_at_all(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"] = []


@alteration
def no_such_application(statement: Statement, other: Renewal) -> None:
    statement.terms["entries"][0][0] = 10**9


@alteration
def the_other_verdict(statement: Statement, other: Renewal) -> None:
    statement.terms["verdict"] = "approve"
    statement.terms["reason"] = ""


@alteration
def the_other_verdict_and_purpose(statement: Statement, other: Renewal) -> None:
    the_other_verdict(statement, other)
    statement.purpose = "approval"


@alteration
def another_reason(statement: Statement, other: Renewal) -> None:
    statement.terms["reason"] = "not_needed"


@alteration
def no_known_reason(statement: Statement, other: Renewal) -> None:
    statement.terms["reason"] = "because"


@alteration
def another_note(statement: Statement, other: Renewal) -> None:
    statement.terms["note"] = "dismissed for theft"


@alteration
def no_note(statement: Statement, other: Renewal) -> None:
    statement.terms["note"] = ""


@alteration
def no_terms(statement: Statement, other: Renewal) -> None:
    statement.terms = {}


@alteration
def terms_of_another_kind(statement: Statement, other: Renewal) -> None:
    statement.terms = {"iin": "1", "starts_on": "2026-01-01", "ends_on": "2026-01-01"}


@alteration
def another_language(statement: Statement, other: Renewal) -> None:
    statement.language = "kk"
    statement.terms["entries"][0][2] = "ДРУГОЙ"


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_nothing_is_done_that_does_not_stand_in_the_text(
    head: Holder, renewal: Renewal, colleague: Holder, alter: Alter
) -> None:
    other = colleague.submit()
    statement = head.state(renewal, verdict=Verdict.REJECT, reason="not_ours", note="a note")
    cms = head.sign(statement)
    alter(statement, other)
    statement.save()
    verdict = Verdict.APPROVE if statement.purpose == "approval" else Verdict.REJECT
    with pytest.raises(StatementError):
        head.decide(statement, cms, verdict=verdict)
    assert_waiting(renewal, other)
    assert refusals() == ["statement.unknown"]


def test_one_of_another_organisation_in_the_very_text_is_left(
    authority: Authority, head: Holder, renewal: Renewal
) -> None:
    """Drawn while it was ours; a row that changes its organisation is nobody's here any more."""
    elsewhere = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(80))
    theirs = elsewhere.submit()
    statement = head.state(renewal, theirs)
    Renewal.objects.filter(pk=theirs.pk).update(bin=OTHER_ORGANISATION[1])
    head.decide(statement)
    assert_waiting(theirs)
    event = Event.objects.get(kind="renewal.refused", renewal=theirs)
    assert event.facts["code"] == OtherOrganisationError.code
    renewal.refresh_from_db()
    assert renewal.state == "approved"


def test_an_application_whose_signature_was_replaced_is_left(
    head: Holder, renewal: Renewal
) -> None:
    statement = head.state(renewal)
    renewal.statements.get().signatures.update(content_sha256="0" * 64)
    with pytest.raises(StatementError):
        head.decide(statement)
    assert_waiting(renewal)
