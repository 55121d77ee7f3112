"""What must never be false is refused by the database, written past the services or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from renewals.models import Decision, Document, Mandate, Renewal, Signature
from tests.renewals.firm import DAY, Firm, store_paper
from tests.renewals.people import NOW, TODAY, Holder, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@contextmanager
def refused(name: str) -> Iterator[None]:
    """By this rule, and no other."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        yield


# --- decisions ------------------------------------------------------------------------------


def decision(renewal: Renewal, signature: Signature, **changes: object) -> Decision:
    """One that holds, but for `changes`."""
    values = {
        "renewal": renewal,
        "verdict": "approve",
        "holder_iin": renewal.holder_iin,
        "approver_iin": iin_of(1),
        "approver_name": "АХМЕТОВ ЕРЛАН",
        "right": "head",
        "signature": signature,
        "application_sha256": "0" * 64,
        "decided_at": NOW,
        **changes,
    }
    return Decision(**values)


@pytest.fixture
def signature(renewal: Renewal) -> Signature:
    return Signature.objects.get()


def test_a_decision_that_holds_is_taken(renewal: Renewal, signature: Signature) -> None:
    decision(renewal, signature).save()


def test_one_decision_for_each_application(renewal: Renewal, signature: Signature) -> None:
    decision(renewal, signature).save()
    with refused("renewal_id"):
        decision(renewal, signature, approver_iin=iin_of(2), right="hr").save()


def test_no_decision_by_the_applicant(renewal: Renewal, signature: Signature) -> None:
    with refused("decision_not_by_the_applicant"):
        decision(renewal, signature, approver_iin=renewal.holder_iin).save()
    decision(renewal, signature).save()
    with refused("decision_not_by_the_applicant"):
        Decision.objects.update(approver_iin=renewal.holder_iin)


def test_no_refusal_without_a_reason(renewal: Renewal, signature: Signature) -> None:
    with refused("decision_refusal_reason"):
        decision(renewal, signature, verdict="reject").save()
    decision(renewal, signature, verdict="reject", reason="other").save()


@pytest.mark.parametrize(("field", "rule"), [("verdict", "verdict"), ("right", "right")])
def test_no_unknown_word_in_a_decision(
    renewal: Renewal, signature: Signature, field: str, rule: str
) -> None:
    with refused(f"decision_({rule}_known|mandate_iff_needed)"):
        decision(renewal, signature, **{field: "boss"}).save()


@pytest.mark.parametrize("right", ["delegation", "power_of_attorney"])
def test_no_decision_by_a_mandate_without_one(
    renewal: Renewal, signature: Signature, right: str
) -> None:
    with refused("decision_mandate_iff_needed"):
        decision(renewal, signature, right=right).save()


@pytest.mark.parametrize("right", ["head", "hr"])
def test_no_mandate_where_none_is_needed(
    firm: Firm, deputy: Holder, renewal: Renewal, signature: Signature, right: str
) -> None:
    mandate = firm.head.delegate(deputy)
    with refused("decision_mandate_iff_needed"):
        decision(renewal, signature, right=right, mandate=mandate).save()


# --- mandates -------------------------------------------------------------------------------


def mandate(**changes: object) -> Mandate:
    """A power of attorney that holds, but for `changes`."""
    values = {
        "bin": "260140000005",
        "organisation": "ТОО",
        "kind": "power_of_attorney",
        "holder_iin": iin_of(3),
        "holder_name": "ИБРАЕВ АЛМАС",
        "starts_on": TODAY,
        "ends_on": TODAY,
        "created_at": NOW,
        **changes,
    }
    return Mandate(**values)


def test_a_mandate_that_holds_is_taken(signature: Signature) -> None:
    mandate().save()
    mandate(confirmed_at=NOW, ended_at=NOW).save()
    mandate(refused_at=NOW, reason="no stamp").save()
    mandate(kind="delegation", signature=signature, confirmed_at=NOW, giver_iin=iin_of(1)).save()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("mandate_kind_known", {"kind": "friendship"}),
        ("mandate_days_in_order", {"ends_on": TODAY - DAY}),
        ("mandate_delegation_signed", {"kind": "delegation", "confirmed_at": NOW}),
        ("mandate_delegation_signed", {"kind": "delegation"}),
        ("mandate_one_outcome", {"confirmed_at": NOW, "refused_at": NOW, "reason": "no"}),
        ("mandate_refusal_reason", {"refused_at": NOW}),
        ("mandate_of_an_organisation", {"bin": ""}),
        ("mandate_not_to_oneself", {"giver_iin": iin_of(3)}),
    ],
)
def test_no_mandate_against_the_rules(rule: str, changes: dict[str, object]) -> None:
    with refused(rule):
        mandate(**changes).save()


def test_no_delegation_that_nobody_confirmed(signature: Signature) -> None:
    with refused("mandate_delegation_signed"):
        mandate(kind="delegation", signature=signature, giver_iin=iin_of(1)).save()


# --- applications ---------------------------------------------------------------------------


def test_none_waits_for_an_approver_without_an_organisation(holder: Holder) -> None:
    renewal = holder.open()
    with refused("renewal_approval_needs_organisation"):
        Renewal.objects.filter(pk=renewal.pk).update(state="awaiting_approval")


def test_none_that_waits_loses_its_organisation(renewal: Renewal) -> None:
    with refused("renewal_approval_needs_organisation"):
        Renewal.objects.filter(pk=renewal.pk).update(bin="")


def test_none_is_rejected_without_a_reason(renewal: Renewal) -> None:
    with refused("renewal_refusal_reason"):
        Renewal.objects.filter(pk=renewal.pk).update(state="rejected")


@pytest.mark.parametrize("state", ["draft", "awaiting_approval", "approved", "rejected", "failed"])
def test_none_has_a_certificate_before_its_time(renewal: Renewal, state: str) -> None:
    with refused("renewal_issued_iff_certificate"):
        Renewal.objects.filter(pk=renewal.pk).update(state=state, issued_at=NOW, reason="x")


@pytest.mark.parametrize("state", ["issued", "installed"])
def test_none_is_issued_without_a_certificate(renewal: Renewal, state: str) -> None:
    with refused("renewal_issued_iff_certificate"):
        Renewal.objects.filter(pk=renewal.pk).update(state=state)


def test_what_was_cancelled_may_have_had_a_certificate(renewal: Renewal) -> None:
    Renewal.objects.filter(pk=renewal.pk).update(state="lapsed", issued_at=NOW)


# --- documents ------------------------------------------------------------------------------

Change = Callable[[Renewal, Mandate], dict[str, object]]


@pytest.mark.parametrize(
    "change",
    [
        lambda renewal, _mandate: {"renewal": renewal},
        lambda _renewal, _mandate: {"mandate": None},
    ],
    ids=["of two things", "of nothing"],
)
def test_a_document_is_of_one_thing(renewal: Renewal, change: Change) -> None:
    given = mandate()
    given.save()
    store_paper(given)
    with refused("document_of_one_thing"):
        Document.objects.update(**change(renewal, given))


def test_no_unknown_kind_of_document() -> None:
    given = mandate()
    given.save()
    store_paper(given)
    with refused("document_kind_known"):
        Document.objects.update(kind="passport")


def test_what_is_pointed_at_is_not_deleted(head: Holder, renewal: Renewal) -> None:
    """Ten years later everything that proves a decision is still there."""
    head.approve(renewal)
    for row in (renewal, Signature.objects.latest("id"), renewal.statements.get()):
        with pytest.raises(ProtectedError):
            row.delete()
