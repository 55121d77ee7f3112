"""What is posted to decide, and by whom: another key, another moment. All refused."""

import base64
from datetime import datetime, time, timedelta

import pytest

from pki.certificate import Purpose, Role
from pki.errors import (
    ExpiredError,
    KeyUsageError,
    RevokedError,
    UnknownIssuerError,
)
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.errors import (
    FormerHeadError,
    MandateEndedError,
    MandateTakenError,
    NoRightError,
    SignerError,
)
from renewals.models import Decision, Renewal
from renewals.services import revoking
from tests.cabinet.people import SIGN, Issuer
from tests.renewals.firm import DAY, NEWER, assert_waiting, refusals
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


# --- another key ----------------------------------------------------------------------------


def test_a_key_for_signing_in_does_not_approve(authority: Authority, renewal: Renewal) -> None:
    head = enrol_employee(
        authority, Role.HEAD, iin=iin_of(1), purposes=(Purpose.AUTH, Purpose.SIGN)
    )
    statement = head.state(renewal)
    with pytest.raises(KeyUsageError):
        head.decide(statement, head.sign(statement, Purpose.AUTH))
    assert refusals() == ["certificate.key_usage"]
    assert_waiting(renewal)
    head.decide(statement)


def test_his_key_of_another_organisation_does_not_approve(
    authority: Authority, head: Holder, renewal: Renewal
) -> None:
    elsewhere = enrol_employee(authority, Role.HEAD, iin=head.iin, organisation=OTHER_ORGANISATION)
    statement = head.state(renewal)
    with pytest.raises(SignerError):
        head.decide(statement, elsewhere.sign(statement))
    with pytest.raises(SignerError):
        head.decide(statement, enrol_holder(authority, iin=head.iin).sign(statement))
    with pytest.raises(SignerError):
        head.decide(statement, enrol_employee(authority, Role.HR, iin=iin_of(42)).sign(statement))
    assert refusals() == ["statement.signer"] * 3
    assert_waiting(renewal)


def test_his_key_without_the_right_does_not_approve(
    authority: Authority, head: Holder, renewal: Renewal
) -> None:
    """Rights are read from the certificate that signs, not from the one signed in with."""
    as_employee = enrol_employee(authority, Role.EMPLOYEE, iin=head.iin)
    statement = head.state(renewal)
    with pytest.raises(NoRightError):
        head.decide(statement, as_employee.sign(statement))
    assert refusals() == ["approval.no_right"]
    assert_waiting(renewal)


def test_a_revoked_key_does_not_approve(head: Holder, renewal: Renewal) -> None:
    statement = head.state(renewal)
    revoking.revoke(head.certificates.values(), reason=Reason.KEY_COMPROMISE, actor=WORKER, now=NOW)
    with pytest.raises(RevokedError):
        head.decide(statement)
    assert refusals() == ["certificate.revoked"]
    assert_waiting(renewal)


def test_an_expired_key_does_not_approve(authority: Authority, renewal: Renewal) -> None:
    head = enrol_employee(authority, Role.HEAD, iin=iin_of(1), days_left=DAY)
    later = NOW + DAY + timedelta(minutes=1)
    statement = head.state(renewal, now=later)
    with pytest.raises(ExpiredError):
        head.decide(statement, now=later)
    assert refusals() == ["certificate.expired"]
    assert_waiting(renewal)


def test_a_key_of_an_authority_that_nobody_trusts_does_not_approve(
    head: Holder, renewal: Renewal
) -> None:
    statement = head.state(renewal)
    forged = Issuer("rogue", pinned=False).issue("АХМЕТОВ ЕРЛАН", iin=head.iin, usages=SIGN)
    with pytest.raises(UnknownIssuerError):
        head.decide(statement, base64.b64decode(forged.sign(statement.text)))
    assert_waiting(renewal)


# --- another moment -------------------------------------------------------------------------


def test_a_head_who_was_followed_decides_no_more(
    authority: Authority, head: Holder, renewal: Renewal
) -> None:
    statement = head.state(renewal)
    enrol_employee(
        authority, Role.HEAD, iin=iin_of(60), days_left=NEWER, name=("ЖАҢА", "БАСШЫ", "")
    )
    with pytest.raises(FormerHeadError) as refused:
        head.decide(statement)
    assert refused.value.facts == {"name": "ЖАҢА БАСШЫ"}
    assert refusals() == ["approval.former_head"]
    assert_waiting(renewal)


def test_a_delegate_decides_by_his_delegation(
    head: Holder, deputy: Holder, renewal: Renewal
) -> None:
    mandate = head.delegate(deputy)
    statement = deputy.state(renewal)
    assert "АХМЕТОВ ЕРЛАН" in statement.text
    deputy.decide(statement)
    decision = Decision.objects.get()
    assert (decision.right, decision.mandate) == ("delegation", mandate)


def test_a_delegate_whose_right_was_taken_back_decides_no_more(
    head: Holder, deputy: Holder, renewal: Renewal
) -> None:
    mandate = head.delegate(deputy)
    statement = deputy.state(renewal)
    head.end(mandate)
    with pytest.raises(MandateTakenError):
        deputy.decide(statement)
    assert refusals() == ["approval.mandate_taken"]
    assert_waiting(renewal)


def test_a_delegate_whose_head_was_followed_decides_no_more(
    authority: Authority, head: Holder, deputy: Holder, renewal: Renewal
) -> None:
    head.delegate(deputy)
    statement = deputy.state(renewal)
    enrol_employee(authority, Role.HEAD, iin=iin_of(60), days_left=NEWER)
    with pytest.raises(MandateTakenError):
        deputy.decide(statement)
    assert_waiting(renewal)


def test_a_delegate_whose_days_are_over_decides_no_more(
    head: Holder, deputy: Holder, renewal: Renewal
) -> None:
    """The page was opened before midnight and signed after it."""
    head.delegate(deputy, ends_on=TODAY)
    before = datetime.combine(TODAY, time(23, 59, 59), ALMATY)
    statement = deputy.state(renewal, now=before)
    with pytest.raises(MandateEndedError):
        deputy.decide(statement, now=before + timedelta(seconds=1))
    assert_waiting(renewal)
    deputy.decide(statement, now=before)


def test_the_one_who_was_dismissed_decides_no_more(
    head: Holder, hr: Holder, renewal: Renewal
) -> None:
    statement = hr.state(renewal)
    head.dismiss(hr)
    with pytest.raises(RevokedError):
        hr.decide(statement)
    assert_waiting(renewal)
