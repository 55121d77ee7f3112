"""From approved to issued: claims, leases, plans, and everything that may go wrong between."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from pki.certificate import Purpose, parse_certificate
from pki.errors import NotPlannedError
from pki.issuer.sign import sign
from pki.models import Authority, Certificate, PlannedCertificate, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER, Actor, ActorKind
from renewals.errors import MoveRefusedError, NotOperatorError, ReasonError
from renewals.models import Event, Renewal
from renewals.services import claiming, ending, issuing, keyring, revoking
from renewals.services.authority import choosing
from tests.renewals.people import NOW, Holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]
OPERATOR = Actor(kind=ActorKind.OPERATOR, iin="040506600027", name="operator")
AFTER_LEASE = NOW + settings.ISSUE_LEASE + timedelta(seconds=1)


def live(holder: Holder) -> list[Certificate]:
    """Certificates beyond those the person had, not revoked."""
    old = [row.pk for row in holder.certificates.values()]
    return list(Certificate.objects.for_iin(holder.iin).unrevoked().exclude(pk__in=old))


def test_it_issues_an_approved_application(holder: Holder) -> None:
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    assert (renewal.state, renewal.issued_at) == ("issued", NOW)
    (certificate,) = live(holder)
    old = holder.certificates[Purpose.COMBINED].facts
    new = parse_certificate(bytes(certificate.der))
    assert new.subject.der == old.subject.der
    assert (new.purpose, new.roles, new.storage) == (old.purpose, old.roles, old.storage)
    assert new.spki_sha256 == renewal.requests.get().spki_sha256


def test_it_issues_a_pair_in_one_application(pair: Holder) -> None:
    renewal = pair.submit()
    assert issuing.issue_due(now=NOW) == 1
    rows = renewal.requests.select_related("certificate")
    assert {row.certificate.purpose for row in rows if row.certificate} == {"AUTH", "SIGN"}


def test_it_issues_many_in_one_batch(authority: object, holder: Holder, stranger: Holder) -> None:
    renewals = [one.submit() for one in (holder, stranger)]
    assert issuing.issue_due(now=NOW) == 2
    assert {Renewal.objects.get(pk=row.pk).state for row in renewals} == {"issued"}


def test_the_same_call_again_issues_nothing(holder: Holder) -> None:
    holder.submit()
    issuing.issue_due(now=NOW)
    assert issuing.issue_due(now=AFTER_LEASE) == 0
    assert len(live(holder)) == 1


def test_only_the_named_applications_are_issued(holder: Holder, stranger: Holder) -> None:
    wanted, other = holder.submit(), stranger.submit()
    assert issuing.issue_due(now=NOW, renewal_ids=[wanted.pk]) == 1
    other.refresh_from_db()
    assert other.state == "approved"


def test_a_certificate_suspended_after_submitting_stops_the_issue(holder: Holder) -> None:
    renewal = holder.submit()
    old = holder.certificates[Purpose.COMBINED]
    revoking.revoke([old], reason=Reason.CERTIFICATE_HOLD, actor=WORKER, now=NOW)
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("failed", "certificate.revoked")
    assert live(holder) == []
    assert PlannedCertificate.objects.filter(state="void").count() == 1


@pytest.mark.parametrize("reason", [Reason.KEY_COMPROMISE, Reason.SUPERSEDED])
def test_a_certificate_revoked_after_submitting_ends_the_application(
    holder: Holder, reason: Reason
) -> None:
    renewal = holder.submit()
    old = holder.certificates[Purpose.COMBINED]
    revoking.revoke([old], reason=reason, actor=WORKER, now=NOW)
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"
    assert issuing.issue_due(now=NOW) == 0
    assert live(holder) == []


def test_a_certificate_that_ended_after_submitting_stops_the_issue(holder: Holder) -> None:
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW + timedelta(days=13)) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("failed", "certificate.expired")


def test_a_claim_is_not_given_twice_before_its_lease_ends(holder: Holder) -> None:
    holder.submit()
    (first,) = claiming.claim(now=NOW)
    assert claiming.claim(now=NOW + settings.ISSUE_LEASE) == []
    (second,) = claiming.claim(now=AFTER_LEASE)
    assert second.token != first.token


def test_a_lost_claim_is_voided_and_taken_up_with_a_new_serial(holder: Holder) -> None:
    renewal = holder.submit()
    (lost,) = claiming.claim(now=NOW)
    serial = lost.jobs[0].planned.serial_hex
    assert issuing.issue_due(now=AFTER_LEASE) == 1
    (certificate,) = live(holder)
    assert certificate.serial_hex != serial
    assert Revocation.objects.filter(serial_hex=serial).exists()
    assert Event.objects.filter(kind="plan.voided", facts__serial=serial).exists()
    renewal.refresh_from_db()
    assert renewal.state == "issued"


def test_a_worker_that_lost_its_lease_cannot_store(holder: Holder) -> None:
    holder.submit()
    keys = keyring.held()
    assert keys is not None
    (slow,) = claiming.claim(now=NOW)
    assert issuing._check(slow, now=NOW, linted=False)
    assert issuing._sign(slow, keys, now=NOW)
    assert issuing.issue_due(now=AFTER_LEASE) == 1
    assert issuing._finish([slow], now=AFTER_LEASE) == 0
    assert len(live(holder)) == 1


def test_a_plan_is_signed_once(holder: Holder) -> None:
    holder.submit()
    keys = keyring.held()
    assert keys is not None
    (claim,) = claiming.claim(now=NOW)
    issuing._sign(claim, keys, now=NOW)
    plan = claim.jobs[0].plan
    assert plan is not None
    with pytest.raises(NotPlannedError):
        sign(plan, keys)


def test_five_attempts_without_an_outcome_are_a_failure(holder: Holder) -> None:
    renewal = holder.submit()
    for attempt in range(issuing.MAX_ATTEMPTS):
        now = NOW + attempt * (settings.ISSUE_LEASE + timedelta(seconds=1))
        assert len(claiming.claim(now=now)) == 1
    issuing.issue_due(now=NOW + timedelta(hours=1))
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("failed", "issuing.attempts")


def test_without_keys_applications_wait(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    renewal = holder.submit()
    monkeypatch.setattr(settings, "CA_PASSPHRASE", "")
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.attempts) == ("approved", 0)


def test_only_an_operator_retries_and_rejects(holder: Holder) -> None:
    renewal = holder.submit()
    Renewal.objects.filter(pk=renewal.pk).update(state="failed", reason="issuer.lint")
    renewal.refresh_from_db()
    with pytest.raises(NotOperatorError):
        ending.retry(actor=holder.actor, renewal=renewal, now=NOW)
    with pytest.raises(NotOperatorError):
        ending.reject(actor=holder.actor, renewal=renewal, reason="no", now=NOW)
    with pytest.raises(ReasonError):
        ending.reject(actor=OPERATOR, renewal=renewal, reason="  ", now=NOW)
    ending.retry(actor=OPERATOR, renewal=renewal, now=NOW)
    assert issuing.issue_due(now=NOW) == 1
    with pytest.raises(MoveRefusedError):
        ending.reject(actor=OPERATOR, renewal=renewal, reason="too late", now=NOW)


def test_an_insert_that_fails_costs_no_application(holder: Holder) -> None:
    """A trigger refuses the certificate once; the plan is voided, the next claim issues."""
    renewal = holder.submit()
    with connection.cursor() as cursor:
        cursor.execute(REFUSING[connection.vendor])
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert renewal.state == "issuing"
    lost = renewal.requests.get().plan
    with connection.cursor() as cursor:
        cursor.execute(ALLOWING[connection.vendor])
    assert issuing.issue_due(now=AFTER_LEASE) == 1
    assert len(live(holder)) == 1
    assert lost is not None
    assert Revocation.objects.filter(serial_hex=lost.serial_hex).exists()


REFUSING = {
    "sqlite": """CREATE TRIGGER refuse BEFORE INSERT ON pki_certificate
                 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END""",
    "postgresql": """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
                     CREATE TRIGGER refuse BEFORE INSERT ON pki_certificate
                     FOR EACH ROW EXECUTE FUNCTION refuse()""",
}
ALLOWING = {
    "sqlite": "DROP TRIGGER refuse",
    "postgresql": "DROP TRIGGER refuse ON pki_certificate",
}


def test_a_certificate_of_another_authority_is_renewed_by_ours(authority: object) -> None:
    """Foreign authorities have no key here: the new certificate comes from the first of ours."""
    foreign = Authority(pk=77, name="foreign", is_issuing=False)
    authorities = [foreign, *Authority.objects.all()]
    assert choosing.issuing_authority(foreign, authorities, now=NOW).name == "renewals"
