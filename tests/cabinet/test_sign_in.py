"""Signing in by certificate: who comes in, who does not, and what each is told."""

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from cabinet.models import User
from renewals.events import EventKind
from renewals.models import Event, Signature, Statement
from renewals.services import statements
from renewals.statement import StatementPurpose
from tests.cabinet.people import IIN, SIGN, Issuer, Person, self_signed
from tests.cabinet.visitor import Visitor, assert_refused, refusals

pytestmark = pytest.mark.django_db


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


def test_it_refuses_a_certificate_signed_with_sha1(issuer: Issuer, visitor: Visitor) -> None:
    person = issuer.sign_again_with_sha1(issuer.issue(recorded=False))
    assert_refused(visitor.sign_in(person), "certificate.weak_hash")


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
