"""Dismissed: certificates revoked, applications and mandates ended, whatever was under way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from pki.certificate import Purpose, Role
from pki.errors import CMSContentError, KeyUsageError, RevokedError
from pki.models import Authority, Certificate, PlannedCertificate, Revocation
from pki.revocation import Reason
from renewals.audit.chain import find_break
from renewals.errors import (
    DismissalError,
    FormerHeadError,
    MoveRefusedError,
    NoRightError,
    NotHeadError,
    RenewalError,
    SignerError,
    StatementError,
    StatementExpiredError,
)
from renewals.machine import OPEN
from renewals.models import Event, Mandate, Renewal, Signature, Statement
from renewals.rights import entitlement_of
from renewals.services import application, claiming, dismissing, issuing, keyring, powers
from tests.renewals.firm import DAY, OPERATOR, Firm, refusals, revoke, states, store_paper
from tests.renewals.people import (
    DAYS_LEFT,
    NOW,
    ORGANISATION,
    OTHER_ORGANISATION,
    TODAY,
    Holder,
    enrol_employee,
    enrol_holder,
    iin_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def draw(head: Holder, other: Holder) -> Statement:
    return dismissing.state_dismissal(actor=head.actor, iin=other.iin, language="ru", now=NOW)


def post(head: Holder, statement: Statement, cms: bytes | None = None, now: datetime = NOW) -> None:
    dismissing.dismiss(
        actor=head.actor,
        statement_id=statement.pk,
        cms=head.sign(statement) if cms is None else cms,
        now=now,
    )


def live(person: Holder, bin_: str = ORGANISATION[1]) -> int:
    """Certificates of the organisation that are in force."""
    return Certificate.objects.for_iin(person.iin).of_organisation(bin_).unrevoked().count()


# --- certificates ---------------------------------------------------------------------------


def test_every_certificate_of_the_organisation_is_revoked(
    authority: Authority, head: Holder
) -> None:
    pair = enrol_employee(
        authority, Role.EMPLOYEE, iin=iin_of(4), purposes=(Purpose.AUTH, Purpose.SIGN)
    )
    enrol_employee(authority, Role.FINANCIAL_RIGHT, iin=iin_of(4))
    text = draw(head, pair)
    for certificate in pair.certificates.values():
        assert certificate.serial_hex in text.text.replace(" ", "")
    head.dismiss(pair)
    assert live(pair) == 0
    assert set(Revocation.objects.values_list("reason", flat=True)) == {"affiliationChanged"}
    event = Event.objects.get(kind="person.dismissed")
    assert (event.actor_iin, event.facts["iin"]) == (head.iin, pair.iin)
    revoked = Event.objects.filter(kind="certificate.revoked")
    assert {row.facts["signature"] for row in revoked} == {event.facts["signature"]}
    assert revoked.count() == 3
    assert Signature.objects.get(pk=event.facts["signature"]).signer_iin == head.iin
    assert find_break(Event.objects.order_by("sequence")) is None


def test_what_is_somebodys_own_is_not_the_organisations_to_revoke(
    authority: Authority, head: Holder, employee: Holder
) -> None:
    """His certificate as an individual, and its application, go on."""
    individual = enrol_holder(authority, iin=employee.iin)
    own = individual.open()
    elsewhere = enrol_employee(
        authority, Role.EMPLOYEE, iin=employee.iin, organisation=OTHER_ORGANISATION
    )
    theirs = elsewhere.submit()
    head.dismiss(employee)
    assert live(employee) == 0
    assert live(employee, OTHER_ORGANISATION[1]) == 1
    assert Certificate.objects.for_iin(employee.iin).filter(bin="").unrevoked().count() == 1
    assert states(own, theirs) == ["draft", "awaiting_approval"]
    assert individual.submit().pk == own.pk
    assert states(own) == ["approved"]
    assert issuing.issue_due(now=NOW) == 1


def test_what_is_suspended_is_revoked_for_good(head: Holder, employee: Holder) -> None:
    revoke(employee, Reason.CERTIFICATE_HOLD)
    head.dismiss(employee)
    assert set(Revocation.objects.values_list("reason", flat=True)) == {"affiliationChanged"}


def test_a_namesake_is_left_alone(authority: Authority, head: Holder, employee: Holder) -> None:
    namesake = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(5))
    renewal = namesake.submit()
    head.dismiss(employee)
    assert live(namesake) == 1
    assert states(renewal) == ["awaiting_approval"]


# --- applications ---------------------------------------------------------------------------


def signed_and_not_stored(renewal: Renewal) -> claiming.Claim:
    keys = keyring.held()
    assert keys is not None
    (held,) = claiming.claim(now=NOW)
    assert issuing._check(held, now=NOW, linted=False)
    assert issuing._sign(held, keys, now=NOW)
    return held


def bring_to(state: str, head: Holder, person: Holder) -> Renewal:
    """Every open state, by the steps that lead there."""
    renewal = person.open() if state == "draft" else person.submit()
    if state == "failed":
        lose_approver(renewal)
    elif state not in {"draft", "awaiting_approval"}:
        head.approve(renewal)
    if state == "issuing":
        claiming.claim(now=NOW)
    if state in {"issued", "failed"}:
        issuing.issue_due(now=NOW)
    renewal.refresh_from_db()
    assert renewal.state == state
    return renewal


def lose_approver(renewal: Renewal) -> None:
    """Somebody approves, and is gone before the worker comes."""
    authority = Authority.objects.issuing().get()
    approver = enrol_employee(authority, Role.HR, iin=iin_of(8))
    approver.approve(renewal)
    revoke(approver)


@pytest.mark.parametrize("state", sorted(state.value for state in OPEN))
@pytest.mark.parametrize("purposes", [(Purpose.COMBINED,), (Purpose.AUTH, Purpose.SIGN)])
def test_an_application_in_every_open_state_ends(
    authority: Authority, head: Holder, state: str, purposes: tuple[Purpose, ...]
) -> None:
    person = enrol_employee(
        authority, Role.EMPLOYEE, iin=iin_of(4), days_left=DAYS_LEFT, purposes=purposes
    )
    renewal = bring_to(state, head, person)
    head.dismiss(person)
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"
    assert not renewal.requests.filter(is_open=True).exists()
    assert Event.objects.filter(kind="renewal.cancelled", renewal=renewal).count() == 1
    assert live(person) == 0
    planned = PlannedCertificate.objects.filter(pk__in=renewal.requests.values("plan"))
    for plan in planned.exclude(state="signed"):
        assert plan.state == "void"
        assert Revocation.objects.filter(serial_hex=plan.serial_hex).exists()
    after_lease = NOW + timedelta(hours=1)
    assert issuing.issue_due(now=after_lease) == 0
    assert live(person) == 0
    assert find_break(Event.objects.order_by("sequence")) is None


def test_what_a_worker_has_signed_never_becomes_a_certificate(
    head: Holder, employee: Holder, renewal: Renewal
) -> None:
    head.approve(renewal)
    held = signed_and_not_stored(renewal)
    serial = held.jobs[0].planned.serial_hex
    head.dismiss(employee)
    assert issuing._finish([held], now=NOW) == 0
    assert states(renewal) == ["lapsed"]
    assert not Certificate.objects.filter(serial_hex=serial).exists()
    revocation = Revocation.objects.get(serial_hex=serial)
    assert revocation.authority_id == held.jobs[0].planned.authority_id
    assert Event.objects.filter(kind="plan.voided", facts__serial=serial).count() == 1
    assert PlannedCertificate.objects.get(serial_hex=serial).state == "void"


def test_a_worker_stores_the_others_of_its_batch(firm: Firm) -> None:
    people = firm.applicants(3)
    renewals = [person.submit() for person in people]
    firm.head.approve(*renewals)
    keys = keyring.held()
    assert keys is not None
    claims = claiming.claim(now=NOW)
    for held in claims:
        assert issuing._sign(held, keys, now=NOW)
    firm.head.dismiss(people[1])
    assert issuing._finish(claims, now=NOW) == 2
    assert states(*renewals) == ["issued", "lapsed", "issued"]


def test_the_dismissed_can_neither_submit_nor_open_nor_install(
    head: Holder, employee: Holder, authority: Authority
) -> None:
    draft = employee.open()
    statement = employee.prepare(draft)
    head.dismiss(employee)
    with pytest.raises(RevokedError):
        application.submit(
            actor=employee.actor,
            renewal=draft,
            statement_id=statement.pk,
            cms=employee.sign(statement),
            now=NOW,
        )
    with pytest.raises(RevokedError):
        employee.open()


def test_the_dismissed_cannot_install_what_was_issued(head: Holder, employee: Holder) -> None:
    renewal = bring_to("issued", head, employee)
    head.dismiss(employee)
    with pytest.raises((RevokedError, MoveRefusedError)):
        employee.install(renewal)


# --- mandates -------------------------------------------------------------------------------


def test_rehired_with_a_new_certificate_nobody_has_his_old_mandates(
    firm: Firm, deputy: Holder
) -> None:
    firm.head.delegate(deputy)
    firm.head.delegate(deputy, starts_on=TODAY + 5 * DAY)
    confirmed = powers.file_power(
        actor=deputy.actor, starts_on=TODAY, ends_on=TODAY + 30 * DAY, now=NOW
    )
    store_paper(confirmed)
    powers.confirm(actor=OPERATOR, mandate=confirmed, now=NOW)
    powers.file_power(actor=deputy.actor, starts_on=TODAY, ends_on=TODAY, now=NOW)
    assert entitlement_of(deputy.actor, now=NOW).mandate == confirmed
    firm.head.dismiss(deputy)
    again = enrol_employee(
        firm.authority, Role.SIGNING_RIGHT, iin=deputy.iin, days_left=timedelta(days=250)
    )
    for day in (0, 6):
        with pytest.raises(NoRightError):
            entitlement_of(again.actor, now=NOW + day * DAY)
    assert not Mandate.objects.standing().filter(holder_iin=deputy.iin).exists()
    assert Event.objects.filter(kind="mandate.ended").count() == 4


def test_what_a_dismissed_head_gave_does_not_come_back_with_him(firm: Firm, deputy: Holder) -> None:
    former = firm.head
    former.delegate(deputy)
    present = firm.succeed()
    present.dismiss(former)
    enrol_employee(firm.authority, Role.HEAD, iin=former.iin, days_left=timedelta(days=330))
    with pytest.raises(NoRightError):
        entitlement_of(deputy.actor, now=NOW)


def test_mandates_of_another_organisation_stay(
    authority: Authority, head: Holder, deputy: Holder
) -> None:
    elsewhere = enrol_employee(
        authority, Role.SIGNING_RIGHT, iin=deputy.iin, organisation=OTHER_ORGANISATION
    )
    other_head = enrol_employee(
        authority, Role.HEAD, iin=iin_of(70), organisation=OTHER_ORGANISATION
    )
    kept = other_head.delegate(elsewhere)
    head.dismiss(deputy)
    assert entitlement_of(elsewhere.actor, now=NOW).mandate == kept


# --- who may, and what is signed ------------------------------------------------------------


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(RenewalError) as error:
        work()
    return error.value.code


def test_a_head_cannot_dismiss_himself_by_any_certificate(
    authority: Authority, head: Holder
) -> None:
    enrol_employee(authority, Role.EMPLOYEE, iin=head.iin)
    assert refused(lambda: draw(head, head)) == "dismissal.person"
    assert live(head) == 2


def test_nobody_of_another_organisation_is_dismissed(authority: Authority, head: Holder) -> None:
    stranger = enrol_employee(
        authority, Role.EMPLOYEE, iin=iin_of(70), organisation=OTHER_ORGANISATION
    )
    individual = enrol_holder(authority)
    for other in (stranger, individual):
        assert refused(lambda other=other: draw(head, other)) == "dismissal.person"  # type: ignore[misc]
    assert live(stranger, OTHER_ORGANISATION[1]) == 1


@pytest.mark.parametrize("iin", ["", "0", "900101300403 ", "' OR 1=1", "9" * 300])
def test_nobody_at_all_is_dismissed(head: Holder, employee: Holder, iin: str) -> None:
    with pytest.raises(DismissalError):
        dismissing.state_dismissal(actor=head.actor, iin=iin, language="ru", now=NOW)
    assert refusals() == ["dismissal.person"]


def test_only_the_present_head_dismisses(firm: Firm, hr: Holder, employee: Holder) -> None:
    deputy = firm.hire(Role.SIGNING_RIGHT)
    firm.head.delegate(deputy)
    for other in (hr, deputy):
        with pytest.raises(NotHeadError):
            draw(other, employee)
    statement = draw(firm.head, employee)
    firm.succeed()
    with pytest.raises(FormerHeadError):
        post(firm.head, statement)
    with pytest.raises(FormerHeadError):
        draw(firm.head, employee)
    assert live(employee) == 1


def test_somebody_dismissed_already_is_not_dismissed_again(head: Holder, employee: Holder) -> None:
    first, second = draw(head, employee), draw(head, employee)
    post(head, first)
    post(head, first)
    with pytest.raises(DismissalError):
        post(head, second)
    assert Event.objects.filter(kind="person.dismissed").count() == 1
    second.refresh_from_db()
    assert second.spent_at is None


def test_only_the_heads_own_signature_over_this_text_counts(
    authority: Authority, head: Holder, hr: Holder, employee: Holder
) -> None:
    statement, other = draw(head, employee), draw(head, hr)
    with pytest.raises(CMSContentError):
        post(head, statement, head.sign(other))
    with pytest.raises(SignerError):
        post(head, statement, hr.sign(statement))
    with pytest.raises(StatementError):
        post(hr, statement)
    with pytest.raises(StatementExpiredError):
        post(head, statement, now=NOW + timedelta(hours=1))
    pair = enrol_employee(authority, Role.HEAD, iin=head.iin, purposes=(Purpose.AUTH, Purpose.SIGN))
    with pytest.raises(KeyUsageError):
        post(head, statement, pair.sign(statement, Purpose.AUTH))
    assert live(employee) == live(hr) == 1


@pytest.mark.parametrize("change", ["iin", "name", "nothing"])
def test_nobody_is_dismissed_who_does_not_stand_in_the_text(
    authority: Authority, head: Holder, employee: Holder, change: str
) -> None:
    other = enrol_employee(authority, Role.EMPLOYEE, iin=iin_of(77), name=("ДРУГОЙ", "ЧЕЛОВЕК", ""))
    statement = draw(head, employee)
    cms = head.sign(statement)
    if change == "nothing":
        statement.terms = {}
    else:
        statement.terms[change] = {"iin": other.iin, "name": "ДРУГОЙ ЧЕЛОВЕК"}[change]
    statement.save()
    with pytest.raises(StatementError):
        post(head, statement, cms)
    assert live(other) == live(employee) == 1
