"""The holder's steps by the services: every rule holds without any page."""

from datetime import timedelta

import pytest
from django.conf import settings

from pki.certificate import Purpose, Role
from pki.errors import CMSContentError, ExpiredError, KeyReusedError, RevokedError
from pki.models import Authority
from pki.revocation import Reason
from renewals.actor import NOBODY, WORKER
from renewals.errors import (
    FormerHeadError,
    IncompleteError,
    MoveRefusedError,
    NotConfirmedError,
    NotHolderError,
    NotRenewableError,
    RequestsError,
    StatementError,
    StatementExpiredError,
    StorageError,
    WrongCertificateError,
)
from renewals.models import Event, Renewal, Signature, Statement
from renewals.services import (
    application,
    issuing,
    opening,
    revoking,
)
from tests.renewals.people import (
    NOW,
    ORGANISATION,
    OTHER_IIN,
    Holder,
    enrol_employee,
    request_for,
    sign,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def codes() -> list[str]:
    refused = Event.objects.filter(kind="renewal.refused")
    return [str(event.facts["code"]) for event in refused]


def submit(holder: Holder, renewal: Renewal, statement: Statement, cms: bytes) -> None:
    application.submit(
        actor=holder.actor, renewal=renewal, statement_id=statement.pk, cms=cms, now=NOW
    )


# --- opening ----------------------------------------------------------------------------


def test_opening_twice_opens_one_application(holder: Holder) -> None:
    assert holder.open().pk == holder.open().pk


def test_a_pair_is_one_application_whichever_half_is_asked_for(pair: Holder) -> None:
    by_sign = pair.open()
    by_auth = opening.open_renewal(
        actor=pair.actor, certificate=pair.certificates[Purpose.AUTH], now=NOW
    )
    assert by_auth.pk == by_sign.pk
    assert by_sign.certificate == pair.certificates[Purpose.SIGN]
    assert {row.purpose for row in by_sign.requests.all()} == {"AUTH", "SIGN"}


def test_somebody_elses_certificate_is_not_renewable(holder: Holder, stranger: Holder) -> None:
    with pytest.raises(NotRenewableError):
        opening.open_renewal(
            actor=stranger.actor, certificate=holder.certificates[Purpose.COMBINED], now=NOW
        )
    assert codes() == ["renewal.not_renewable"]


def test_nobody_cannot_open(holder: Holder) -> None:
    with pytest.raises(NotRenewableError):
        opening.open_renewal(
            actor=NOBODY, certificate=holder.certificates[Purpose.COMBINED], now=NOW
        )


def test_an_expired_certificate_cannot_be_renewed(holder: Holder) -> None:
    with pytest.raises(ExpiredError):
        holder.open(NOW + timedelta(days=13))


def test_it_is_renewable_until_its_last_second(holder: Holder) -> None:
    last = holder.certificates[Purpose.COMBINED].not_after
    assert holder.open(last).state == "draft"


def test_a_revoked_certificate_cannot_be_renewed(holder: Holder) -> None:
    old = holder.certificates[Purpose.COMBINED]
    revoking.revoke([old], reason=Reason.UNSPECIFIED, actor=WORKER, now=NOW)
    with pytest.raises(RevokedError):
        holder.open()


# --- for an organisation ----------------------------------------------------------------


def test_an_employees_application_waits_for_an_approver(employee: Holder) -> None:
    renewal = employee.submit()
    assert (renewal.state, renewal.submitted_at) == ("awaiting_approval", NOW)
    assert (renewal.organisation, renewal.bin) == ORGANISATION
    statement = renewal.statements.get()
    assert ORGANISATION[0] in statement.text
    assert ORGANISATION[1] in statement.text
    assert issuing.issue_due(now=NOW) == 0


def test_an_employees_pair_waits_for_an_approver_once(authority: Authority) -> None:
    pair = enrol_employee(
        authority, Role.EMPLOYEE, iin=OTHER_IIN, purposes=(Purpose.AUTH, Purpose.SIGN)
    )
    renewal = pair.submit()
    assert renewal.state == "awaiting_approval"
    assert renewal.requests.count() == 2


@pytest.mark.parametrize("role", [Role.HR, Role.SIGNING_RIGHT, Role.FINANCIAL_RIGHT])
def test_everybody_but_the_head_waits_for_an_approver(authority: Authority, role: Role) -> None:
    assert enrol_employee(authority, role, iin=OTHER_IIN).submit().state == "awaiting_approval"


def test_a_head_renews_without_anybody(head: Holder) -> None:
    renewal = head.submit()
    assert renewal.state == "approved"
    assert issuing.issue_due(now=NOW) == 1


def test_a_head_who_renews_as_an_employee_waits_for_another(
    authority: Authority, head: Holder
) -> None:
    same_person = enrol_employee(authority, Role.EMPLOYEE, iin=head.iin)
    assert same_person.submit().state == "awaiting_approval"


def test_a_certificate_of_an_organisation_that_names_no_role_is_not_renewed(
    employee: Holder,
) -> None:
    certificate = employee.certificates[Purpose.COMBINED]
    certificate.company_role = ""
    certificate.save(update_fields=["company_role"])
    with pytest.raises(NotRenewableError):
        employee.open()


def test_a_former_head_can_neither_open_nor_submit(authority: Authority, head: Holder) -> None:
    renewal = head.open()
    statement = head.prepare(renewal)
    enrol_employee(authority, Role.HEAD, iin=OTHER_IIN, days_left=timedelta(days=300))
    with pytest.raises(FormerHeadError):
        submit(head, renewal, statement, head.sign(statement))
    with pytest.raises(FormerHeadError):
        head.open()
    assert codes() == ["approval.former_head"] * 2
    renewal.refresh_from_db()
    assert renewal.state == "draft"


def test_a_head_who_is_no_longer_one_is_issued_nothing(authority: Authority, head: Holder) -> None:
    renewal = head.submit()
    enrol_employee(authority, Role.HEAD, iin=OTHER_IIN, days_left=timedelta(days=300))
    assert issuing.issue_due(now=NOW) == 0
    renewal.refresh_from_db()
    assert (renewal.state, renewal.reason) == ("failed", "approval.former_head")


# --- data and keys ----------------------------------------------------------------------


def test_data_have_to_be_confirmed(holder: Holder) -> None:
    renewal = holder.open()
    with pytest.raises(NotConfirmedError):
        application.describe(
            actor=holder.actor, renewal=renewal, storage="file", confirmed=False, now=NOW
        )


@pytest.mark.parametrize("storage", ["", "token", "cloud", "unknown"])
def test_only_storages_that_we_can_fill_are_taken(holder: Holder, storage: str) -> None:
    renewal = holder.open()
    with pytest.raises(StorageError):
        application.describe(
            actor=holder.actor, renewal=renewal, storage=storage, confirmed=True, now=NOW
        )


def test_a_key_comes_after_the_confirmation(holder: Holder) -> None:
    renewal = holder.open()
    with pytest.raises(IncompleteError):
        application.add_requests(
            actor=holder.actor, renewal=renewal, requests=holder.make_requests(), now=NOW
        )


def test_a_pair_needs_two_different_keys(pair: Holder) -> None:
    renewal = pair.open()
    pair.prepare(renewal)
    data = request_for(pair.new_keys[Purpose.SIGN])
    with pytest.raises(KeyReusedError):
        application.add_requests(
            actor=pair.actor, renewal=renewal, requests={"AUTH": data, "SIGN": data}, now=NOW
        )
    with pytest.raises(RequestsError):
        application.add_requests(
            actor=pair.actor, renewal=renewal, requests={"SIGN": data}, now=NOW
        )


def test_the_old_key_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    holder.prepare(renewal)
    old = request_for(holder.keys[Purpose.COMBINED])
    with pytest.raises(KeyReusedError):
        application.add_requests(
            actor=holder.actor, renewal=renewal, requests={"COMBINED": old}, now=NOW
        )


def test_a_key_of_another_open_application_is_refused(holder: Holder, stranger: Holder) -> None:
    holder.prepare(holder.open())
    theirs = stranger.open()
    stranger.prepare(theirs)
    taken = request_for(holder.new_keys[Purpose.COMBINED])
    with pytest.raises(KeyReusedError):
        application.add_requests(
            actor=stranger.actor, renewal=theirs, requests={"COMBINED": taken}, now=NOW
        )
    assert "key.reused" in codes()


def test_without_keys_there_is_no_statement(holder: Holder) -> None:
    with pytest.raises(IncompleteError):
        application.state_application(renewal=holder.open(), language="ru", now=NOW)


# --- signing ----------------------------------------------------------------------------


def test_the_statement_names_what_is_asked_for(pair: Holder) -> None:
    renewal = pair.open()
    text = pair.prepare(renewal).text
    assert renewal.number in text
    assert "(application)" in text
    for row in renewal.requests.select_related("old_certificate"):
        assert row.old_certificate.serial_hex in text.replace(" ", "")
    assert settings.PORTAL_NAME in text
    assert "\r" not in text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_language_carries_the_same_facts(holder: Holder, language: str) -> None:
    renewal = holder.open()
    holder.prepare(renewal)
    statement = application.state_application(renewal=renewal, language=language, now=NOW)
    submit(holder, renewal, statement, holder.sign(statement))
    assert renewal.state == "approved"
    assert holder.iin not in statement.text


def test_the_signature_is_kept_as_received(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    cms = holder.sign(statement)
    submit(holder, renewal, statement, cms)
    kept = Signature.objects.get(statement=statement)
    assert bytes(kept.cms_der) == cms
    assert len(kept.chain) == 3
    assert kept.revocation["status"] == "good"


def test_submitting_again_changes_nothing(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    cms = holder.sign(statement)
    submit(holder, renewal, statement, cms)
    submit(holder, renewal, statement, cms)
    assert Event.objects.filter(kind="renewal.submitted").count() == 1
    assert codes() == []


def test_another_certificate_of_the_same_person_is_refused(pair: Holder) -> None:
    renewal = pair.open()
    statement = pair.prepare(renewal)
    with pytest.raises(WrongCertificateError) as refused:
        submit(pair, renewal, statement, pair.sign(statement, Purpose.AUTH))
    assert refused.value.facts["purpose"] == "SIGN"
    assert refused.value.facts["serial"] == pair.certificates[Purpose.SIGN].serial_hex
    assert codes() == ["renewal.wrong_certificate"]
    renewal.refresh_from_db()
    assert renewal.state == "draft"


def test_somebody_elses_signature_is_refused(holder: Holder, stranger: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    with pytest.raises(WrongCertificateError):
        submit(holder, renewal, statement, stranger.sign(statement))


def test_somebody_else_cannot_submit_a_right_signature(holder: Holder, stranger: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    with pytest.raises(NotHolderError):
        application.submit(
            actor=stranger.actor,
            renewal=renewal,
            statement_id=statement.pk,
            cms=holder.sign(statement),
            now=NOW,
        )


def test_a_text_altered_by_one_letter_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    key, certificate = holder.keys[Purpose.COMBINED], holder.certificates[Purpose.COMBINED]
    with pytest.raises(CMSContentError):
        submit(holder, renewal, statement, sign(statement.text + " ", key, certificate))


def test_a_statement_over_older_keys_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    old = holder.prepare(renewal)
    holder.prepare(renewal)
    with pytest.raises(StatementError):
        submit(holder, renewal, old, holder.sign(old))


def test_a_statement_of_another_application_is_refused(holder: Holder, stranger: Holder) -> None:
    mine, theirs = holder.open(), stranger.open()
    holder.prepare(mine)
    statement = stranger.prepare(theirs)
    with pytest.raises(StatementError):
        submit(holder, mine, statement, holder.sign(statement))


def test_a_statement_given_out_yesterday_is_refused(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal, NOW - timedelta(days=1, seconds=1))
    with pytest.raises(StatementExpiredError):
        submit(holder, renewal, statement, holder.sign(statement))


def test_nothing_is_changed_after_submitting(holder: Holder) -> None:
    renewal = holder.submit()
    with pytest.raises(MoveRefusedError):
        application.describe(
            actor=holder.actor, renewal=renewal, storage="file", confirmed=True, now=NOW
        )
    with pytest.raises(MoveRefusedError):
        application.add_requests(
            actor=holder.actor, renewal=renewal, requests=holder.make_requests(), now=NOW
        )
