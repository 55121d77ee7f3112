"""Applications of the demo organisation in every state, each by the services and real signatures.

What would pass in seconds (approved, being issued) is held until tomorrow, so that it can be seen.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12
from cryptography.x509.oid import NameOID
from django.utils import timezone

from cabinet.demo.cast import STAFF, Person
from cabinet.key_files import key_plans
from pki.certificate import parse_certificate
from pki.models import Certificate
from renewals.actor import Actor, ActorKind
from renewals.models import Renewal, Statement, Verdict
from renewals.rejection import RejectionReason
from renewals.services import (
    application,
    claiming,
    deciding,
    delegating,
    dismissing,
    ending,
    installing,
    issuing,
    opening,
)

LANGUAGE = "ru"
DAY = timedelta(days=1)


@dataclass
class Member:
    """One of the organisation with his key; `new_key` is that of his newest application."""

    person: Person
    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: Certificate
    new_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @classmethod
    def read(cls, person: Person, directory: Path) -> "Member":
        """From the key file that was written for him."""
        folder = directory / person.slug
        (path,) = folder.glob("*.p12")
        key, loaded, _chain = pkcs12.load_key_and_certificates(
            path.read_bytes(), person.password.encode()
        )
        if loaded is None or not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(path)
        facts = parse_certificate(loaded.public_bytes(Encoding.DER))
        return cls(person, folder, key, Certificate.objects.get(fingerprint=facts.fingerprint))

    @property
    def actor(self) -> Actor:
        """Signed in by his certificate."""
        return Actor.from_certificate(self.certificate.facts, ActorKind.HOLDER)

    def sign(self, statement: Statement) -> bytes:
        """By the present key."""
        return _sign(statement, self.key, self.certificate)

    def draft(self, at: datetime) -> Renewal:
        """Opened, data confirmed, a new key made."""
        self.new_key = ec.generate_private_key(ec.SECP256R1())
        renewal = opening.open_renewal(actor=self.actor, certificate=self.certificate, now=at)
        application.describe(
            actor=self.actor, renewal=renewal, storage="file", confirmed=True, now=at
        )
        (purpose,) = self.person.purposes
        requests = {purpose.value: _request(self.new_key)}
        application.add_requests(actor=self.actor, renewal=renewal, requests=requests, now=at)
        return renewal

    def apply(self, at: datetime) -> Renewal:
        """Submitted: it waits for an approver, or for the worker if he is the head."""
        renewal = self.draft(at)
        text = application.state_application(renewal=renewal, language=LANGUAGE, now=at)
        application.submit(
            actor=self.actor, renewal=renewal, statement_id=text.pk, cms=self.sign(text), now=at
        )
        return renewal

    def decide(
        self,
        renewal: Renewal,
        at: datetime,
        verdict: Verdict = Verdict.APPROVE,
        *,
        reason: str = "",
        note: str = "",
    ) -> None:
        """As an approver."""
        text = deciding.state_decision(
            actor=self.actor,
            renewals=[renewal],
            verdict=verdict,
            reason=reason,
            note=note,
            language=LANGUAGE,
            now=at,
        )
        deciding.decide(
            actor=self.actor, verdict=verdict, statement_id=text.pk, cms=self.sign(text), now=at
        )
        renewal.refresh_from_db()

    def install(self, renewal: Renewal, at: datetime) -> None:
        """The new key proves itself; it and its certificate become the file he goes on with."""
        text = installing.state_installation(renewal=renewal, language=LANGUAGE, now=at)
        new = Certificate.objects.get(renewal_request__renewal=renewal)
        installing.install(
            actor=self.actor,
            renewal=renewal,
            statement_id=text.pk,
            signatures=[_sign(text, self.new_key, new)],
            now=at,
        )
        loaded = x509.load_der_x509_certificate(bytes(new.der))
        self._write(key_plans(renewal)[0].final_name, loaded)

    def keep_waiting_key(self, renewal: Renewal) -> None:
        """The file that a browser would have saved when the key was made."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, renewal.number)])
        placeholder = (
            x509.CertificateBuilder(name, name, self.new_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(renewal.opened_at)
            .not_valid_after(renewal.opened_at + 60 * DAY)
            .sign(self.new_key, hashes.SHA256())
        )
        self._write(key_plans(renewal)[0].waiting_name, placeholder)

    def _write(self, name: str, certificate: x509.Certificate) -> None:
        path = self.folder / name
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                self.person.slug.encode(),
                self.new_key,
                certificate,
                None,
                serialization.BestAvailableEncryption(self.person.password.encode()),
            )
        )
        path.chmod(0o600)


def _request(key: ec.EllipticCurvePrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _sign(statement: Statement, key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> bytes:
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    loaded = x509.load_der_x509_certificate(bytes(certificate.der))
    builder = pkcs7.PKCS7SignatureBuilder().set_data(statement.text.encode())
    return builder.add_signer(loaded, key, hashes.SHA256()).sign(Encoding.DER, options)


def make_applications(*, directory: Path, now: datetime) -> None:
    """Every story of the organisation, once; what is there stays."""
    if Renewal.objects.of_organisation(STAFF[0].organisation[1]).exists():
        return
    staff = {person.slug: Member.read(person, directory) for person in STAFF}
    head = staff["nurlan"]
    renewed = head.apply(now - 12 * DAY)
    issuing.issue_due(now=now - 12 * DAY, renewal_ids=[renewed.pk])
    head.install(renewed, now - 12 * DAY)
    _delegate(head, staff["viktor"], now - 10 * DAY)
    _refuse_and_end(staff, now)
    staff["gulnur"].draft(now - DAY)
    staff["dana"].apply(now - 4 * DAY)
    _issue(staff, now)


def _delegate(head: Member, delegate: Member, at: datetime) -> None:
    text = delegating.state_delegation(
        actor=head.actor,
        delegate_iin=delegate.person.iin,
        # The day of Almaty: in UTC it may still be yesterday.
        starts_on=timezone.localdate(at),
        ends_on=timezone.localdate(at + 40 * DAY),
        language=LANGUAGE,
        now=at,
    )
    delegating.give(actor=head.actor, statement_id=text.pk, cms=head.sign(text), now=at)


def _refuse_and_end(staff: dict[str, Member], now: datetime) -> None:
    """Refused, withdrawn, ended by a dismissal, and one that could not be issued."""
    head = staff["nurlan"]
    first = staff["askar"].apply(now - 9 * DAY)
    head.decide(
        first,
        now - 8 * DAY,
        Verdict.REJECT,
        reason=RejectionReason.DOCUMENTS.value,
        note="Приложите приказ о назначении и подайте заявку ещё раз.",
    )
    early = staff["dana"].apply(now - 7 * DAY)
    ending.withdraw(actor=staff["dana"].actor, renewal=early, now=now - 6 * DAY)
    staff["saltanat"].apply(now - 5 * DAY)
    text = dismissing.state_dismissal(
        actor=head.actor, iin=staff["saltanat"].person.iin, language=LANGUAGE, now=now - 2 * DAY
    )
    dismissing.dismiss(
        actor=head.actor, statement_id=text.pk, cms=head.sign(text), now=now - 2 * DAY
    )
    late = staff["marat"].apply(now - 6 * DAY)
    head.decide(late, now - 5 * DAY)
    issuing.issue_due(now=now, renewal_ids=[late.pk])


def _issue(staff: dict[str, Member], now: datetime) -> None:
    """Issued, and two on the way that are held until tomorrow."""
    again = staff["askar"].apply(now - 2 * DAY)
    staff["gulnur"].decide(again, now - DAY)
    issuing.issue_due(now=now - DAY, renewal_ids=[again.pk])
    staff["askar"].keep_waiting_key(again)
    approved = staff["viktor"].apply(now - DAY)
    staff["nurlan"].decide(approved, now)
    Renewal.objects.filter(pk=approved.pk).update(due_at=now + DAY)
    taken = staff["asel"].apply(now - DAY)
    staff["viktor"].decide(taken, now)
    claiming.claim(now=now, renewal_ids=[taken.pk])
    Renewal.objects.filter(pk=taken.pk).update(lease_until=now + DAY)
