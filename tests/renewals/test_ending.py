"""After the issue: installed, revoked, withdrawn, lapsed; and the chain of events of it all."""

from datetime import timedelta

import pytest

from pki.certificate import Purpose
from pki.errors import KeyUsageError
from pki.models import Authority, Certificate
from renewals.audit.chain import Break, Fault, find_break
from renewals.errors import (
    IncompleteError,
    NotHolderError,
    StatementSpentError,
    WrongCertificateError,
)
from renewals.models import Event, Renewal, Statement
from renewals.services import (
    application,
    ending,
    installing,
    issuing,
    replacing,
    statements,
)
from tests.renewals.people import NOW, OTHER_IIN, Holder, enrol_holder

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def issued(holder: Holder) -> Renewal:
    renewal = holder.submit()
    assert issuing.issue_due(now=NOW) == 1
    renewal.refresh_from_db()
    return renewal


def test_every_new_key_has_to_sign(pair: Holder) -> None:
    renewal = issued(pair)
    statement = installing.state_installation(renewal=renewal, language="ru", now=NOW)
    signatures = pair.sign_new(statement, renewal)
    with pytest.raises(IncompleteError):
        installing.install(
            actor=pair.actor,
            renewal=renewal,
            statement_id=statement.pk,
            signatures=signatures[:1],
            now=NOW,
        )
    pair.install(renewal)
    assert renewal.state == "installed"


def test_the_old_key_proves_nothing(holder: Holder) -> None:
    renewal = issued(holder)
    statement = installing.state_installation(renewal=renewal, language="ru", now=NOW)
    with pytest.raises(WrongCertificateError):
        installing.install(
            actor=holder.actor,
            renewal=renewal,
            statement_id=statement.pk,
            signatures=[holder.sign(statement)],
            now=NOW,
        )


def test_the_old_certificates_are_revoked_by_signature_only(pair: Holder) -> None:
    renewal = issued(pair)
    pair.install(renewal)
    statement = replacing.state_revocation(renewal=renewal, language="ru", now=NOW)
    with pytest.raises(KeyUsageError):
        replacing.revoke_replaced(
            actor=pair.actor,
            renewal=renewal,
            statement_id=statement.pk,
            cms=pair.sign(statement, Purpose.AUTH),
            now=NOW,
        )
    replacing.revoke_replaced(
        actor=pair.actor,
        renewal=renewal,
        statement_id=statement.pk,
        cms=pair.sign(statement),
        now=NOW,
    )
    assert replacing.replaced_by(renewal, now=NOW) == []
    reasons = Event.objects.filter(kind="certificate.revoked").values_list("facts__reason")
    assert list(reasons) == [("superseded",), ("superseded",)]


def test_nothing_is_revoked_before_the_new_key_is_installed(holder: Holder) -> None:
    with pytest.raises(IncompleteError):
        replacing.state_revocation(renewal=issued(holder), language="ru", now=NOW)


def test_starting_again_revokes_what_was_never_installed(holder: Holder) -> None:
    renewal = issued(holder)
    ending.withdraw(actor=holder.actor, renewal=renewal, now=NOW)
    assert renewal.state == "withdrawn"
    again = holder.open()
    assert again.pk != renewal.pk
    new = Certificate.objects.for_iin(holder.iin).exclude(
        pk=holder.certificates[Purpose.COMBINED].pk
    )
    assert not new.unrevoked().exists()


def test_somebody_else_cannot_withdraw(holder: Holder, stranger: Holder) -> None:
    with pytest.raises(NotHolderError):
        ending.withdraw(actor=stranger.actor, renewal=holder.open(), now=NOW)


@pytest.mark.parametrize("later", [timedelta(days=31), timedelta(days=12, seconds=1)])
def test_a_draft_lapses_with_time_or_with_its_certificate(
    authority: Authority, later: timedelta
) -> None:
    days_left = timedelta(days=300) if later.days > 30 else timedelta(days=12)
    holder = enrol_holder(authority, iin=OTHER_IIN, days_left=days_left)
    renewal = holder.open()
    assert ending.lapse_due(now=NOW + later - timedelta(days=1, seconds=30)) == 0
    assert ending.lapse_due(now=NOW + later) == 1
    renewal.refresh_from_db()
    assert renewal.state == "lapsed"


def test_what_nobody_signed_is_forgotten_and_what_was_signed_is_kept(holder: Holder) -> None:
    renewal = holder.submit()
    unsigned = holder.prepare(enrolled_again(holder))
    later = unsigned.expires_at + timedelta(days=1)
    assert statements.forget_unsigned(now=later) == 0
    assert statements.forget_unsigned(now=later + timedelta(seconds=1)) == 1
    assert renewal.statements.count() == 2


def enrolled_again(holder: Holder) -> Renewal:
    """A second application of the same person, for what the first one issues."""
    (renewal,) = Renewal.objects.all()
    issuing.issue_due(now=NOW)
    renewal.refresh_from_db()
    holder.install(renewal)
    (row,) = renewal.requests.all()
    assert row.certificate is not None
    holder.certificates = {Purpose.COMBINED: row.certificate}
    return holder.open()


def test_a_spent_statement_serves_nobody_again(holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    Statement.objects.filter(pk=statement.pk).update(spent_at=NOW)
    with pytest.raises(StatementSpentError):
        application.submit(
            actor=holder.actor,
            renewal=renewal,
            statement_id=statement.pk,
            cms=holder.sign(statement),
            now=NOW,
        )


# --- the chain of events --------------------------------------------------------------------


def test_the_whole_journey_is_one_unbroken_chain(holder: Holder) -> None:
    renewal = issued(holder)
    holder.install(renewal)
    assert find_break(Event.objects.order_by("sequence")) is None
    kinds = renewal.events.order_by("sequence").values_list("kind", flat=True)
    assert [kind.split(".")[1] for kind in kinds] == [
        *("opened", "prepared", "submitted", "claimed", "issued", "installed")
    ]


def test_a_changed_missing_or_swapped_event_is_found(holder: Holder) -> None:
    holder.install(issued(holder))
    events = list(Event.objects.order_by("sequence"))
    changed = list(Event.objects.order_by("sequence"))
    changed[3].facts = {"serial": "00"}
    assert find_break(changed) == Break(4, Fault.CHANGED)
    assert find_break(events[:2] + events[3:]) == Break(3, Fault.MISSING)
    assert find_break([events[1], events[0], *events[2:]]) == Break(1, Fault.MISSING)
