"""Letters are signed by the authority's own certificate, and anybody can verify that."""

import logging
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from notifications.channels.email.letter import write_letter
from pki.certificate import Purpose, parse_certificate
from pki.errors import KeyUsageError
from pki.issuer.cms_writer import letter_address
from pki.models import Authority, Revocation, ServiceCertificate
from pki.profiles import ServiceKind
from pki.revocation import Reason
from renewals.services import application, keyring, mail_signing
from renewals.services.mail_signing import sign_mail
from tests.cabinet.visitor import Visitor, assert_refused
from tests.notifications.letters import LETTER, SUBJECTS, send, use
from tests.notifications.smtp_server import ScriptedServer
from tests.renewals.people import Holder

pytestmark = pytest.mark.django_db
CONTENT = b"Content-Type: text/plain\r\n\r\nwords\r\n"


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """What signs is remembered for a minute."""
    mail_signing.find_signer.cache_clear()
    mail_signing.say_once.cache_clear()
    yield
    mail_signing.find_signer.cache_clear()


@pytest.fixture
def server(settings: LazySettings, authority: Authority) -> Iterator[ScriptedServer]:
    with ScriptedServer() as found:
        use(found, settings)
        yield found


@pytest.fixture
def root(authority: Authority, tmp_path: Path) -> Path:
    """The root's certificate in a file: all that a reader has to have."""
    assert authority.parent is not None
    certificate = x509.load_der_x509_certificate(bytes(authority.parent.certificate_der))
    path = tmp_path / "root.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


def verify(data: bytes, root: Path) -> subprocess.CompletedProcess[bytes]:
    """What OpenSSL says of a letter as it came."""
    (root.parent / "letter.eml").write_bytes(data)
    command = ["openssl", "cms", "-verify", "-in", "letter.eml", "-CAfile", root.name]
    command += ["-x509_strict", "-purpose", "smimesign", "-signer", "signer.pem"]
    return subprocess.run(command, cwd=root.parent, capture_output=True, check=False)


def mail_certificate() -> ServiceCertificate:
    return ServiceCertificate.objects.get(kind=ServiceKind.MAIL.value)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_openssl_verifies_a_letter_as_it_was_received(
    server: ScriptedServer, root: Path, language: str
) -> None:
    send(replace(LETTER, language=language, subject=SUBJECTS[language]))
    (letter,) = server.received
    done = verify(letter.data, root)
    assert done.returncode == 0, done.stderr
    signer = x509.load_pem_x509_certificate((root.parent / "signer.pem").read_bytes())
    assert signer.public_bytes(Encoding.DER) == bytes(mail_certificate().certificate_der)
    # What was signed is what is read, calendar included.
    outer = letter.message
    assert outer["Subject"] == SUBJECTS[language]
    assert outer.get_content_type() == "multipart/signed"
    assert (outer.get_param("micalg"), outer.get_param("protocol")) == (
        *("sha-256", "application/pkcs7-signature"),
    )
    kinds = [part.get_content_type() for part in outer.walk()]
    assert kinds[1:] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        *("text/calendar", "application/pkcs7-signature"),
    ]
    assert done.stdout.startswith(b"Content-Type: multipart/mixed;\r\n")
    assert not outer.defects


def test_a_plain_letter_is_signed_as_well(server: ScriptedServer, root: Path) -> None:
    send(replace(LETTER, html="", reminders=(), text="Код 123456"))
    assert verify(server.received[0].data, root).returncode == 0


def test_whoever_changes_a_letter_is_found_out(server: ScriptedServer, root: Path) -> None:
    send(LETTER)
    (letter,) = server.received
    middle = letter.data.index(b"text/html") + 200
    for changed in (
        letter.data[:middle] + bytes([letter.data[middle] ^ 1]) + letter.data[middle + 1 :],
        letter.data.replace(b"method=PUBLISH", b"method=REQUEST"),
    ):
        assert changed != letter.data
        assert verify(changed, root).returncode != 0


def cms_of(letter: EmailMessage) -> asn1_cms.ContentInfo:
    (part,) = [part for part in letter.walk() if part.get_filename() == "smime.p7s"]
    data = part.get_payload(decode=True)
    info = asn1_cms.ContentInfo.load(data, strict=True)
    assert info.dump(force=True) == data, "not DER"
    return info


def test_the_signature_carries_its_authority_and_not_the_root(
    server: ScriptedServer, authority: Authority
) -> None:
    send(LETTER)
    signed = cms_of(server.received[0].message)["content"]
    assert {one.dump() for one in signed["certificates"]} == {
        bytes(mail_certificate().certificate_der),
        bytes(authority.certificate_der),
    }
    (signer,) = signed["signer_infos"]
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"
    attributes = {row["type"].native for row in signer["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_time"} <= attributes
    assert signed["encap_content_info"]["content"].native is None


def test_the_certificate_names_the_sender_and_nobody_else(
    authority: Authority, settings: LazySettings
) -> None:
    der = bytes(mail_certificate().certificate_der)
    facts = parse_certificate(der)
    assert letter_address(der) == settings.MAIL_FROM == "noreply@cabinet.example"
    assert (facts.purpose, facts.subject.iin, facts.roles) == (Purpose.OTHER, "", ())
    assert letter_address(bytes(authority.certificate_der)) == ""


def test_a_process_without_keys_sends_unsigned_and_says_so_once(
    server: ScriptedServer, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CA_PASSPHRASE = ""
    now = timezone.now()
    with caplog.at_level(logging.WARNING):
        send(LETTER)
        for minutes in range(5):
            assert sign_mail(CONTENT, now=now + timedelta(minutes=minutes)) is None
    assert server.received[0].message.get_content_type() == "multipart/mixed"
    assert [record.name for record in caplog.records] == [mail_signing.__name__]


def test_a_wrong_passphrase_does_not_stop_letters(
    server: ScriptedServer, settings: LazySettings
) -> None:
    keyring.forget()
    settings.CA_PASSPHRASE = "not the right passphrase"
    try:
        send(LETTER)
    finally:
        keyring.forget()
    assert server.received[0].message.get_content_type() == "multipart/mixed"


def revoke(row: ServiceCertificate) -> None:
    Revocation.objects.create(
        authority=row.authority,
        serial_hex=row.serial_hex,
        revoked_at=timezone.now(),
        reason=Reason.KEY_COMPROMISE.value,
    )


def test_only_a_certificate_in_force_signs(authority: Authority, settings: LazySettings) -> None:
    now = timezone.now()
    assert sign_mail(CONTENT, now=now) is not None
    row = mail_certificate()
    for moment in (row.not_after + timedelta(minutes=1), row.not_before - timedelta(minutes=2)):
        assert sign_mail(CONTENT, now=moment) is None
    # Readers would be warned that it is somebody else's.
    settings.MAIL_FROM = "other@cabinet.example"
    assert sign_mail(CONTENT, now=now) is None
    settings.MAIL_FROM = "Cabinet <noreply@cabinet.example>"
    assert sign_mail(CONTENT, now=now) is not None
    revoke(row)
    # Known within a minute.
    assert sign_mail(CONTENT, now=now + timedelta(minutes=1)) is None


def test_one_look_serves_a_minute(authority: Authority, django_assert_num_queries: object) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    with django_assert_num_queries(1):  # type: ignore[operator]
        for second in range(60):
            sign_mail(CONTENT, now=minute + timedelta(seconds=second))


def test_a_key_that_is_lost_leaves_letters_unsigned(authority: Authority) -> None:
    ServiceCertificate.objects.filter(kind=ServiceKind.MAIL.value).update(key_name="elsewhere")
    assert sign_mail(CONTENT, now=timezone.now()) is None


def test_a_letter_under_rsa(settings: LazySettings, tmp_path: Path, db: None) -> None:
    settings.CA_KEY_DIRECTORY = tmp_path / "keys"
    keyring.forget()
    try:
        call_command("authority", "create", profile="rsa", name="rsa")
        data = write_letter(
            LETTER,
            to=LETTER.to,
            mail_from="noreply@cabinet.example",
            sign=sign_mail,
            now=timezone.now(),
        )
    finally:
        keyring.forget()
    made = x509.load_der_x509_certificate(
        bytes(Authority.objects.get(name="rsa-root").certificate_der)
    )
    path = tmp_path / "root.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    done = verify(data, path)
    assert done.returncode == 0, done.stderr


def test_nobody_signs_in_by_it(authority: Authority) -> None:
    visitor = Visitor()
    statement, text = visitor.challenge()
    cms = sign_mail(text.encode(), now=timezone.now())
    assert cms is not None
    assert_refused(visitor.enter(statement, b64encode(cms).decode()), "certificate.key_usage")
    assert not visitor.is_in()


def test_no_statement_is_signed_by_it(authority: Authority, holder: Holder) -> None:
    renewal = holder.open()
    statement = holder.prepare(renewal)
    cms = sign_mail(statement.text.encode(), now=timezone.now())
    assert cms is not None
    with pytest.raises(KeyUsageError):
        application.submit(
            renewal=renewal,
            actor=holder.actor,
            statement_id=statement.pk,
            cms=cms,
            now=timezone.now(),
        )
