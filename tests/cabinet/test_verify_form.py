"""The form of the page that checks containers: what it takes, what it keeps, what it says."""

import logging
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cabinet.verdicts import verdict_of
from pki import container_errors
from pki.errors import PKIError, all_codes
from pki.models import Authority
from renewals.evidence import errors as evidence_errors
from renewals.models import Event
from tests.cabinet.verifying import Reply, a_browser, send, text_of
from tests.renewals.evidence.containers import Kept, keep
from tests.renewals.people import enrol_holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return a_browser()


@pytest.fixture
def own(authority: Authority) -> Kept:
    return keep(enrol_holder(authority).submit())


# --- the form -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"container": "text"},
        {"container": ""},
        {"other": "x"},
        {"container": SimpleUploadedFile("empty.asice", b"")},
        {"another": SimpleUploadedFile("x.asice", b"x")},
    ],
)
def test_without_a_file_the_field_says_so(browser: Client, fields: dict[str, object]) -> None:
    reply = browser.post(reverse("verify"), fields, secure=True)
    page = text_of(reply)
    assert reply.status_code == 400
    assert "Nothing was checked" in page
    assert page.count("Choose the file of the container.") >= 2
    assert 'href="#id_container"' in page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary="),
        (b"x" * 1000, "multipart/form-data; boundary=b"),
        (b"--b\r\n" * 3000, "multipart/form-data; boundary=b"),
        (b"container=x", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_a_body_that_is_no_form_is_no_trouble(browser: Client, body: bytes, kind: str) -> None:
    reply: Reply = browser.generic("POST", reverse("verify"), body, kind, secure=True)
    assert 400 <= reply.status_code < 500


def test_two_files_are_one_too_many(browser: Client, own: Kept) -> None:
    two = [SimpleUploadedFile(f"{number}.asice", own.data) for number in range(2)]
    reply = browser.post(reverse("verify"), {"container": two}, secure=True)
    assert reply.status_code == 400


def test_another_site_cannot_make_a_browser_ask(own: Kept) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, own.data).status_code == 403


def test_the_address_takes_nothing_else(browser: Client) -> None:
    for method in ("put", "delete", "patch"):
        assert getattr(browser, method)(reverse("verify"), secure=True).status_code == 405


def test_nothing_is_kept_of_a_file(
    browser: Client, own: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a file goes to disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    count = Event.objects.count()
    with caplog.at_level(logging.DEBUG):
        assert send(browser, own.data).status_code == 200
        assert send(browser, own.data[:-1]).status_code == 422
    assert Event.objects.count() == count
    assert own.renewal.holder_iin not in caplog.text


# --- words --------------------------------------------------------------------------------


def subjects() -> list[PKIError]:
    """Everything that a container can be refused for, with facts as they come."""
    modules = (container_errors.__name__, evidence_errors.__name__)
    facts = {"name": "statement.txt", "number": "2026-00000000"}
    kinds = [kind for kind in all_codes().values() if kind.__module__ in modules]
    assert len(kinds) > 25
    return [kind(**facts) for kind in kinds]


def test_every_refusal_says_what_is_wrong_and_what_that_means() -> None:
    for error in subjects():
        verdict = verdict_of(error)
        assert str(verdict.title)
        assert str(verdict.meaning)
        assert "—" not in verdict.why
        assert "%(" not in verdict.why
        assert "key file" not in verdict.why, "that is for signers"


def test_refusals_for_signers_are_said_to_readers_in_other_words() -> None:
    for code, kind in all_codes().items():
        if code.partition(".")[0] in {"cms", "certificate", "crl", "request", "key"}:
            verdict = verdict_of(kind())
            assert "your" not in verdict.why.lower(), code
            assert "key file" not in verdict.why, code
