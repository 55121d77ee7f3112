"""The statement of an application names what was attached when it was signed."""

import pytest

from renewals.errors import StatementError
from renewals.models import Document, Event, Renewal, Statement
from renewals.services import application, verification
from renewals.services.attaching import attach, remove
from renewals.statement import group_hex
from tests.renewals.people import NOW, Holder
from tests.renewals.sent_files import jpeg, plain_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.data]


@pytest.fixture
def draft(employee: Holder) -> Renewal:
    """Keys are made, nothing is signed."""
    renewal = employee.open()
    employee.prepare(renewal)
    return renewal


def add(holder: Holder, renewal: Renewal, *, kind: str = "identity_card") -> Document:
    data = plain_pdf() if kind == "identity_card" else jpeg()
    return attach(
        actor=holder.actor, target=renewal, kind=kind, name="құжат №5", data=data, now=NOW
    )


def draw(renewal: Renewal, language: str = "en") -> Statement:
    return application.state_application(renewal=renewal, language=language, now=NOW)


def submit(holder: Holder, renewal: Renewal, statement: Statement) -> None:
    application.submit(
        actor=holder.actor,
        renewal=renewal,
        statement_id=statement.pk,
        cms=holder.sign(statement),
        now=NOW,
    )


def test_every_document_is_named_with_its_digest(employee: Holder, draft: Renewal) -> None:
    first, second = add(employee, draft), add(employee, draft, kind="other")
    lines = draw(draft).text.splitlines()
    at = lines.index("Document: Identity card, құжат №5.pdf")
    assert lines[at + 1] == f"Digest of the document (SHA-256): {group_hex(first.sha256)}"
    at = lines.index("Document: Other document, құжат №5.jpg")
    assert lines[at + 1] == f"Digest of the document (SHA-256): {group_hex(second.sha256)}"


def test_without_documents_nothing_is_said_of_them(employee: Holder, holder: Holder) -> None:
    for person in (employee, holder):
        renewal = person.open()
        person.prepare(renewal)
        assert "Document" not in draw(renewal).text


def test_a_document_that_was_added_later_needs_another_text(
    employee: Holder, draft: Renewal
) -> None:
    before = draw(draft)
    assert draw(draft) == before
    add(employee, draft)
    after = draw(draft)
    assert after != before
    with pytest.raises(StatementError):
        submit(employee, draft, before)
    submit(employee, draft, after)
    draft.refresh_from_db()
    assert draft.state == "awaiting_approval"


def test_a_document_that_was_taken_back_needs_another_text(
    employee: Holder, draft: Renewal
) -> None:
    row = add(employee, draft)
    before = draw(draft)
    remove(actor=employee.actor, document=row, now=NOW)
    with pytest.raises(StatementError):
        submit(employee, draft, before)
    assert "Document" not in draw(draft).text


def test_what_is_still_arriving_is_not_named(employee: Holder, draft: Renewal) -> None:
    Document.objects.filter(pk=add(employee, draft).pk).update(stored_at=None)
    assert "Document" not in draw(draft).text


def test_a_document_that_comes_while_it_is_sent_stops_it(
    employee: Holder, draft: Renewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = draw(draft)
    real_verify = verification.verify

    def verify(*args: object, **options: object) -> object:
        add(employee, draft)
        return real_verify(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(application, "verify", verify)
    with pytest.raises(StatementError):
        submit(employee, draft, statement)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_same_post_again_is_no_refusal_whatever_was_added_since(
    employee: Holder, draft: Renewal
) -> None:
    add(employee, draft)
    statement = draw(draft)
    submit(employee, draft, statement)
    sent = Renewal.objects.get(pk=draft.pk)
    later = attach(
        actor=employee.actor,
        target=sent,
        kind="other",
        name="later",
        data=jpeg(),
        now=NOW.replace(year=NOW.year + 1),
    )
    assert later.stored_at
    submit(employee, sent, statement)
    assert Event.objects.filter(kind="renewal.submitted").count() == 1
    assert not Event.objects.filter(kind="renewal.refused").exists()
