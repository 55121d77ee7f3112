"""Operators at their desk: documents, and powers of attorney that wait for a check."""

from pathlib import Path

import pytest
from django.urls import reverse

from cabinet.sentences import sentence
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Event, Renewal
from renewals.services import powers
from renewals.statement import group_hex
from tests.cabinet.colleagues import Colleague, Reply, hire
from tests.cabinet.document_steps import added, desk, draft, filed, holder, others
from tests.cabinet.papers_folder import folder
from tests.renewals.firm import OPERATOR
from tests.renewals.people import NOW, iin_of
from tests.renewals.sent_files import plain_pdf

__all__ = ["draft", "folder", "holder", "others"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def open_desk(person: Colleague, name: str, *args: object) -> Reply:
    return person.client.get(reverse(f"admin:{name}", args=args), secure=True)


def test_operators_find_and_read_them_and_every_look_is_recorded(
    holder: Colleague, draft: Renewal, others: dict[str, Colleague]
) -> None:
    row = added(holder, draft)
    operator = others["operator"]
    page = open_desk(operator, "renewals_renewal_change", draft.pk).content.decode()
    address = reverse("admin:renewals_document_file", args=[row.pk])
    assert address in page
    assert group_hex(row.sha256) in page
    for name, args in (("changelist", []), ("change", [row.pk])):
        page = open_desk(operator, f"renewals_document_{name}", *args).content.decode()
        assert row.name in page
    file = operator.client.get(address, secure=True)
    assert file.content == plain_pdf()
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    look = Event.objects.get(kind="document.read")
    assert (look.actor_iin, look.renewal) == (operator.iin, draft)
    assert Event.objects.filter(kind="record.viewed", actor_iin=operator.iin).count() == 2
    assert open_desk(operator, "renewals_document_file", row.pk + 1).status_code == 404


def test_nobody_else_finds_the_desk(
    holder: Colleague, draft: Renewal, others: dict[str, Colleague]
) -> None:
    row = added(holder, draft)
    del others["operator"]
    for person in (holder, *others.values()):
        for name, args in (("file", [row.pk]), ("change", [row.pk]), ("changelist", [])):
            reply = open_desk(person, f"renewals_document_{name}", *args)
            assert reply.status_code in {302, 404}
    assert not Event.objects.filter(kind="document.read").exists()


def test_operators_change_nothing(
    holder: Colleague, draft: Renewal, others: dict[str, Colleague]
) -> None:
    row = added(holder, draft)
    client = others["operator"].client
    for name, args in (("add", []), ("change", [row.pk]), ("delete", [row.pk])):
        address = reverse(f"admin:renewals_document_{name}", args=args)
        assert client.post(address, {"name": "x", "post": "yes"}, secure=True).status_code == 403
    assert Document.objects.get().name == row.name


# --- powers of attorney ---------------------------------------------------------------------


def filtered(person: Colleague, state: str) -> str:
    address = f"{reverse('admin:renewals_mandate_changelist')}?state={state}"
    return str(person.client.get(address, secure=True).content.decode())


def test_the_desk_lists_what_waits(authority: Authority, others: dict[str, Colleague]) -> None:
    operator = others["operator"]
    people = {
        state: hire(authority, iin_of(20 + number), Role.EMPLOYEE).sign_in()
        for number, state in enumerate(("unchecked", "confirmed", "refused", "ended"))
    }
    mandates = {state: filed(person) for state, person in people.items()}
    powers.confirm(actor=OPERATOR, mandate=mandates["confirmed"], now=NOW)
    powers.refuse(actor=OPERATOR, mandate=mandates["refused"], reason="x", now=NOW)
    people["ended"].post("give-up-power", mandates["ended"].pk)
    for state in people:
        listed = filtered(operator, state)
        for other, mandate in mandates.items():
            assert (desk(mandate) in listed) == (other == state)
    everything = filtered(operator, "")
    assert all(desk(mandate) in everything for mandate in mandates.values())


def test_the_desk_shows_facts_and_paper_and_records_the_look(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    mandate = filed(holder)
    row = mandate.documents.get()
    operator = others["operator"]
    text = operator.client.get(desk(mandate), secure=True).content.decode()
    address = reverse("admin:renewals_document_file", args=[row.pk])
    for shown in (holder.iin, mandate.bin, row.name, address, "The paper is right"):
        assert shown in text
    look = Event.objects.get(kind="record.viewed")
    assert look.facts == {"record": "mandate", "id": str(mandate.pk)}
    assert operator.client.get(address, secure=True).content == plain_pdf()
    assert Event.objects.get(kind="document.read").facts["mandate"] == mandate.pk


@pytest.mark.parametrize(
    ("fields", "words", "status"),
    [
        ({}, "This field is required.", 400),
        ({"outcome": "perhaps"}, "Select a valid choice.", 400),
        ({"outcome": "refuse"}, "Write the reason", 400),
        ({"outcome": "refuse", "reason": "  "}, "Write the reason", 400),
        ({"outcome": "refuse", "reason": "я" * 501}, "at most 500 characters", 400),
    ],
)
def test_an_outcome_that_is_not_complete_is_not_written_down(
    holder: Colleague,
    others: dict[str, Colleague],
    *,
    fields: dict[str, str],
    words: str,
    status: int,
) -> None:
    mandate = filed(holder)
    reply = others["operator"].client.post(desk(mandate), fields, secure=True)
    text = reply.content.decode()
    assert reply.status_code == status
    assert "Nothing was written down" in text
    assert words in text
    if reason := fields.get("reason", "").strip():
        assert reason in text
    mandate.refresh_from_db()
    assert mandate.confirmed_at is mandate.refused_at is None


def test_two_operators_do_not_decide_twice(holder: Colleague, others: dict[str, Colleague]) -> None:
    mandate = filed(holder)
    client = others["operator"].client
    reply = client.post(desk(mandate), {"outcome": "confirm"}, secure=True)
    assert reply.status_code == 302
    fields = {"outcome": "refuse", "reason": "x"}
    reply = client.post(desk(mandate), fields, secure=True)
    assert reply.status_code == 409
    assert sentence("mandate.over") in reply.content.decode()
    mandate.refresh_from_db()
    assert mandate.refused_at is None


def test_nobody_checks_his_own(
    authority: Authority, others: dict[str, Colleague], folder: Path
) -> None:
    person = hire(authority, others["operator"].iin, Role.EMPLOYEE).sign_in()
    mandate = filed(person)
    reply = person.client.post(desk(mandate), {"outcome": "confirm"}, secure=True)
    assert reply.status_code == 403
    mandate.refresh_from_db()
    assert mandate.confirmed_at is None


def test_only_operators_come_to_the_desk(holder: Colleague, others: dict[str, Colleague]) -> None:
    mandate = filed(holder)
    del others["operator"]
    for person in (holder, *others.values()):
        for reply in (
            person.client.get(desk(mandate), secure=True),
            person.client.post(desk(mandate), {"outcome": "confirm"}, secure=True),
        ):
            assert reply.status_code in {302, 404}
    mandate.refresh_from_db()
    assert mandate.confirmed_at is None


def test_the_desk_has_nothing_else_to_change(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    mandate = filed(holder)
    client = others["operator"].client
    for name, args in (("add", []), ("delete", [mandate.pk])):
        address = reverse(f"admin:renewals_mandate_{name}", args=args)
        assert client.post(address, {"post": "yes"}, secure=True).status_code == 403
    fields = {"outcome": "confirm", "holder_iin": "999999999999", "ends_on": "2030-01-01"}
    client.post(desk(mandate), fields, secure=True)
    mandate.refresh_from_db()
    assert mandate.holder_iin == holder.iin
    assert client.get(f"{desk(mandate)}x/", secure=True).status_code in {302, 404}
    for strange in ("0", "x", "9" * 40, "1%00"):
        address = reverse("admin:renewals_mandate_changelist") + f"{strange}/change/"
        assert client.get(address, secure=True).status_code == 404


def test_a_paper_that_has_not_come_cannot_be_confirmed(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    mandate = filed(holder)
    Document.objects.update(stored_at=None)
    client = others["operator"].client
    assert "has not arrived" in client.get(desk(mandate), secure=True).content.decode()
    reply = client.post(desk(mandate), {"outcome": "confirm"}, secure=True)
    assert reply.status_code == 400
    mandate.refresh_from_db()
    assert mandate.confirmed_at is None
