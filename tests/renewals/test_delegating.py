"""The head gives the right to approve and takes it back, by his signature."""

from contextlib import nullcontext
from datetime import date, datetime, time, timedelta

import pytest

from pki.certificate import Purpose, Role
from pki.errors import CMSContentError, KeyUsageError
from pki.models import Authority
from renewals.errors import (
    DaysError,
    DelegateError,
    FormerHeadError,
    MandateOverError,
    NotHeadError,
    SignerError,
    StatementError,
    StatementExpiredError,
)
from renewals.models import Event, Mandate, Statement
from renewals.rights import entitlement_of
from renewals.services import delegating
from tests.renewals.firm import DAY, Firm, refusals, revoke
from tests.renewals.people import (
    ALMATY,
    NOW,
    OTHER_ORGANISATION,
    TODAY,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def draw(
    head: Holder, other: Holder, starts_on: date = TODAY, ends_on: date = TODAY + DAY
) -> Statement:
    return delegating.state_delegation(
        actor=head.actor,
        delegate_iin=other.iin,
        starts_on=starts_on,
        ends_on=ends_on,
        language="ru",
        now=NOW,
    )


def post(head: Holder, statement: Statement, cms: bytes | None = None, now: datetime = NOW) -> None:
    delegating.give(
        actor=head.actor,
        statement_id=statement.pk,
        cms=head.sign(statement) if cms is None else cms,
        now=now,
    )


def post_end(head: Holder, statement: Statement, cms: bytes | None = None) -> None:
    delegating.end(
        actor=head.actor,
        statement_id=statement.pk,
        cms=head.sign(statement) if cms is None else cms,
        now=NOW,
    )


# --- giving ---------------------------------------------------------------------------------


def test_a_delegation_is_kept_with_the_heads_signature(head: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy, starts_on=TODAY, ends_on=TODAY + 7 * DAY)
    assert (mandate.kind, mandate.holder_iin, mandate.giver_iin) == (
        "delegation",
        deputy.iin,
        head.iin,
    )
    assert (mandate.holder_name, mandate.giver_name) == ("ИБРАЕВ АЛМАС", "АХМЕТОВ ЕРЛАН")
    assert mandate.signature is not None
    assert mandate.signature.signer_iin == head.iin
    assert mandate.confirmed_at == NOW
    event = Event.objects.get(kind="mandate.given")
    assert (event.actor_iin, event.facts["holder_iin"]) == (head.iin, deputy.iin)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_text_says_who_gives_what_to_whom_for_how_long(
    head: Holder, deputy: Holder, language: str
) -> None:
    statement = delegating.state_delegation(
        actor=head.actor,
        delegate_iin=deputy.iin,
        starts_on=TODAY,
        ends_on=TODAY + DAY,
        language=language,
        now=NOW,
    )
    assert "(delegation)" in statement.text
    for part in ("АХМЕТОВ ЕРЛАН", "ИБРАЕВ АЛМАС", str(TODAY.year), str(TODAY.day)):
        assert part in statement.text
    assert head.iin not in statement.text
    assert deputy.iin not in statement.text
    post(head, statement)


def test_posting_again_changes_nothing(head: Holder, deputy: Holder) -> None:
    statement = draw(head, deputy)
    cms = head.sign(statement)
    post(head, statement, cms)
    post(head, statement, cms)
    assert Mandate.objects.count() == 1
    assert refusals() == []


@pytest.mark.parametrize(
    ("first", "last"),
    [(-1, 5), (5, 4), (0, 367), (-400, -399), (0, -1), (10**6, 10**6 + 367)],
)
def test_days_are_from_today_on_in_order_and_a_year_at_most(
    head: Holder, deputy: Holder, first: int, last: int
) -> None:
    with pytest.raises(DaysError) as refused:
        draw(head, deputy, TODAY + first * DAY, TODAY + last * DAY)
    assert refused.value.facts == {"most": "366"}
    assert refusals() == ["mandate.days"]


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 366), (30, 396)])
def test_days_that_are_just_right(head: Holder, deputy: Holder, first: int, last: int) -> None:
    mandate = head.delegate(deputy, starts_on=TODAY + first * DAY, ends_on=TODAY + last * DAY)
    assert (mandate.starts_on, mandate.ends_on) == (TODAY + first * DAY, TODAY + last * DAY)


def test_a_page_left_open_over_midnight_serves_while_days_are_left(
    head: Holder, deputy: Holder
) -> None:
    evening = datetime.combine(TODAY, time(23, 30), ALMATY)
    for days in (0, 1):
        statement = delegating.state_delegation(
            actor=head.actor,
            delegate_iin=deputy.iin,
            starts_on=TODAY,
            ends_on=TODAY + days * DAY,
            language="ru",
            now=evening,
        )
        with nullcontext() if days else pytest.raises(DaysError):
            post(head, statement, now=evening + timedelta(minutes=40))
        assert Mandate.objects.count() == days


def test_it_is_given_only_to_somebody_of_ours_who_may_sign(firm: Firm, hr: Holder) -> None:
    revoked = enrol_employee(firm.authority, Role.SIGNING_RIGHT, iin=iin_of(51))
    revoke(revoked)
    candidates = [
        firm.hire(Role.EMPLOYEE),
        hr,
        revoked,
        enrol_employee(firm.authority, Role.SIGNING_RIGHT, iin=iin_of(52), days_left=-DAY),
        enrol_employee(
            firm.authority, Role.SIGNING_RIGHT, iin=iin_of(53), organisation=OTHER_ORGANISATION
        ),
        enrol_employee(
            firm.authority, Role.SIGNING_RIGHT, iin=iin_of(54), purposes=(Purpose.AUTH,)
        ),
        enrol_holder(firm.authority),
    ]
    for other in candidates:
        with pytest.raises(DelegateError):
            draw(firm.head, other)
    assert refusals() == ["mandate.delegate"] * len(candidates)
    assert delegating.candidates(firm.head.actor, now=NOW) == []


def test_nobody_gives_it_to_himself(authority: Authority, head: Holder) -> None:
    enrol_employee(authority, Role.SIGNING_RIGHT, iin=head.iin)
    with pytest.raises(DelegateError):
        draw(head, head)


def test_everybody_who_may_get_it_is_offered_once(firm: Firm, deputy: Holder) -> None:
    enrol_employee(firm.authority, Role.SIGNING_RIGHT, iin=deputy.iin)
    other = enrol_employee(firm.authority, Role.SIGNING_RIGHT, Role.FINANCIAL_RIGHT, iin=iin_of(55))
    found = delegating.candidates(firm.head.actor, now=NOW)
    assert sorted(row.iin for row in found) == sorted([deputy.iin, other.iin])


def test_only_the_present_head_gives_it(firm: Firm, hr: Holder, deputy: Holder) -> None:
    firm.head.delegate(deputy)
    other = firm.hire(Role.SIGNING_RIGHT)
    for actor in (hr, deputy, enrol_holder(firm.authority, iin=firm.head.iin)):
        with pytest.raises(NotHeadError):
            draw(actor, other)
    statement = draw(firm.head, other)
    firm.succeed()
    with pytest.raises(FormerHeadError):
        post(firm.head, statement)
    with pytest.raises(FormerHeadError):
        draw(firm.head, other)
    assert Mandate.objects.count() == 1


def test_a_delegate_who_lost_his_right_meanwhile_gets_nothing(head: Holder, deputy: Holder) -> None:
    statement = draw(head, deputy)
    revoke(deputy)
    with pytest.raises(DelegateError):
        post(head, statement)
    statement.refresh_from_db()
    assert statement.spent_at is None


def test_only_the_heads_own_signature_over_this_text_counts(
    authority: Authority, head: Holder, hr: Holder, deputy: Holder
) -> None:
    statement = draw(head, deputy)
    with pytest.raises(CMSContentError):
        post(head, statement, head.sign(draw(head, deputy)))
    with pytest.raises(SignerError):
        post(head, statement, hr.sign(statement))
    with pytest.raises(StatementError):
        post(hr, statement)
    pair = enrol_employee(authority, Role.HEAD, iin=head.iin, purposes=(Purpose.AUTH, Purpose.SIGN))
    with pytest.raises(KeyUsageError):
        post(head, statement, pair.sign(statement, Purpose.AUTH))
    as_hr = enrol_employee(authority, Role.HR, iin=head.iin)
    with pytest.raises(NotHeadError):
        post(head, statement, as_hr.sign(statement))
    old = delegating.state_delegation(
        actor=head.actor,
        delegate_iin=deputy.iin,
        starts_on=TODAY - DAY,
        ends_on=TODAY,
        language="ru",
        now=NOW - timedelta(hours=25),
    )
    with pytest.raises(StatementExpiredError):
        post(head, old)
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": (TODAY + DAY).isoformat()},
        {"ends_on": (TODAY + 300 * DAY).isoformat()},
        {"iin": iin_of(50)},
        {"iin": None},
        {"ends_on": "never"},
        {"ends_on": None},
    ],
)
def test_nothing_is_given_that_does_not_stand_in_the_text(
    firm: Firm, deputy: Holder, change: dict[str, object]
) -> None:
    firm.hire(Role.SIGNING_RIGHT, number=50)
    statement = draw(firm.head, deputy)
    cms = firm.head.sign(statement)
    statement.terms |= change
    statement.save()
    with pytest.raises((StatementError, DelegateError)):
        post(firm.head, statement, cms)
    Statement.objects.filter(pk=statement.pk).update(terms={})
    with pytest.raises(StatementError):
        post(firm.head, statement, cms)
    assert not Mandate.objects.exists()


# --- taking back ----------------------------------------------------------------------------


def test_it_ends_at_once(head: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy)
    head.end(mandate)
    mandate.refresh_from_db()
    assert mandate.ended_at == NOW
    event = Event.objects.get(kind="mandate.ended")
    assert event.facts["mandate"] == mandate.pk
    assert event.facts["signature"] is not None


def test_a_later_head_takes_back_what_an_earlier_one_gave(firm: Firm, deputy: Holder) -> None:
    mandate = firm.head.delegate(deputy)
    present = firm.succeed()
    with pytest.raises(FormerHeadError):
        firm.head.end(mandate)
    present.end(mandate)
    mandate.refresh_from_db()
    assert mandate.ended_at == NOW


def test_a_power_of_attorney_is_taken_back_as_well(firm: Firm) -> None:
    _other, mandate = firm.trustee()
    firm.head.end(mandate)
    mandate.refresh_from_db()
    assert mandate.ended_at == NOW


def test_what_is_over_is_not_ended_again(head: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy)
    statement = delegating.state_end(actor=head.actor, mandate=mandate, language="ru", now=NOW)
    head.end(mandate)
    with pytest.raises(MandateOverError):
        head.end(mandate)
    with pytest.raises(MandateOverError):
        post_end(head, statement)
    assert refusals() == ["mandate.over"] * 2
    statement.refresh_from_db()
    assert statement.spent_at is None


def test_another_organisations_is_not_ours_to_end(
    authority: Authority, head: Holder, deputy: Holder
) -> None:
    other_head = enrol_employee(
        authority, Role.HEAD, iin=iin_of(70), organisation=OTHER_ORGANISATION
    )
    mandate = head.delegate(deputy)
    with pytest.raises(MandateOverError):
        other_head.end(mandate)
    assert entitlement_of(deputy.actor, now=NOW).mandate == mandate


def test_only_the_head_takes_back(head: Holder, hr: Holder, deputy: Holder) -> None:
    mandate = head.delegate(deputy)
    for other in (hr, deputy):
        with pytest.raises(NotHeadError):
            other.end(mandate)
    statement = delegating.state_end(actor=head.actor, mandate=mandate, language="ru", now=NOW)
    with pytest.raises(SignerError):
        post_end(head, statement, hr.sign(statement))
    with pytest.raises(StatementError):
        post(head, statement)


def test_none_is_ended_that_does_not_stand_in_the_text(firm: Firm, deputy: Holder) -> None:
    mandate = firm.head.delegate(deputy)
    other = firm.hire(Role.SIGNING_RIGHT)
    kept = firm.head.delegate(other, ends_on=TODAY + 3 * DAY)
    statement = delegating.state_end(actor=firm.head.actor, mandate=mandate, language="ru", now=NOW)
    cms = firm.head.sign(statement)
    for terms in ({"mandate": kept.pk}, {"mandate": 0}, {}):
        Statement.objects.filter(pk=statement.pk).update(terms=terms)
        with pytest.raises(StatementError):
            post_end(firm.head, statement, cms)
    assert Mandate.objects.standing().count() == 2
