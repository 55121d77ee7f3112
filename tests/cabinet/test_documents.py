"""Documents by HTTP: the pages, who opens them, and how files are given out."""

import re
from pathlib import Path

import pytest
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.urls import reverse

from cabinet.sentences import sentence
from pki.certificate import Role
from pki.models import Authority
from renewals.models import Document, Event, Renewal
from tests.cabinet.colleagues import Colleague, hire
from tests.cabinet.document_steps import add, added, draft, holder, others, strict
from tests.cabinet.papers_folder import files, folder, sent
from tests.renewals.people import enrol_holder, iin_of
from tests.renewals.sent_files import MEGABYTE, jpeg, pdf, plain_pdf, png

__all__ = ["draft", "folder", "holder", "others"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


ADDRESSES = ("documents", "document", "remove-document", "approval-document")


# --- the page -------------------------------------------------------------------------------


def test_a_document_is_added_shown_saved_and_removed(holder: Colleague, draft: Renewal) -> None:
    page = holder.get("documents", draft.number)
    assert "No documents yet" in page.content.decode()
    reply = add(holder, draft, pdf(), kind="identity_card", name="Куәлік.pdf")
    assert reply.status_code == 302
    assert reply["Location"] == reverse("documents", args=[draft.number])
    row = Document.objects.get()
    text = holder.get("documents", draft.number).content.decode()
    for shown in ("Куәлік.pdf", "Identity card", "1 KB", row.sha256[:4]):
        assert shown in text
    assert reverse("document", args=[draft.number, row.pk]) in text
    file = holder.get("document", draft.number, row.pk)
    assert file.content == pdf()
    gone = holder.post("remove-document", draft.number, row.pk)
    assert (gone.status_code, gone["Location"]) == (302, reverse("documents", args=[draft.number]))
    assert not Document.objects.exists()
    assert holder.get("document", draft.number, row.pk).status_code == 404


def test_the_file_field_says_what_it_takes(holder: Colleague, draft: Renewal) -> None:
    text = holder.get("documents", draft.number).content.decode()
    (field,) = re.findall(r'<input type="file"[^>]*>', text)
    assert 'name="file"' in field
    assert 'accept=".pdf,.jpg' in field
    (described,) = re.findall(r'aria-describedby="([^"]+)"', field)
    assert all(f'id="{name}"' in text for name in described.split())
    assert 'enctype="multipart/form-data"' in text


def test_the_status_page_lists_them_and_leads_there(holder: Colleague, draft: Renewal) -> None:
    address = reverse("documents", args=[draft.number])
    assert address in holder.get("status", draft.number).content.decode()
    row = added(holder, draft)
    text = holder.get("status", draft.number).content.decode()
    assert reverse("document", args=[draft.number, row.pk]) in text
    assert reverse("remove-document", args=[draft.number, row.pk]) not in text
    assert address in holder.get("apply", draft.number).content.decode()


def test_an_individual_has_no_documents(authority: Authority) -> None:
    person = Colleague(enrol_holder(authority)).sign_in()
    renewal = person.holder.open()
    for name in ("status", "apply"):
        text = person.get(name, renewal.number).content.decode()
        assert reverse("documents", args=[renewal.number]) not in text
    assert person.get("documents", renewal.number).status_code == 404
    assert add(person, renewal).status_code == 404
    assert not Document.objects.exists()


def test_the_approver_sees_them_on_his_page(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    renewal = holder.holder.submit()
    row = added(holder, renewal)
    address = reverse("approval-document", args=[renewal.number, row.pk])
    assert others["head"].client.get(address, secure=True).content == plain_pdf()


def test_when_it_has_moved_on_nothing_is_added_or_removed(
    holder: Colleague, draft: Renewal
) -> None:
    row = added(holder, draft)
    Renewal.objects.filter(pk=draft.pk).update(state="withdrawn")
    text = holder.get("documents", draft.number).content.decode()
    assert 'type="file"' not in text
    assert "can no longer be added" in text
    reply = add(holder, draft)
    assert reply.status_code == 409
    assert sentence("document.state") in reply.content.decode()
    reply = holder.post("remove-document", draft.number, row.pk)
    assert reply.status_code == 409
    assert sentence("document.state") in reply.content.decode()
    assert Document.objects.count() == 1


def test_an_address_that_is_only_posted_to_leads_to_the_list(
    holder: Colleague, draft: Renewal
) -> None:
    row = added(holder, draft)
    reply = holder.get("remove-document", draft.number, row.pk)
    assert reply["Location"] == reverse("documents", args=[draft.number])
    assert Document.objects.count() == 1


# --- who ------------------------------------------------------------------------------------


def do_all(person: Colleague, renewal: Renewal, row: Document) -> dict[str, int]:
    """Every address, and what it answered."""
    return {
        "list": person.get("documents", renewal.number).status_code,
        "add": add(person, renewal).status_code,
        "file": person.get("document", renewal.number, row.pk).status_code,
        "file of the approver": person.get("approval-document", renewal.number, row.pk).status_code,
        "remove": person.post("remove-document", renewal.number, row.pk).status_code,
    }


NOT_HIS = {"list": 404, "add": 404, "file": 404, "remove": 404}
EXPECTED = {
    "head": {**NOT_HIS, "file of the approver": 200},
    "hr": {**NOT_HIS, "file of the approver": 200},
    "colleague": {**NOT_HIS, "file of the approver": 403},
    "head of others": {**NOT_HIS, "file of the approver": 404},
    "stranger": {**NOT_HIS, "file of the approver": 404},
    "operator": {**NOT_HIS, "file of the approver": 404},
}


def test_everybody_does_what_is_his_and_nothing_else(
    holder: Colleague, others: dict[str, Colleague]
) -> None:
    renewal = holder.holder.submit()
    row = added(holder, renewal)
    assert {name: do_all(person, renewal, row) for name, person in others.items()} == EXPECTED
    assert Document.objects.get() == row
    looks = Event.objects.filter(kind="document.read").values_list("actor_iin", flat=True)
    assert sorted(looks) == sorted([others["head"].iin, others["hr"].iin])


def test_what_is_not_his_is_as_if_it_were_not_there(
    holder: Colleague, draft: Renewal, others: dict[str, Colleague]
) -> None:
    row = added(holder, draft)
    token = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|name="next" value="[^"]*"')
    for person in others.values():
        for name in ADDRESSES[1:]:
            there = person.get(name, draft.number, row.pk)
            elsewhere = person.get(name, draft.number, row.pk + 1)
            nowhere = person.get(name, "2026-00000001", row.pk)
            assert there.status_code == elsewhere.status_code == nowhere.status_code
            assert there.status_code in {403, 404}
            bodies = {token.sub(b"", page.content) for page in (there, elsewhere, nowhere)}
            assert len(bodies) == 1


def test_a_document_of_another_application_is_not_found_under_this_one(
    holder: Colleague, draft: Renewal, authority: Authority
) -> None:
    second = hire(authority, iin_of(8), Role.EMPLOYEE).sign_in()
    other = second.holder.open()
    row = added(second, other)
    assert holder.get("document", draft.number, row.pk).status_code == 404
    assert holder.post("remove-document", draft.number, row.pk).status_code == 404
    assert Document.objects.get() == row


@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30])
def test_a_number_that_is_none_of_ours_finds_nothing(
    holder: Colleague, draft: Renewal, pk: int
) -> None:
    assert holder.get("document", draft.number, pk).status_code == 404
    assert holder.post("remove-document", draft.number, pk).status_code == 404


def test_nothing_of_a_stranger_is_looked_at(
    draft: Renewal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[object] = []
    monkeypatch.setattr(MultiPartParser, "parse", parsed.append)
    for name, args in (("documents", [draft.number]), ("power", [])):
        fields = {"kind": "other", "file": sent(b"x" * (3 * MEGABYTE))}
        reply = Client().post(reverse(name, args=args), fields, secure=True)
        assert reply.status_code == 302
        assert reply["Location"].startswith(reverse("sign-in"))
    assert not parsed
    assert not files(folder)


def test_a_form_without_its_token_is_not_taken(
    holder: Colleague, draft: Renewal, folder: Path
) -> None:
    client = strict(holder)
    address = reverse("documents", args=[draft.number])
    reply = client.post(address, {"kind": "other", "file": sent()}, secure=True)
    assert reply.status_code == 403
    assert not Document.objects.exists()
    page = client.get(address, secure=True).content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    fields = {"csrfmiddlewaretoken": token, "kind": "other", "file": sent()}
    assert client.post(address, fields, secure=True).status_code == 302
    assert len(files(folder)) == 1


# --- what is given out ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind", "name", "disposition"),
    [
        (pdf(), "application/pdf", "scan.pdf", 'attachment; filename="scan.pdf"'),
        (jpeg(), "image/jpeg", "a b.JPG", 'attachment; filename="a b.JPG"'),
        (png(), "image/png", "ә.html", "attachment; filename*=utf-8''%D3%99.html.png"),
    ],
)
def test_a_file_is_saved_and_never_shown(
    holder: Colleague, draft: Renewal, data: bytes, kind: str, name: str, disposition: str
) -> None:
    assert add(holder, draft, data, name=name, kind="other").status_code == 302
    row = Document.objects.get()
    reply = holder.get("document", draft.number, row.pk)
    assert reply.content == data
    assert reply["Content-Type"] == kind
    assert reply["Content-Disposition"] == disposition
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply["Cache-Control"] == "no-store"
    assert reply["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply["Content-Length"] == str(len(data))


def test_what_the_browser_says_of_a_file_counts_for_nothing(
    holder: Colleague, draft: Renewal
) -> None:
    file = sent(png(), "page.html", "text/html")
    holder.post("documents", draft.number, kind="other", file=file)
    row = Document.objects.get()
    assert (row.media_type, row.name) == ("image/png", "page.html.png")
    reply = holder.post("documents", draft.number, kind="other", file=sent(b"<html>", "a.png"))
    assert reply.status_code == 400


def test_a_file_that_was_altered_is_not_given_out(
    holder: Colleague, draft: Renewal, folder: Path
) -> None:
    row = added(holder, draft)
    (path,) = files(folder)
    path.write_bytes(pdf())
    reply = holder.get("document", draft.number, row.pk)
    assert reply.status_code == 410
    assert sentence("document.altered") in reply.content.decode()
    path.unlink()
    reply = holder.get("document", draft.number, row.pk)
    assert reply.status_code == 410
    assert sentence("document.gone") in reply.content.decode()
