"""Whatever is posted as an answer: a sentence and 4xx, quickly, never a fault of ours."""

import base64
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from cabinet.sentences import sentence
from tests.cabinet.people import Issuer
from tests.cabinet.visitor import Visitor, assert_refused
from tests.conftest import SAMPLES

pytestmark = pytest.mark.django_db
NOT_SAMPLES = {".md", ".tsv", ".dss", ".openssl"}
BAD_FORMS = [
    {},
    {"statement": "1"},
    {"cms": "MAA="},
    {"statement": "1", "cms": ""},
    {"statement": "one", "cms": "MAA="},
    {"statement": "-1", "cms": "MAA="},
    {"statement": str(2**63), "cms": "MAA="},
    {"statement": "9" * 5000, "cms": "MAA="},
    {"statement": "1\x00", "cms": "MAA="},
    {"statement": "1", "cms": "\x00"},
    {"statement": "1", "cms": "MA"},
    {"statement": "1", "cms": "не base64"},
    {"statement": "1", "cms": "M-A_"},
]


@pytest.mark.parametrize("fields", BAD_FORMS)
def test_it_answers_a_bad_form_with_a_sentence(visitor: Visitor, fields: dict[str, str]) -> None:
    reply = visitor.client.post(reverse("enter"), fields, secure=True)
    assert (reply.status_code, reply.json()["code"]) == (400, "ui.form")
    assert reply.json()["message"] == sentence("ui.form")


def test_it_answers_a_statement_nobody_was_given_with_a_sentence(visitor: Visitor) -> None:
    assert_refused(visitor.enter(1, "MAA="), "statement.unknown")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"statement": 1, "cms": "MAA="}'),
        ("text/plain", b"statement=1&cms=MAA="),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded; charset=koi8-r", b"statement=1&cms=MAA="),
        ("application/x-www-form-urlencoded", b"\xff\xfe=\x00&statement=%FF%00"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
        ("", b"statement=1"),
    ],
)
def test_it_answers_a_wrong_content_type_with_a_sentence(
    visitor: Visitor, content_type: str, body: bytes
) -> None:
    reply = visitor.client.generic("POST", reverse("enter"), body, content_type, secure=True)
    assert reply.status_code == 400
    assert reply.json()["message"]


def test_it_answers_a_huge_body_with_a_sentence(visitor: Visitor) -> None:
    reply = visitor.enter(1, "A" * 300_000)
    assert (reply.status_code, reply.json()["code"]) == (413, "ui.too_large")


def test_it_wants_a_token_against_forged_requests() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept": "application/json"})
    for name in ("challenge", "enter", "sign-out", "language"):
        reply = strict.post(reverse(name), secure=True)
        assert (reply.status_code, reply.json()["code"]) == (403, "ui.csrf"), name


@pytest.mark.parametrize("name", ["challenge", "enter", "language"])
def test_it_changes_nothing_by_get(name: str) -> None:
    assert Client().get(reverse(name), secure=True).status_code == 405


def samples() -> list[Path]:
    found = (path for folder in ("cms", "p12", "csr") for path in (SAMPLES / folder).rglob("*"))
    return sorted(path for path in found if path.is_file() and path.suffix not in NOT_SAMPLES)


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_it_answers_any_sample_with_a_sentence_in_under_a_second(
    issuer: Issuer, visitor: Visitor, path: Path
) -> None:
    statement, _text = visitor.challenge()
    began = time.process_time()
    reply = visitor.enter(statement, base64.b64encode(path.read_bytes()).decode())
    assert time.process_time() - began < 1
    assert 400 <= reply.status_code < 500
    assert reply.json()["message"]
    assert not visitor.is_in()


def test_it_takes_a_cookie_with_nul_for_no_session(settings: LazySettings) -> None:
    client = Client(headers={"Cookie": f'{settings.SESSION_COOKIE_NAME}="abcdefghij\\000"'})
    reply = client.get(reverse("sign-in"), secure=True)
    assert reply.status_code == 200
