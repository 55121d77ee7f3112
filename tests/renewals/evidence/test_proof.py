"""What a container says: who asked, who agreed, by what right, and what became of it."""

import hashlib
from datetime import timedelta

import pytest

from pki.certificate import Role
from pki.models import Revocation, ServiceCertificate
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Right
from renewals.services import issuing, powers, revoking
from renewals.services.ending import withdraw
from renewals.statement import StatementPurpose
from tests.renewals.evidence.containers import Kept, judge, keep, now
from tests.renewals.firm import OPERATOR, Firm, store_paper
from tests.renewals.people import NOW, TODAY, Holder

pytestmark = pytest.mark.django_db


def test_an_individuals_container_says_who_asked_for_what(own: Kept, pair: Holder) -> None:
    report = judge(own.data)
    assert (report.number, report.state) == (own.renewal.number, "issued")
    assert (report.holder, report.iin) == ("СЕЙТҚАЛИ АЙГҮЛ МАРАТҚЫЗЫ", "0102 •••• 0005")
    (signature,) = report.signatures
    assert signature is report.applicant
    assert signature.purpose is StatementPurpose.APPLICATION
    assert (signature.name, signature.iin) == (report.holder, report.iin)
    assert (signature.verified_at, signature.was_valid) == (NOW, True)
    assert (signature.status.source, signature.status.revoked_at) == ("ocsp", None)
    assert (report.decision, report.decider) == (None, None)
    assert [one.purpose for one in report.issued] == ["AUTH", "SIGN"]
    issued = set(own.renewal.requests.values_list("certificate__serial_hex", flat=True))
    assert {one.serial_hex for one in report.issued} == issued
    assert report.application_sha256 == hashlib.sha256(own.files["statement.txt"]).hexdigest()
    assert [event.kind for event in report.events][-1] == "renewal.issued"
    assert report.seal.serial_hex == ServiceCertificate.objects.get(kind="seal").serial_hex


def test_an_approved_ones_says_who_agreed_by_what_right(approved: Kept, head: Holder) -> None:
    report = judge(approved.data)
    applicant, approver = report.signatures
    assert approver is report.decider
    assert approver.purpose is StatementPurpose.APPROVAL
    assert approver.name == head.actor.name
    assert "head" in approver.roles
    assert (approver.bin, approver.bin) == (applicant.bin, approved.renewal.bin)
    assert report.decision is not None
    assert (report.decision.is_approval, report.decision.right) == (True, "head")
    assert report.decision.decided_at == NOW
    assert len(report.issued) == 1
    # One signature over a list: all of it is here, also the numbers of the others.
    assert approved.files["approval.txt"].decode().count("№ 20") == 3


def test_a_refused_ones_says_who_refused_and_why(refused: Kept) -> None:
    report = judge(refused.data)
    assert (report.state, report.issued) == ("rejected", ())
    assert report.decision is not None
    assert (report.decision.is_approval, report.decision.reason) == (False, "other")
    assert report.decision.note == "Уволен № 1, 2"
    assert report.signatures[1].purpose is StatementPurpose.REJECTION
    assert {"refusal.txt", "refusal.p7s"} <= refused.files.keys()


def test_a_delegated_ones_carries_the_heads_own_signature(
    delegated: Kept, deputy: Holder, head: Holder
) -> None:
    report = judge(delegated.data)
    names = [signature.name for signature in report.signatures]
    assert names == [delegated.renewal.holder_name, deputy.actor.name, head.actor.name]
    assert report.signatures[2].purpose is StatementPurpose.DELEGATION
    assert report.decision is not None
    assert (report.decision.right, report.decision.giver) == ("delegation", head.actor.name)
    assert report.decision.ends_on == (TODAY + timedelta(days=30)).isoformat()


def test_a_power_of_attorney_is_named_as_the_right(firm: Firm) -> None:
    other = firm.hire(Role.EMPLOYEE)
    mandate = powers.file_power(
        actor=other.actor, starts_on=TODAY, ends_on=TODAY + timedelta(days=9), now=NOW
    )
    store_paper(mandate)
    powers.confirm(actor=OPERATOR, mandate=mandate, now=NOW)
    (renewal,) = firm.applications(1)
    other.approve(renewal)
    report = judge(keep(renewal).data)
    assert report.decision is not None
    assert report.decision.right == Right.POWER_OF_ATTORNEY.value
    assert len(report.signatures) == 2


def test_it_is_made_once_and_says_what_was_then(holder: Holder) -> None:
    renewal = holder.submit()
    kept = keep(renewal)
    withdraw(actor=holder.actor, renewal=renewal, now=now())
    assert judge(keep(renewal).data).state == "issued"
    assert keep(renewal).data == kept.data


def test_the_holders_certificate_that_was_revoked_later_was_valid_then(
    holder: Holder,
) -> None:
    renewal = holder.submit()
    moment = now()
    issuing.issue_due(now=moment, linted=False)
    revoking.revoke(
        holder.certificates.values(), reason=Reason.SUPERSEDED, actor=WORKER, now=moment
    )
    report = judge(keep(renewal).data)
    assert report.applicant.was_valid
    assert report.applicant.status.reason is Reason.SUPERSEDED
    assert report.applicant.status.revoked_at == moment.replace(microsecond=0)


def test_a_certificate_that_was_revoked_before_is_said_to_have_been(holder: Holder) -> None:
    renewal = holder.submit()
    issuing.issue_due(now=now(), linted=False)
    # As a list of somebody else's may say it: from a day before it was published.
    for certificate in holder.certificates.values():
        Revocation.objects.create(
            authority=certificate.authority,
            serial_hex=certificate.serial_hex,
            revoked_at=NOW - timedelta(days=1),
            reason=Reason.KEY_COMPROMISE.value,
        )
    report = judge(keep(renewal).data)
    assert not report.applicant.was_valid
    assert report.applicant.status.revoked_at == NOW - timedelta(days=1)
