"""Signing in by certificate: who comes in, who does not, and what each is told."""

import base64
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cabinet.models import User
from cabinet.sentences import sentence
from renewals.events import EventKind
from renewals.models import Event, Signature, Statement
from renewals.services import statements
from renewals.statement import StatementPurpose
from tests.cabinet.people import IIN, SIGN, Issuer, Person, self_signed
from tests.conftest import SAMPLES

pytestmark = pytest.mark.django_db
# Answers of the test client have `json`, which its type does not say.
Reply = Any
NOT_SAMPLES = {".md", ".tsv", ".dss", ".openssl"}


class Visitor:
    """A browser that signs in: no tricks, the same two posts as the page's script."""

    def __init__(self) -> None:
        self.client = Client(
            headers={"Accept": "application/json", "Accept-Language": "en"},
            raise_request_exception=False,
        )

    def challenge(self) -> tuple[int, str]:
        reply = self.client.post(reverse("challenge"), secure=True)
        assert reply.status_code == 200, reply.content
        data = reply.json()
        return data["statement"], data["text"]

    def enter(self, statement: object, cms: str, **more: str) -> Reply:
        fields = {"statement": str(statement), "cms": cms, **more}
        return self.client.post(reverse("enter"), fields, secure=True)

    def sign_in(self, person: Person, **more: str) -> Reply:
        statement, text = self.challenge()
        return self.enter(statement, person.sign(text), **more)

    def is_in(self) -> bool:
        return self.client.get(reverse("sign-in"), secure=True).status_code == 302


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("main")


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def refusals() -> list[Event]:
    return list(Event.objects.filter(kind=EventKind.SIGN_IN_REFUSED.value).order_by("sequence"))


def assert_refused(reply: Reply, code: str, status: int = 400) -> None:
    data = reply.json()
    assert (reply.status_code, data["code"]) == (status, code), data
    assert data["message"]
    assert "—" not in data["message"]
    assert refusals()[-1].facts["code"] == code
    assert not Signature.objects.exists()


def test_it_lets_the_holder_of_a_valid_certificate_in(issuer: Issuer, visitor: Visitor) -> None:
    reply = visitor.sign_in(issuer.issue())
    assert reply.json() == {"location": reverse("my")}
    assert visitor.is_in()
    assert User.objects.get().iin == IIN
    event = Event.objects.get(kind=EventKind.SIGN_IN_SUCCEEDED.value)
    assert event.actor_iin == IIN
    assert event.facts["address"] == "127.0.0.1"
    assert Signature.objects.get().signer_iin == IIN


def test_it_gives_the_session_another_id_when_somebody_comes_in(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    statement, text = visitor.challenge()
    before = visitor.client.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.enter(statement, issuer.issue().sign(text))
    assert visitor.client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_it_refuses_a_challenge_that_was_used_before(issuer: Issuer, visitor: Visitor) -> None:
    person = issuer.issue()
    statement, text = visitor.challenge()
    cms = person.sign(text)
    used = Statement.objects.get(pk=statement)
    assert visitor.enter(statement, cms).status_code == 200
    used.refresh_from_db()
    assert used.spent_at is not None
    # The same session again: it has another id by now, the old one is nobody's.
    assert visitor.enter(statement, cms).json()["code"] == "statement.unknown"
    assert Event.objects.filter(kind=EventKind.SIGN_IN_SUCCEEDED.value).count() == 1


def test_it_refuses_a_spent_challenge_in_its_own_session(issuer: Issuer, visitor: Visitor) -> None:
    statement, text = visitor.challenge()
    Statement.objects.update(spent_at=timezone.now())
    assert_refused(visitor.enter(statement, issuer.issue().sign(text)), "statement.spent", 409)


def test_it_refuses_a_challenge_of_another_session(issuer: Issuer, visitor: Visitor) -> None:
    statement, text = visitor.challenge()
    thief = Visitor()
    thief.challenge()
    assert_refused(thief.enter(statement, issuer.issue().sign(text)), "statement.unknown")
    assert Visitor().enter(statement, issuer.issue().sign(text)).status_code == 400


def test_it_refuses_a_challenge_after_five_minutes(issuer: Issuer, visitor: Visitor) -> None:
    statement, text = visitor.challenge()
    row = Statement.objects.get(pk=statement)
    assert row.expires_at - row.created_at == timedelta(minutes=5)
    Statement.objects.update(expires_at=timezone.now())
    assert_refused(visitor.enter(statement, issuer.issue().sign(text)), "statement.expired")


def test_it_refuses_a_statement_made_for_another_purpose(issuer: Issuer, visitor: Visitor) -> None:
    statement, _text = visitor.challenge()
    other = statements.create(
        StatementPurpose.REVOCATION,
        lines=[],
        language="en",
        now=timezone.now(),
        lifetime=timedelta(minutes=5),
        binding=Statement.objects.get(pk=statement).binding,
    )
    reply = visitor.enter(other.pk, issuer.issue().sign(other.text))
    assert_refused(reply, "statement.unknown")
    # Nor does the signature over it open the challenge itself.
    assert_refused(visitor.enter(statement, issuer.issue().sign(other.text)), "cms.content")


def test_it_refuses_a_text_altered_by_one_byte(issuer: Issuer, visitor: Visitor) -> None:
    statement, text = visitor.challenge()
    altered = text.replace("\n", " \n", 1)
    assert_refused(visitor.enter(statement, issuer.issue().sign(altered)), "cms.content")


def test_it_refuses_a_signature_altered_by_one_bit(issuer: Issuer, visitor: Visitor) -> None:
    statement, text = visitor.challenge()
    cms = bytearray(base64.b64decode(issuer.issue().sign(text)))
    cms[-1] ^= 1
    reply = visitor.enter(statement, base64.b64encode(cms).decode())
    assert_refused(reply, "cms.signature")


def test_it_sends_the_holder_of_an_expired_certificate_to_a_page_of_his_own(
    issuer: Issuer, visitor: Visitor
) -> None:
    reply = visitor.sign_in(issuer.issue(ends_in=-timedelta(days=9)))
    assert reply.json() == {"location": reverse("expired")}
    assert refusals()[-1].facts["code"] == "certificate.expired"
    assert refusals()[-1].actor_iin == IIN
    assert not visitor.is_in()
    page = visitor.client.get(reverse("expired"), secure=True).content.decode()
    assert "Ended 9 days ago" in page
    assert "service centre" in page


def test_it_refuses_a_revoked_certificate(issuer: Issuer, visitor: Visitor) -> None:
    person = issuer.issue()
    issuer.revoke(person)
    assert_refused(visitor.sign_in(person), "certificate.revoked")
    assert refusals()[-1].actor_iin == IIN


def test_it_refuses_a_certificate_that_is_not_valid_yet(issuer: Issuer, visitor: Visitor) -> None:
    person = issuer.issue(starts_in=timedelta(days=2))
    assert_refused(visitor.sign_in(person), "certificate.not_yet_valid")


def test_it_refuses_a_certificate_of_an_unknown_authority(issuer: Issuer, visitor: Visitor) -> None:
    rogue = Issuer("main", pinned=False)
    assert_refused(visitor.sign_in(rogue.issue()), "certificate.unknown_issuer")
    # A name that nobody vouches for is not put on record as if it were the person.
    assert refusals()[-1].actor_iin == ""


def test_it_refuses_a_certificate_of_an_authority_with_the_right_name_and_another_key(
    issuer: Issuer, visitor: Visitor
) -> None:
    rogue = Issuer("main", pinned=False)
    assert rogue.subject == issuer.subject
    reply = visitor.sign_in(rogue.issue())
    assert reply.status_code == 400
    assert not visitor.is_in()


def test_it_refuses_a_self_signed_certificate_with_the_right_name(
    issuer: Issuer, visitor: Visitor
) -> None:
    assert_refused(visitor.sign_in(self_signed()), "certificate.self_signed")
    assert refusals()[-1].actor_iin == ""


def test_it_refuses_a_key_that_is_meant_for_signing_only(issuer: Issuer, visitor: Visitor) -> None:
    assert_refused(visitor.sign_in(issuer.issue(usages=SIGN)), "certificate.key_usage")


def test_it_refuses_a_certificate_that_our_records_do_not_know(
    issuer: Issuer, visitor: Visitor
) -> None:
    person = issuer.issue(recorded=False)
    assert_refused(visitor.sign_in(person), "certificate.status_unknown")


def test_it_refuses_a_certificate_without_an_iin(issuer: Issuer, visitor: Visitor) -> None:
    assert_refused(visitor.sign_in(issuer.issue(iin="")), "renewal.subject")


def test_it_refuses_a_signature_made_with_sha1(
    issuer: Issuer, visitor: Visitor, tmp_path: Path
) -> None:
    person = issuer.issue()
    statement, text = visitor.challenge()
    cms = sign_with_openssl(person, text, tmp_path, "-md", "sha1")
    assert_refused(visitor.enter(statement, cms), "cms.weak_hash")


def test_it_refuses_who_was_shut_out_by_an_operator(issuer: Issuer, visitor: Visitor) -> None:
    User.objects.create(iin=IIN, name="СЕЙТҚАЛИ АЙГҮЛ", is_active=False)
    assert_refused(visitor.sign_in(issuer.issue()), "sign_in.inactive")
    assert not visitor.is_in()


def sign_with_openssl(person: Person, text: str, folder: Path, *options: str) -> str:
    key, certificate, content = folder / "key.pem", folder / "cert.pem", folder / "text"
    key.write_bytes(
        person.key.private_bytes(
            Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate.write_bytes(person.certificate.public_bytes(Encoding.PEM))
    content.write_bytes(text.encode())
    command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", str(content)]
    command += ["-signer", str(certificate), "-inkey", str(key), *options]
    done = subprocess.run(command, check=True, capture_output=True)
    return base64.b64encode(done.stdout).decode()


# --- limits ---------------------------------------------------------------------------


def test_it_makes_an_address_wait_after_too_many_refusals(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    settings.SIGN_IN_REFUSALS_PER_ADDRESS = 3
    for _ in range(3):
        assert visitor.sign_in(self_signed()).status_code == 400
    assert_refused(visitor.sign_in(issuer.issue()), "sign_in.too_many", 429)
    Event.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert visitor.sign_in(issuer.issue()).status_code == 200


def test_it_makes_a_certificate_wait_after_too_many_refusals(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    settings.SIGN_IN_REFUSALS_PER_CERTIFICATE = 2
    settings.TRUSTED_PROXIES = 1
    stranger = issuer.issue(usages=SIGN)
    for last in range(3):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{last}"
        visitor.client.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
        reply = visitor.sign_in(stranger)
    assert_refused(reply, "sign_in.too_many", 429)
    assert visitor.sign_in(issuer.issue()).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_it_counts_the_address_from_our_own_side_of_the_proxies(
    visitor: Visitor, settings: LazySettings, proxies: int, header: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = header
    visitor.sign_in(self_signed())
    assert refusals()[-1].facts["address"] == address


# --- where it goes afterwards ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/renewals/2026-000001/", "/my/?page=2"])
def test_it_goes_on_to_the_page_that_was_asked_for(
    issuer: Issuer, visitor: Visitor, path: str
) -> None:
    reply = visitor.sign_in(issuer.issue(), next=path)
    assert reply.json()["location"] == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/%00\x00",
        "\x00/",
        "my",
        "///evil.example",
        "/\t/evil.example",
    ],
)
def test_it_never_goes_to_another_site(issuer: Issuer, visitor: Visitor, path: str) -> None:
    reply = visitor.sign_in(issuer.issue(), next=path)
    assert reply.json()["location"] == reverse("my")
    page = Client().get(reverse("sign-in"), {"next": path}, secure=True)
    assert 'data-next=""' in page.content.decode()


# --- sessions ------------------------------------------------------------------------------


def rewind(visitor: Visitor, key: str, by: timedelta) -> None:
    session = visitor.client.session
    session[key] -= by.total_seconds()
    session.save()


def test_it_ends_the_session_after_fifteen_minutes_without_work(
    issuer: Issuer, visitor: Visitor
) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "seen_at", timedelta(minutes=14))
    assert visitor.is_in()
    rewind(visitor, "seen_at", timedelta(minutes=16))
    assert not visitor.is_in()


def test_it_does_not_keep_a_session_alive_by_polling(issuer: Issuer, visitor: Visitor) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "seen_at", timedelta(minutes=10))
    visitor.client.get(reverse("health"), headers={"X-Purpose": "poll"}, secure=True)
    rewind(visitor, "seen_at", timedelta(minutes=6))
    assert not visitor.is_in()


def test_it_ends_the_session_after_eight_hours(issuer: Issuer, visitor: Visitor) -> None:
    visitor.sign_in(issuer.issue())
    rewind(visitor, "signed_in_at", timedelta(hours=8, minutes=1))
    assert not visitor.is_in()


def test_it_ends_the_session_when_the_certificate_is_revoked(
    issuer: Issuer, visitor: Visitor
) -> None:
    person = issuer.issue()
    visitor.sign_in(person)
    assert visitor.is_in()
    issuer.revoke(person)
    assert not visitor.is_in()


def test_it_ends_the_session_when_an_operator_shuts_the_person_out(
    issuer: Issuer, visitor: Visitor
) -> None:
    visitor.sign_in(issuer.issue())
    User.objects.update(is_active=False)
    assert not visitor.is_in()


def test_it_signs_out_on_this_side_too(
    issuer: Issuer, visitor: Visitor, settings: LazySettings
) -> None:
    visitor.sign_in(issuer.issue())
    kept = visitor.client.cookies[settings.SESSION_COOKIE_NAME].value
    reply = visitor.client.post(reverse("sign-out"), secure=True)
    assert reply.headers["Location"] == reverse("start")
    assert Event.objects.filter(kind=EventKind.SIGN_OUT.value, actor_iin=IIN).count() == 1
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not visitor.is_in()


# --- bad input --------------------------------------------------------------------------------

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
    began = time.monotonic()
    reply = visitor.enter(statement, base64.b64encode(path.read_bytes()).decode())
    assert time.monotonic() - began < 1
    assert 400 <= reply.status_code < 500
    assert reply.json()["message"]
    assert not visitor.is_in()


def test_it_takes_a_cookie_with_nul_for_no_session(settings: LazySettings) -> None:
    client = Client(headers={"Cookie": f'{settings.SESSION_COOKIE_NAME}="abcdefghij\\000"'})
    reply = client.get(reverse("sign-in"), secure=True)
    assert reply.status_code == 200
