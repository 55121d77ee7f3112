"""What the form takes from an application's rows, for every kind of application and outcome."""

import hashlib
from datetime import timedelta

import pytest
from django.conf import settings

from pki.certificate import Purpose, Role
from renewals.actor import Actor, ActorKind
from renewals.errors import IncompleteError
from renewals.form.facts import FormFacts
from renewals.form.gather import facts_of
from renewals.form.pdf import write_form
from renewals.machine import State
from renewals.models import Document, Renewal, Signature, Verdict
from renewals.services import ending, issuing, powers
from tests.renewals.firm import OPERATOR, Firm, store_paper
from tests.renewals.people import NOW, ORGANISATION, TODAY, Holder
from tests.renewals.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]
HOUR = timedelta(hours=1)


def fresh(renewal: Renewal) -> FormFacts:
    return facts_of(Renewal.objects.get(pk=renewal.pk))


def add_document(renewal: Renewal, name: str, *, is_stored: bool = True) -> Document:
    return Document.objects.create(
        renewal=renewal,
        kind="identity_card",
        name=name,
        media_type="application/pdf",
        size=1000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        storage_name=f"{renewal.number}-{name}",
        sender_iin=renewal.holder_iin,
        created_at=NOW,
        stored_at=NOW + HOUR if is_stored else None,
    )


def test_an_individuals_application_with_the_digests_of_what_was_signed(holder: Holder) -> None:
    renewal = holder.submit()
    facts = fresh(renewal)
    assert (facts.number, facts.state) == (renewal.number, State.APPROVED)
    assert (facts.submitted_at, facts.as_of) == (NOW, NOW)
    assert facts.holder == "СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ"
    assert facts.holder_identifier == "0102 •••• 0005"
    assert (facts.organisation, facts.bin, facts.role) == ("", "", "")
    assert facts.storage == "file"
    assert facts.verify_address == f"{settings.PORTAL_URL}/verify/?number={renewal.number}"
    assert (facts.decision, facts.refusal, facts.documents) == (None, "", ())
    row = Signature.objects.get(statement__renewal=renewal)
    assert facts.signature.signer == facts.holder
    assert facts.signature.content_sha256 == (
        hashlib.sha256(row.statement.text.encode()).hexdigest()
    )
    assert facts.signature.cms_sha256 == hashlib.sha256(bytes(row.cms_der)).hexdigest()


def test_each_certificate_of_a_pair_with_its_request(pair: Holder) -> None:
    renewal = pair.submit()
    facts = fresh(renewal)
    assert [row.purpose for row in facts.certificates] == ["AUTH", "SIGN"]
    for row in facts.certificates:
        old = pair.certificates[Purpose(row.purpose)]
        request = renewal.requests.get(purpose=row.purpose)
        assert row.serial_hex == old.serial_hex
        assert row.issuer == old.facts.issuer_common_name
        assert (row.not_before, row.not_after) == (old.not_before, old.not_after)
        assert row.new_key == "P-256"
        assert row.request_sha256 == hashlib.sha256(bytes(request.csr_der)).hexdigest()
        assert row.issued is None


def test_the_new_certificate_once_it_is_issued(holder: Holder) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=NOW + HOUR)
    facts = fresh(renewal)
    assert (facts.state, facts.as_of) == (State.ISSUED, NOW + HOUR)
    (row,) = facts.certificates
    new = renewal.requests.select_related("certificate").get().certificate
    assert new
    assert row.issued
    assert (row.issued.serial_hex, row.issued.not_after) == (new.serial_hex, new.not_after)


def test_an_employees_application_with_the_organisation_and_the_role(renewal: Renewal) -> None:
    facts = fresh(renewal)
    assert facts.state is State.AWAITING_APPROVAL
    assert (facts.organisation, facts.bin) == ORGANISATION
    assert facts.role == "employee"
    assert facts.decision is None


def test_documents_that_have_arrived_and_the_moment_of_the_last(renewal: Renewal) -> None:
    add_document(renewal, "жеке куәлік.pdf")
    add_document(renewal, "half.pdf", is_stored=False)
    facts = fresh(renewal)
    (document,) = facts.documents
    assert (document.kind, document.name) == ("identity_card", "жеке куәлік.pdf")
    assert document.sha256 == hashlib.sha256("жеке куәлік.pdf".encode()).hexdigest()
    assert facts.as_of == NOW + HOUR


def test_the_heads_approval_with_the_digests_of_the_list_he_signed(
    head: Holder, renewal: Renewal
) -> None:
    head.approve(renewal, now=NOW + HOUR)
    facts = fresh(renewal)
    decision = facts.decision
    assert decision
    assert decision.is_approval
    assert (decision.approver, decision.right) == ("АХМЕТОВ ЕРЛАН", "head")
    assert (decision.decided_at, facts.as_of) == (NOW + HOUR, NOW + HOUR)
    row = Signature.objects.get(statement__purpose="approval")
    assert decision.signature.cms_sha256 == hashlib.sha256(bytes(row.cms_der)).hexdigest()
    listed = hashlib.sha256(row.statement.text.encode()).hexdigest()
    assert decision.signature.content_sha256 == listed


def test_by_whom_and_until_when_a_right_was_given(
    head: Holder, deputy: Holder, renewal: Renewal
) -> None:
    mandate = head.delegate(deputy)
    deputy.approve(renewal)
    decision = fresh(renewal).decision
    assert decision
    assert (decision.right, decision.giver) == ("delegation", "АХМЕТОВ ЕРЛАН")
    assert decision.ends_on == mandate.ends_on


def test_a_power_of_attorney_has_no_giver_of_ours(firm: Firm, renewal: Renewal) -> None:
    trustee = firm.hire(Role.EMPLOYEE)
    mandate = powers.file_power(
        actor=trustee.actor, starts_on=TODAY, ends_on=TODAY + timedelta(days=5), now=NOW
    )
    store_paper(mandate)
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    trustee.approve(renewal)
    decision = fresh(renewal).decision
    assert decision
    assert (decision.right, decision.giver) == ("power_of_attorney", "")
    assert decision.ends_on == TODAY + timedelta(days=5)


def test_a_refusal_with_its_reason_and_note(head: Holder, renewal: Renewal) -> None:
    words = {"verdict": Verdict.REJECT, "reason": "documents", "note": "Бұйрық жоқ"}
    statement = head.state(renewal, **words)  # type: ignore[arg-type]
    head.decide(statement, verdict=Verdict.REJECT)
    facts = fresh(renewal)
    assert facts.decision
    assert not facts.decision.is_approval
    assert (facts.decision.reason, facts.decision.note) == ("documents", "Бұйрық жоқ")
    # The reason stands once, in the organisation's decision.
    assert (facts.state, facts.refusal) == (State.REJECTED, "")


def test_an_operators_refusal_in_his_own_words(holder: Holder) -> None:
    renewal = holder.submit()
    Renewal.objects.filter(pk=renewal.pk).update(state="failed", reason="issuing.attempts")
    renewal.refresh_from_db()
    assert fresh(renewal).refusal == ""
    operator = Actor(kind=ActorKind.OPERATOR, iin=OPERATOR.iin)
    ending.reject(actor=operator, renewal=renewal, reason="Дұрыс емес", now=NOW + HOUR)
    facts = fresh(renewal)
    assert (facts.state, facts.refusal) == (State.REJECTED, "Дұрыс емес")
    assert "Дұрыс емес" in text_of(write_form(facts))


def test_what_was_taken_back_stays_readable(employee: Holder, renewal: Renewal) -> None:
    ending.withdraw(actor=employee.actor, renewal=renewal, now=NOW + HOUR)
    facts = fresh(renewal)
    assert (facts.state, facts.as_of) == (State.WITHDRAWN, NOW + HOUR)


def test_before_it_is_submitted_there_is_no_form(holder: Holder) -> None:
    renewal = holder.open()
    with pytest.raises(IncompleteError):
        facts_of(renewal)
    holder.prepare(renewal)
    with pytest.raises(IncompleteError):
        facts_of(renewal)


def test_the_same_rows_make_the_same_bytes(head: Holder, renewal: Renewal) -> None:
    add_document(renewal, "a.pdf")
    head.approve(renewal)
    assert write_form(fresh(renewal)) == write_form(fresh(renewal))


def test_it_takes_few_questions(
    head: Holder, renewal: Renewal, django_assert_max_num_queries: object
) -> None:
    add_document(renewal, "a.pdf")
    head.approve(renewal)
    row = Renewal.objects.select_related("certificate").get(pk=renewal.pk)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        facts_of(row)
