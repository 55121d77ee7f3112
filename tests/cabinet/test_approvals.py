"""The approver's pages by HTTP: who sees what, choosing, reading, signing, conflicts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pki.certificate import Purpose, Role
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Decision, DocumentKind, Event, Renewal, Statement
from renewals.services import ending
from renewals.services.attaching import attach
from renewals.services.revoking import revoke
from renewals.services.ruling import MOST
from tests.cabinet.colleagues import (
    EMPLOYEE,
    HEAD,
    HR,
    OTHER_ORGANISATION,
    STRANGER,
    Colleague,
    hire,
)
from tests.renewals.people import as_base64, enrol_holder
from tests.renewals.sent_files import png

pytestmark = pytest.mark.django_db

PAGES = ("approval", "approval-form", "approval-evidence")


@pytest.fixture
def renewal(employee: Colleague) -> Renewal:
    return employee.holder.submit()


def refusals() -> list[str]:
    kinds = ("organisation.refused", "renewal.refused")
    return [str(event.facts["code"]) for event in Event.objects.filter(kind__in=kinds)]


def state_of(renewal: Renewal) -> str:
    renewal.refresh_from_db()
    return renewal.state


# --- the way through ----------------------------------------------------------------------


def test_the_head_approves_what_an_employee_filed(head: Colleague, renewal: Renewal) -> None:
    assert renewal.state == "awaiting_approval"
    page = head.get("approvals").content.decode()
    assert renewal.number in page
    assert "Сейтқали Айгүл" in page
    reply = head.approve(renewal)
    assert reply.status_code == 200, reply.content
    done = head.client.get(reply.json()["location"], secure=True).content.decode()
    assert "1 application is approved" in done
    assert state_of(renewal) == "approved"
    decision = Decision.objects.get(renewal=renewal)
    assert (decision.approver_iin, decision.right) == (HEAD, "head")


def test_the_application_shows_just_what_was_signed(head: Colleague, renewal: Renewal) -> None:
    page = head.get("approval", renewal.number)
    signature = page.context["signature"]
    assert signature.statement.text in page.content.decode().replace("&quot;", '"')
    assert signature.content_sha256[:4] in page.content.decode()
    assert "What changes" in page.content.decode()
    assert reverse("approve") in page.content.decode()


def test_the_application_lists_its_documents_and_its_form(
    head: Colleague, employee: Colleague, renewal: Renewal
) -> None:
    document = attach(
        actor=employee.holder.actor,
        target=renewal,
        kind=DocumentKind.OTHER.value,
        name="приказ.png",
        data=png(),
        now=timezone.now(),
    )
    page = head.get("approval", renewal.number).content.decode()
    assert "приказ.png" in page
    for name, args in (
        ("approval-document", (renewal.number, document.pk)),
        ("approval-form", (renewal.number,)),
    ):
        assert reverse(name, args=args) in page
        reply = head.get(name, *args)
        assert reply.status_code == 200
        assert reply["Content-Disposition"].startswith("attachment")


def test_many_are_approved_by_one_signature(head: Colleague, authority: Authority) -> None:
    renewals = [
        hire(authority, f"9507033001{n:02d}", Role.EMPLOYEE).holder.submit() for n in range(3)
    ]
    reply = head.approve(*renewals)
    assert reply.status_code == 200, reply.content
    assert {state_of(one) for one in renewals} == {"approved"}
    signatures = {one.signature_id for one in Decision.objects.all()}
    assert len(signatures) == 1


def test_a_partial_conflict_is_told_one_by_one(head: Colleague, authority: Authority) -> None:
    people = [hire(authority, f"9507033001{n:02d}", Role.EMPLOYEE) for n in range(3)]
    good, withdrawn, _revoked = renewals = [one.holder.submit() for one in people]
    statement = head.read(head.post("approve", number=[one.number for one in renewals]))
    now = timezone.now()
    ending.withdraw(actor=people[1].holder.actor, renewal=withdrawn, now=now)
    certificates = list(people[2].holder.certificates.values())
    revoke(certificates, reason=Reason.CERTIFICATE_HOLD, actor=WORKER, now=now)
    reply = head.sign(statement)
    assert reply.status_code == 200, reply.content
    page = head.client.get(reply.json()["location"], secure=True).content.decode()
    assert "1 application is approved" in page
    assert page.count("Left as it is") == 2
    assert f"№ {withdrawn.number} does not wait" in page
    assert "was revoked on" in page
    assert [state_of(one) for one in renewals] == ["approved", "withdrawn", "awaiting_approval"]
    assert good.decision.signature.statement_id == statement.pk


def test_a_refusal_is_read_by_the_employee_who_then_tries_again(
    head: Colleague, employee: Colleague, renewal: Renewal
) -> None:
    note = "Приложите приказ о назначении"
    reply = head.refuse(renewal, reason="documents", note=note)
    assert reply.status_code == 200, reply.content
    assert state_of(renewal) == "rejected"
    page = employee.sign_in().get("status", renewal.number).content.decode()
    assert note in page
    assert "Documents are missing or wrong" in page
    assert employee.holder.open().pk != renewal.pk


# --- what is typed or chosen --------------------------------------------------------------


def test_nothing_chosen_is_told(head: Colleague, renewal: Renewal) -> None:
    for name in ("approve", "refuse"):
        page = head.post(name)
        assert page.status_code == 400
        assert "Choose at least one application." in page.content.decode()
        assert renewal.number in page.content.decode()


def test_numbers_that_do_not_exist_are_left_out(head: Colleague, renewal: Renewal) -> None:
    numbers = [renewal.number, *(f"2026-{n:08d}" for n in range(MOST + 5))]
    statement = head.read(head.post("approve", number=numbers))
    assert [entry[1] for entry in statement.terms["entries"]] == [renewal.number]
    assert head.post("approve", number=["2026-1", "x" * 5000, "2026-00000000"]).status_code == 400


def test_a_refusal_needs_its_reason_and_keeps_the_note(head: Colleague, renewal: Renewal) -> None:
    fields = {"number": renewal.number, "reason_asked": "1", "note": "дела"}
    page = head.post("refuse", **fields)
    assert page.status_code == 400
    assert "Choose the reason." in page.content.decode()
    assert "дела</textarea>" in page.content.decode()
    page = head.post("refuse", number=renewal.number, reason_asked="1", reason="other", note=" ")
    assert page.status_code == 400
    assert "Write the reason" in page.content.decode()
    page = head.post(
        "refuse", number=renewal.number, reason_asked="1", reason="other", note="д" * 401
    )
    assert page.status_code == 400
    assert "400 characters at most, now there are 401" in page.content.decode()
    assert not Statement.objects.filter(purpose="rejection").exists()


@pytest.mark.parametrize("name", ["approve", "refuse"])
def test_an_address_that_is_posted_to_leads_to_the_queue_when_opened(
    head: Colleague, name: str
) -> None:
    assert head.get(name)["Location"] == reverse("approvals")


# --- who may not --------------------------------------------------------------------------


def test_a_head_of_another_organisation_finds_nothing(
    authority: Authority, renewal: Renewal
) -> None:
    other = hire(authority, HEAD, Role.HEAD, organisation=OTHER_ORGANISATION).sign_in()
    assert renewal.number not in other.get("approvals").content.decode()
    assert other.get("approval", renewal.number).status_code == 404
    assert other.post("approve", number=renewal.number).status_code == 404
    assert refusals().count("approval.other_organisation") == 2
    assert state_of(renewal) == "awaiting_approval"


def test_an_individual_finds_no_such_page(authority: Authority, renewal: Renewal) -> None:
    person = Colleague(enrol_holder(authority, iin=HEAD)).sign_in()
    for name, args in (("approvals", ()), ("approval", (renewal.number,))):
        assert person.get(name, *args).status_code == 404
    for name in ("approve", "refuse"):
        assert person.post(name, number=renewal.number).status_code == 404


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.SIGNING_RIGHT, Role.FINANCIAL_RIGHT])
def test_a_colleague_without_the_right_reads_why(
    authority: Authority, renewal: Renewal, role: Role
) -> None:
    colleague = hire(authority, STRANGER, role).sign_in()
    page = colleague.get("approvals")
    assert page.status_code == 403
    assert "gives no right to approve" in page.content.decode()
    assert colleague.get("approval", renewal.number).status_code == 403
    assert colleague.post("approve", number=renewal.number).status_code == 403
    assert "Waiting for you" not in colleague.get("my").content.decode()
    assert set(refusals()) == {"approval.no_right"}


def test_a_former_head_reads_who_is_the_head(authority: Authority, renewal: Renewal) -> None:
    former = hire(authority, HEAD, Role.HEAD, days_left=timedelta(days=100)).sign_in()
    hire(authority, STRANGER, Role.HEAD, days_left=timedelta(days=300))
    page = former.get("approvals")
    assert page.status_code == 403
    assert "a newer one names another" in page.content.decode()
    assert former.post("approve", number=renewal.number).status_code == 403


def test_nobody_approves_his_own_by_another_certificate(
    authority: Authority, renewal: Renewal
) -> None:
    himself = hire(authority, EMPLOYEE, Role.HR).sign_in()
    assert renewal.number not in himself.get("approvals").content.decode()
    assert himself.get("approval", renewal.number).status_code == 404
    assert himself.post("approve", number=renewal.number).status_code == 403
    assert refusals() == ["approval.own", "approval.own"]
    assert state_of(renewal) == "awaiting_approval"


def test_a_statement_is_for_who_had_it_drawn(
    head: Colleague, authority: Authority, renewal: Renewal
) -> None:
    statement = head.read(head.post("approve", number=renewal.number))
    hr = hire(authority, HR, Role.HR).sign_in()
    assert hr.get("sign", statement.pk).status_code == 404
    assert hr.get("signed", statement.pk).status_code == 404
    assert hr.sign(statement).status_code == 404
    assert state_of(renewal) == "awaiting_approval"


def test_somebody_elses_key_is_told_beside_the_file(
    head: Colleague, authority: Authority, renewal: Renewal
) -> None:
    statement = head.read(head.post("approve", number=renewal.number))
    hr = hire(authority, HR, Role.HR)
    cms = hr.holder.sign(statement)
    reply = head.ask("sign", statement.pk, statement=statement.pk, cms=as_base64(cms))
    assert (reply.status_code, reply.json()["code"]) == (400, "statement.signer")
    assert reply.json()["field"] == "file"


def test_a_key_for_signing_in_does_not_approve(authority: Authority, renewal: Renewal) -> None:
    head = hire(authority, HEAD, Role.HEAD, purposes=(Purpose.AUTH, Purpose.SIGN)).sign_in()
    statement = head.read(head.post("approve", number=renewal.number))
    reply = head.sign(statement, Purpose.AUTH)
    assert (reply.status_code, reply.json()["code"]) == (400, "certificate.key_usage")
    assert head.sign(statement).status_code == 200
    assert state_of(renewal) == "approved"


# --- the same thing twice -----------------------------------------------------------------


def test_the_slower_of_two_approvers_reads_who_was_faster(
    head: Colleague, authority: Authority, renewal: Renewal
) -> None:
    hr = hire(authority, HR, Role.HR).sign_in()
    mine = head.read(head.post("approve", number=renewal.number))
    theirs = hr.read(hr.post("refuse", number=renewal.number, reason_asked=1, reason="not_ours"))
    assert head.sign(mine).status_code == 200
    reply = hr.sign(theirs)
    assert (reply.status_code, reply.json()["code"]) == (409, "approval.decided")
    assert "СЕЙТҚАЛИ АЙГҮЛ" in reply.json()["message"]
    assert state_of(renewal) == "approved"
    page = hr.post("approve", number=renewal.number)
    assert page.status_code == 409
    assert "has been decided already" in page.content.decode()


def test_signing_again_changes_nothing(head: Colleague, renewal: Renewal) -> None:
    statement = head.read(head.post("approve", number=renewal.number))
    first, again = head.sign(statement), head.sign(statement)
    assert first.json() == again.json()
    assert Event.objects.filter(kind="renewal.approved").count() == 1
    assert head.get("sign", statement.pk)["Location"] == reverse("signed", args=[statement.pk])


def test_a_text_drawn_long_ago_leads_back(head: Colleague, renewal: Renewal) -> None:
    statement = head.read(head.post("approve", number=renewal.number))
    Statement.objects.filter(pk=statement.pk).update(expires_at=timezone.now())
    assert head.sign(statement).json()["code"] == "statement.expired"
    page = head.client.get(reverse("sign", args=[statement.pk]), follow=True, secure=True)
    assert page.redirect_chain[-1][0] == reverse("approvals")
    assert "given out too long ago" in page.content.decode()


def test_a_statement_for_another_list_is_not_taken(
    head: Colleague, authority: Authority, renewal: Renewal
) -> None:
    other = hire(authority, STRANGER, Role.EMPLOYEE).holder.submit()
    mine = head.read(head.post("approve", number=renewal.number))
    theirs = head.read(head.post("approve", number=other.number))
    cms = as_base64(head.holder.sign(mine))
    replay = head.ask("sign", theirs.pk, statement=theirs.pk, cms=cms)
    assert replay.json()["code"] == "cms.content"
    swapped = head.ask("sign", theirs.pk, statement=mine.pk, cms=cms)
    assert swapped.json()["code"] == "statement.unknown"
    assert {state_of(renewal), state_of(other)} == {"awaiting_approval"}


# --- the header ---------------------------------------------------------------------------


def test_the_header_counts_what_waits(head: Colleague, renewal: Renewal) -> None:
    page = head.get("my").content.decode()
    assert "Waiting for you" in page
    assert '<span class="count" aria-hidden="true">1</span>' in page
    head.approve(renewal)
    assert 'class="count"' not in head.get("my").content.decode()
