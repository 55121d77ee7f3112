"""Where the event cannot be written, nothing has happened."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from pki.certificate import load_certificate
from pki.issuer.sign import sign
from pki.models import Certificate, HoldRelease, Revocation
from pki.revocation import Reason
from renewals.actor import WORKER
from renewals.models import Checkpoint, Decision, Event, Renewal, Signature, Statement
from renewals.services import application, issuing
from renewals.services.enrolling import Enrolment, enrol
from renewals.services.revoking import revoke
from tests.cabinet.people import Issuer
from tests.cabinet.visitor import Visitor
from tests.renewals.people import NOW, Holder, ec_key, spki_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]

BROKEN = {
    "postgresql": (
        "CREATE FUNCTION no_event() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''no event''; END'; "
        "CREATE TRIGGER no_event BEFORE INSERT ON renewals_event "
        "FOR EACH ROW EXECUTE FUNCTION no_event()",
        "DROP FUNCTION no_event CASCADE",
    ),
    "sqlite": (
        "CREATE TRIGGER no_event BEFORE INSERT ON renewals_event "
        "BEGIN SELECT RAISE(ABORT, 'no event'); END",
        "DROP TRIGGER no_event",
    ),
}


@pytest.fixture
def deaf(request: pytest.FixtureRequest) -> Iterator[None]:
    """Asked for when everything before the act is done."""
    break_it, mend = BROKEN[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(break_it)
    yield
    with connection.cursor() as cursor:
        cursor.execute(mend)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows that acts write, as they are."""
    tables = (Renewal, Statement, Signature, Decision, Certificate, Revocation, HoldRelease)
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in (*tables, Event, Checkpoint)
    }


def refused(request: pytest.FixtureRequest, work: object) -> None:
    before = everything()
    request.getfixturevalue("deaf")
    with pytest.raises(DatabaseError, match="no event"):
        work()  # type: ignore[operator]
    assert everything() == before


def test_nothing_is_submitted(holder: Holder, request: pytest.FixtureRequest) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    cms = holder.sign(statement)
    refused(
        request,
        lambda: application.submit(
            actor=holder.actor, renewal=renewal, statement_id=statement.pk, cms=cms, now=NOW
        ),
    )


def test_nothing_is_opened(holder: Holder, request: pytest.FixtureRequest) -> None:
    refused(request, holder.open)


def test_nothing_is_approved(
    renewal: Renewal, head: Holder, request: pytest.FixtureRequest
) -> None:
    statement = head.state(renewal)
    cms = head.sign(statement)
    refused(request, lambda: head.decide(statement, cms))


@pytest.mark.parametrize("reason", [Reason.SUPERSEDED, Reason.KEY_COMPROMISE])
def test_nothing_is_revoked(holder: Holder, request: pytest.FixtureRequest, reason: Reason) -> None:
    certificates = list(Certificate.objects.all())
    refused(request, lambda: revoke(certificates, reason=reason, actor=WORKER, now=NOW))


def test_nothing_is_claimed_and_so_nothing_issued(
    holder: Holder, request: pytest.FixtureRequest
) -> None:
    renewal = holder.submit()
    refused(request, lambda: issuing.issue_due(now=NOW))
    renewal.refresh_from_db()
    assert renewal.state == "approved"


def test_what_was_signed_is_not_stored_where_it_cannot_be_told(
    holder: Holder, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event fails after the claim: no certificate is given out, its number is void."""
    renewal = holder.submit()
    count = Certificate.objects.count()
    from_key = sign

    def sign_and_break(*args: object, **kwargs: object) -> bytes:
        made: bytes = from_key(*args, **kwargs)  # type: ignore[arg-type]
        request.getfixturevalue("deaf")
        return made

    monkeypatch.setattr(issuing, "sign", sign_and_break)
    assert issuing.issue_due(now=NOW, linted=False) == 0
    renewal.refresh_from_db()
    assert renewal.state == "issuing"
    assert Certificate.objects.count() == count
    with connection.cursor() as cursor:
        cursor.execute(BROKEN[connection.vendor][1])
        monkeypatch.undo()
        issuing.issue_due(now=NOW + timedelta(hours=1), linted=False)
        cursor.execute(BROKEN[connection.vendor][0])
    renewal.refresh_from_db()
    assert renewal.state == "issued"
    assert Certificate.objects.count() == count + 1


def test_nobody_is_enrolled(holder: Holder, request: pytest.FixtureRequest) -> None:
    (certificate,) = holder.certificates.values()
    facts = certificate.facts
    subject = load_certificate(facts.der).subject
    wanted = Enrolment(
        subject_der=subject.public_bytes(),
        spki_der=spki_of(ec_key()),
        purpose=facts.purpose,
        roles=facts.roles,
        storage=facts.storage,
    )
    count = Certificate.objects.count()
    request.getfixturevalue("deaf")
    with pytest.raises(DatabaseError, match="no event"):
        enrol(wanted, authority=certificate.authority, actor=WORKER, now=NOW)
    assert Certificate.objects.count() == count


@pytest.mark.usefixtures("db")
def test_nobody_signs_in(request: pytest.FixtureRequest) -> None:
    visitor = Visitor()
    person = Issuer("main").issue()
    statement, text = visitor.challenge()
    cms = person.sign(text)
    request.getfixturevalue("deaf")
    assert visitor.enter(statement, cms).status_code == 500
    assert not visitor.is_in()
    assert not Signature.objects.exists()
    assert Statement.objects.get().spent_at is None
