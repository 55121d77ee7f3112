"""What the holder reads of an application that his organisation has to approve."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cabinet.stages import APPROVAL
from cabinet.timeline import RIGHTS, Look, heading_of, timeline_of
from pki.certificate import Role
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import WORKER, Actor, ActorKind
from renewals.machine import Action
from renewals.models import Mandate, MandateKind, Renewal, Right, Verdict
from renewals.services import ending
from renewals.services.moves import move_all
from renewals.services.revoking import revoke
from tests.cabinet.colleagues import DAY, EMPLOYEE, HEAD, HR, SIGNER, STRANGER, Colleague, hire
from tests.cabinet.payroll import BIN
from tests.cabinet.reading import row_of, words
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db

OPERATOR = Actor(kind=ActorKind.OPERATOR, iin="040506600027", name="ОПЕРАТОР")


@pytest.fixture
def head(authority: Authority) -> Colleague:
    return hire(authority, HEAD, Role.HEAD)


@pytest.fixture
def employee(authority: Authority) -> Colleague:
    return hire(authority, EMPLOYEE, Role.EMPLOYEE, days_left=12 * DAY).sign_in()


def titles(renewal: Renewal) -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(entry.look.value, entry.title) for entry in timeline_of(renewal)]


def notes(renewal: Renewal) -> str:
    with translation.override("en"):
        return " ".join(entry.note for entry in timeline_of(renewal))


# --- while it waits -----------------------------------------------------------------------


def test_the_holder_reads_who_can_approve_and_since_when_it_waits(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    hire(authority, HR, Role.HR)
    renewal = employee.holder.submit()
    page = employee.get("status", renewal.number)
    text = words(page)
    outlook = page.context["outlook"]
    assert [one.is_head for one in outlook.approvers] == [True, False]
    assert outlook.head == row_of(head)
    assert "Who can approve it" in text
    assert "HR employee with the right to confirm" in text
    assert "It has been waiting since" in text
    assert "Nobody of your organisation can approve now" not in text
    assert "the head of your organisation, or whom he trusts" in text
    assert HEAD not in page.content.decode()


def test_the_applicant_himself_is_none_of_those_who_can_approve(
    authority: Authority, head: Colleague
) -> None:
    hr = hire(authority, HR, Role.HR, days_left=12 * DAY).sign_in()
    renewal = hr.holder.submit()
    outlook = hr.get("status", renewal.number).context["outlook"]
    assert [one.is_head for one in outlook.approvers] == [True]


def test_without_anybody_the_page_says_what_to_do(employee: Colleague) -> None:
    renewal = employee.holder.submit()
    text = words(employee.get("status", renewal.number))
    assert "Nobody of your organisation can approve now" in text
    assert "knows no head of your organisation" in text
    assert "Write to our operator" in text
    assert "What to take to a service centre" in text


def test_a_head_without_a_valid_certificate_cannot_and_others_can(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    revoke([row_of(head)], reason=Reason.KEY_COMPROMISE, actor=WORKER, now=timezone.now())
    assert "Nobody of your organisation can approve now" in words(
        employee.get("status", renewal.number)
    )
    hire(authority, HR, Role.HR)
    text = words(employee.get("status", renewal.number))
    assert "Nobody of your organisation can approve now" not in text
    assert "has no certificate in force that can sign, so the others decide" in text


def test_rights_by_mandate_count_while_they_hold(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    signer = hire(authority, SIGNER, Role.SIGNING_RIGHT)
    deputy = hire(authority, STRANGER, Role.EMPLOYEE)
    head.holder.delegate(signer.holder)
    today, now = timezone.localdate(), timezone.now()
    Mandate.objects.create(
        bin=BIN,
        organisation="ТОО",
        kind=MandateKind.POWER_OF_ATTORNEY.value,
        holder_iin=deputy.iin,
        holder_name="ЖҰМАБЕК ЕРЛАН",
        starts_on=today,
        ends_on=today,
        created_at=now,
        confirmed_at=now,
    )
    renewal = employee.holder.submit()
    rights = [
        one.right for one in employee.get("status", renewal.number).context["outlook"].approvers
    ]
    assert rights[0] == "first head"
    assert sorted(right.split(" ")[0] for right in rights[1:]) == ["delegation", "power"]
    # Another head: what the former one gave is over.
    hire(authority, HR, Role.HEAD, days_left=300 * DAY)
    named = employee.get("status", renewal.number).context["outlook"].approvers
    assert len(named) == 2
    assert not any("delegation" in one.right for one in named)


def test_the_page_of_the_holder_who_came_with_his_personal_certificate(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    him = Colleague(enrol_holder(authority, iin=EMPLOYEE)).sign_in()
    page = him.get("status", renewal.number)
    assert "Who can approve it" in words(page)
    assert reverse("organisation") not in page.content.decode()


# --- the course ---------------------------------------------------------------------------


def test_approval_is_a_step_for_employees_from_the_first_page_on(
    authority: Authority, head: Colleague, employee: Colleague
) -> None:
    draft = employee.holder.open()
    assert titles(draft)[2] == ("next", str(APPROVAL.ahead))
    renewal = employee.holder.submit()
    assert titles(renewal)[2] == ("now", "Waits for your organisation to approve it")
    own = head.holder.open()
    assert len(titles(own)) == 4
    individual = enrol_holder(authority, iin=STRANGER).open()
    assert len(titles(individual)) == 4


def test_the_course_says_who_approved_and_by_what_right(
    head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    head.holder.approve(renewal)
    renewal.refresh_from_db()
    assert titles(renewal)[2] == ("done", "Application approved")
    assert "СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ (first head), " in notes(renewal)


def test_every_right_has_its_words() -> None:
    assert RIGHTS.keys() == set(Right)


def test_a_refusal_names_who_refused_why_and_what_to_do(
    head: Colleague, employee: Colleague
) -> None:
    renewal = employee.holder.submit()
    statement = head.holder.state(
        renewal, verdict=Verdict.REJECT, reason="wrong_data", note="Новая <b>должность</b>"
    )
    head.holder.decide(statement, verdict=Verdict.REJECT)
    renewal.refresh_from_db()
    page = employee.get("status", renewal.number)
    text = words(page)
    assert "Refused by СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ (first head)" in text
    assert "The data or the role are wrong. Новая &lt;b&gt;должность&lt;/b&gt;" in text
    assert "Refused by an operator" not in text
    assert "wrong_data" not in text
    assert "Data in a certificate cannot be changed by renewing it" in text
    assert "To my signature, to try again" in text
    assert titles(renewal)[-1][0] == Look.STOP.value
    # And he can try again.
    again = employee.post("open", certificate=row_of(employee).pk)
    assert Renewal.objects.latest("id") != renewal
    assert again.status_code == 302


def test_what_an_operator_refuses_is_told_as_his(authority: Authority, head: Colleague) -> None:
    other = hire(authority, EMPLOYEE, Role.EMPLOYEE, days_left=12 * DAY)
    renewal = other.holder.submit()
    head.holder.approve(renewal)
    now = timezone.now()
    move_all([renewal], Action.CLAIM, actor=WORKER, now=now, lease_token="t", lease_until=now)
    move_all([renewal], Action.FAIL, actor=WORKER, now=now, reason="approval.void")
    ending.reject(actor=OPERATOR, renewal=renewal, reason="Руководитель сменился.", now=now)
    with translation.override("en"):
        title, lead = heading_of(renewal)
    assert title == "The application was refused"
    assert lead == "Refused by an operator. The reason: Руководитель сменился."
    assert titles(renewal)[-1] == ("stop", "Refused by an operator")


def test_lapsing_and_a_dismissal_are_told_apart(head: Colleague, employee: Colleague) -> None:
    renewal = employee.holder.submit()
    ending.lapse_due(now=timezone.now() + 31 * DAY)
    renewal.refresh_from_db()
    assert titles(renewal)[-1] == ("stop", "Lapsed")
    assert "It waited for 30 days" in heading_of(renewal)[1]
    second = employee.holder.submit()
    head.holder.dismiss(employee.holder)
    second.refresh_from_db()
    assert titles(second)[-1] == ("stop", "Ended by a revocation")


# --- the guide ----------------------------------------------------------------------------


def test_the_guide_is_open_to_everybody_and_linked_from_every_page(head: Colleague) -> None:
    address = reverse("help", args=["head-guide"])
    page = Colleague(head.holder).client.get(address, secure=True)
    text = words(page)
    for part in (
        "How to approve",
        "Delegation",
        "Power of attorney",
        "When somebody leaves",
        "Your own renewal",
        "You have no certificate yet, or it is lost",
        "The certificate of registration of the organisation",
        "operator",
    ):
        assert part in text
    for name in ("start", "sign-in"):
        shown = Colleague(head.holder).get(name).content.decode()
        assert f'href="{address}"' in shown
        assert "cannot do that yet" not in shown
